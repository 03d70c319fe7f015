/** What a backtest found: as a table, as JSON, as a page. */
package io.flinklstm.local.report;
