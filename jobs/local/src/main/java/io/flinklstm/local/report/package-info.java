/** The report of a backtest: as a table, as JSON, as an HTML page. */
package io.flinklstm.local.report;
