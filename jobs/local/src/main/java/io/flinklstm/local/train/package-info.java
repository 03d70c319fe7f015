/** The commands train and backtest. */
package io.flinklstm.local.train;
