package io.flinklstm.benchmarks.latency;

/**
 * Ticks sent at an even pace.
 *
 * @param firstOffset offset of the first tick in its topic
 * @param count number of ticks
 * @param startNanos when the first is due, as {@link System#nanoTime}
 * @param rate ticks per second
 */
record Phase(long firstOffset, long count, long startNanos, int rate) {

  /** When a tick is due, whether or not it is sent in time. */
  long dueNanos(long offset) {
    return startNanos + (offset - firstOffset) * 1_000_000_000L / rate;
  }

  boolean contains(long offset) {
    return offset >= firstOffset && offset < firstOffset + count;
  }
}
