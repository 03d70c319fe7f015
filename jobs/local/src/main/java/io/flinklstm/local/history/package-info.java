/** Series to train and judge models on, read from CSV files or a topic. */
package io.flinklstm.local.history;
