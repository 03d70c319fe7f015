/** Commands that send to and read from topics: replay, consume, and dead letters sent back. */
package io.flinklstm.local.ticks;
