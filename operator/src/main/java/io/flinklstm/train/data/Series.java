package io.flinklstm.train.data;

import io.flinklstm.forecast.Observation;
import java.util.Arrays;

/**
 * The observations of one stream in order of arrival, stored as columns: 16 bytes per observation
 * and 8 for each field. Grows; not thread-safe while it does.
 */
public final class Series {

  private final String key;
  private final int fieldCount;
  private long[] eventTimes = new long[64]; // (capacity), epoch milliseconds
  private long[] sequences = new long[64]; // (capacity)
  private double[] values; // (capacity, fieldCount)
  private int size;

  /**
   * @param key the stream
   * @param fieldCount number of values of each observation
   */
  public Series(String key, int fieldCount) {
    this.key = key;
    this.fieldCount = fieldCount;
    this.values = new double[64 * fieldCount];
  }

  public String key() {
    return key;
  }

  /** The number of values of each observation. */
  public int fieldCount() {
    return fieldCount;
  }

  /** Number of observations. */
  public int size() {
    return size;
  }

  /**
   * Appends an observation; its source record is not kept.
   *
   * @throws IllegalArgumentException if it belongs to another stream or has a different number of
   *     values
   */
  public void add(Observation observation) {
    if (!observation.key().equals(key) || observation.values().length != fieldCount) {
      throw new IllegalArgumentException(
          "observation of series "
              + key
              + ": expected this key and "
              + fieldCount
              + " values, got "
              + observation);
    }
    if (size == eventTimes.length) {
      int capacity = Math.multiplyExact(size, 2);
      eventTimes = Arrays.copyOf(eventTimes, capacity);
      sequences = Arrays.copyOf(sequences, capacity);
      values = Arrays.copyOf(values, Math.multiplyExact(capacity, fieldCount));
    }
    eventTimes[size] = observation.eventTime();
    sequences[size] = observation.sequence();
    System.arraycopy(observation.values(), 0, values, size * fieldCount, fieldCount);
    size++;
  }

  /**
   * The observation of a row, without its source record.
   *
   * @param row 0 to size - 1
   */
  public Observation observation(int row) {
    int first = row * fieldCount;
    return new Observation(
        key,
        eventTimes[row],
        Arrays.copyOfRange(values, first, first + fieldCount),
        sequences[row],
        null);
  }

  /** The event time of a row's observation, in epoch milliseconds. */
  public long eventTime(int row) {
    return eventTimes[row];
  }
}
