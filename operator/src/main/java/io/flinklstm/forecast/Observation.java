package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One event of one stream: what is known about a key at one moment. Immutable; the array is never
 * modified.
 *
 * @param key the stream, for example a symbol; 1 to {@link #MAX_KEY_LENGTH} characters
 * @param eventTime when it happened, in epoch milliseconds; negative before 1970
 * @param values one number per field of the model card ({@link ModelCard#fields}), in that order
 * @param sequence a number that rises with every observation of a key, until a pause longer than
 *     the ttl or than a gap that resets; or {@link #NO_SEQUENCE}
 * @param source the record it was read from, or null if there is none
 */
@PublicEvolving
public record Observation(
    String key, long eventTime, double[] values, long sequence, @Nullable SourceRecord source) {

  public static final int MAX_KEY_LENGTH = 1024;
  public static final long NO_SEQUENCE = Long.MIN_VALUE;

  /**
   * The order in which a key's observations are applied once they are sorted: event time, sequence,
   * partition, offset, index in the record. One without a source record sorts as partition 0,
   * offset 0.
   */
  public static final Comparator<Observation> APPLICATION_ORDER =
      Comparator.comparingLong(Observation::eventTime)
          .thenComparingLong(Observation::sequence)
          .thenComparingInt(o -> o.source == null ? 0 : o.source.position().partition())
          .thenComparingLong(o -> o.source == null ? 0 : o.source.position().offset())
          .thenComparingInt(o -> o.source == null ? 0 : o.source.position().index());

  /**
   * Turns a missing key into an empty one: Flink cannot key by null, and an empty key is refused.
   */
  public Observation {
    key = key == null ? "" : key;
  }

  /** An observation that has neither a sequence number nor a source record. */
  public static Observation of(String key, long eventTime, double... values) {
    return new Observation(key, eventTime, values, NO_SEQUENCE, null);
  }

  /** Where the observation was read, or null if it has no source record. */
  public @Nullable SourcePosition position() {
    return source == null ? null : source.position();
  }

  /**
   * The defect that makes this observation unusable for a model with that many fields, or null if
   * it has none.
   */
  public @Nullable Rejection defect(int fieldCount) {
    if (key.isEmpty()) {
      return new Rejection(
          RejectionCode.MISSING_KEY, "key: expected 1 character or more, got none");
    }
    if (key.length() > MAX_KEY_LENGTH) {
      return new Rejection(
          RejectionCode.KEY_TOO_LONG,
          "key: expected at most " + MAX_KEY_LENGTH + " characters, got " + key.length());
    }
    if (eventTime == StreamState.NO_EVENT_TIME) {
      return new Rejection(
          RejectionCode.INVALID_TIME, "event time: expected epoch milliseconds, got none");
    }
    if (values.length != fieldCount) {
      return new Rejection(
          RejectionCode.MISSING_FIELD,
          "values: expected " + fieldCount + " (one per field of the card), got " + values.length);
    }
    for (int k = 0; k < values.length; k++) {
      if (!Double.isFinite(values[k])) {
        return new Rejection(
            RejectionCode.NON_FINITE_FIELD,
            "field " + k + ": expected a finite number, got " + values[k]);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return key + "@" + eventTime + Arrays.toString(values);
  }
}
