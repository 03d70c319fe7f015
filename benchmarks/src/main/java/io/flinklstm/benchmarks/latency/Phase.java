package io.flinklstm.benchmarks.latency;

/**
 * Ticks that are sent at an even pace.
 *
 * @param firstOffset of the first tick in its topic
 * @param count how many
 * @param startNanos when the first is to be sent, in the time of {@link System#nanoTime}
 * @param rate per second
 */
record Phase(long firstOffset, long count, long startNanos, int rate) {

  /** When a tick is to be sent, whether or not it is sent in time. */
  long dueNanos(long offset) {
    return startNanos + (offset - firstOffset) * 1_000_000_000L / rate;
  }

  boolean contains(long offset) {
    return offset >= firstOffset && offset < firstOffset + count;
  }
}
