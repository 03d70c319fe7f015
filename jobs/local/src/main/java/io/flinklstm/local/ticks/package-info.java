/** Commands that write to and read from topics: replay of files and dead letters, and consume. */
package io.flinklstm.local.ticks;
