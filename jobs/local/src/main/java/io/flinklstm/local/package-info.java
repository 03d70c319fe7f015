/** The command line: one program with a command for each thing one does on one machine. */
package io.flinklstm.local;
