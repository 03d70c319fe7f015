package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.ShownText;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices keys whose observations come from several partitions or topics, between which there is no
 * order. Counts them, and warns once. Changes no outcome and keeps no state. Not thread-safe.
 *
 * <p>It watches a sample of the task's keys: a table has one key per slot, with the first position
 * it was seen at. Where several keys share a slot they take turns, so that any of them is noticed
 * in time. Keys are compared as strings, so it never takes one key for another.
 */
final class KeyPartitions {

  private static final Logger LOG = LoggerFactory.getLogger(KeyPartitions.class);

  private static final int LOG_SLOTS = 12;

  /** How often the other keys of a slot come before one of them takes it over. */
  private static final short TURN = 256;

  private final boolean ordersByTime;
  private final Counter keysInSeveralPartitions;
  private final Consumer<String> warnings;

  private final int[] hashes =
      new int[1 << LOG_SLOTS]; // of the keys, which tell most of them apart
  private final @Nullable String[] keys = new String[1 << LOG_SLOTS];
  private final SourcePosition[] positions = new SourcePosition[1 << LOG_SLOTS]; // the keys' first
  private final boolean[] noticed = new boolean[1 << LOG_SLOTS]; // whether the key was counted
  private final short[] others = new short[1 << LOG_SLOTS]; // since the key took the slot

  private boolean warned;

  /**
   * @param ordersByTime whether observations wait for each other, so that there is nothing to warn
   *     of
   */
  KeyPartitions(boolean ordersByTime, Counter keysInSeveralPartitions) {
    this(ordersByTime, keysInSeveralPartitions, LOG::warn);
  }

  /**
   * @param warnings receives the text of the warning
   */
  KeyPartitions(boolean ordersByTime, Counter keysInSeveralPartitions, Consumer<String> warnings) {
    this.ordersByTime = ordersByTime;
    this.keysInSeveralPartitions = keysInSeveralPartitions;
    this.warnings = warnings;
  }

  /** Looks at an observation on its arrival. */
  void look(Observation observation) {
    SourceRecord source = observation.source();
    if (source == null) {
      return;
    }
    String key = observation.key();
    int hash = key.hashCode();
    int slot = slot(hash);
    if (hashes[slot] == hash && key.equals(keys[slot])) {
      compare(slot, key, source.position());
    } else if (keys[slot] == null || ++others[slot] == TURN) {
      watch(slot, hash, key, source.position());
    }
  }

  private static int slot(int hash) {
    return hash * 0x9E3779B9 >>> Integer.SIZE - LOG_SLOTS; // neighbouring hashes spread
  }

  private void watch(int slot, int hash, String key, SourcePosition position) {
    hashes[slot] = hash;
    keys[slot] = key;
    positions[slot] = position;
    noticed[slot] = false;
    others[slot] = 0;
  }

  private void compare(int slot, String key, SourcePosition position) {
    SourcePosition first = positions[slot];
    if (noticed[slot]
        || position.partition() == first.partition() && position.topic().equals(first.topic())) {
      return;
    }
    noticed[slot] = true;
    keysInSeveralPartitions.inc();
    if (!warned && !ordersByTime) {
      warned = true;
      warnings.accept(
          "partition of key "
              + ShownText.of(key)
              + ": expected one for all its records, got "
              + first
              + " and "
              + position
              + "; there is no order between them, and records that fall behind are late. Send"
              + " each key to one partition, or set max-out-of-orderness (metric"
              + " keysInSeveralPartitions counts)");
    }
  }
}
