/** The command line: one program with a command for each task on a single machine. */
package io.flinklstm.local;
