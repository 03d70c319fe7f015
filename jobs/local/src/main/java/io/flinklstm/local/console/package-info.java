/** What all commands share: terminal widths, tables, progress lines, and files named by options. */
package io.flinklstm.local.console;
