/**
 * What all commands share on the screen: widths, tables of facts, progress, files named by options.
 */
package io.flinklstm.local.console;
