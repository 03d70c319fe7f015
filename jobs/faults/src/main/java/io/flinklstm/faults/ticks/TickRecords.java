package io.flinklstm.faults.ticks;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The records of a run, each a function only of the seed and its number: ticks of many keys, a few
 * of them late, repeated or unusable. The expected outcome of a record is known without parsing its
 * bytes.
 */
public final class TickRecords {

  /** The field with the sequence number. */
  public static final String SEQUENCE_FIELD = "sequence";

  private static final long FIRST_EVENT_TIME = 1_760_000_000_000L;
  private static final int MILLIS_BETWEEN = 10;
  private static final long HOUR_MILLIS = 3_600_000;

  /**
   * A record for the input topic.
   *
   * @param key the record's key
   * @param value the record's value, or null
   * @param observation its content, without the source; null if it cannot be used
   * @param defect why it cannot be used, or null
   */
  public record Tick(byte[] key, byte[] value, Observation observation, RejectionCode defect) {}

  private final long seed;
  private final int keys;
  private final List<String> fields;

  /**
   * @param keys number of streams
   * @param fields of the model card
   */
  public TickRecords(long seed, int keys, List<String> fields) {
    this.seed = seed;
    this.keys = keys;
    this.fields = fields;
  }

  /**
   * @param number from 0 in stream order; negative for an unusable record
   */
  public Tick tick(long number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    String key = "stream-" + random.nextInt(keys);
    double[] values = new double[fields.size()];
    for (int k = 0; k < values.length; k++) {
      // All positive, so that logarithms exist, and with full precision.
      values[k] = 100 * Math.exp(0.1 * Math.sin(number * 0.001 + k) + random.nextDouble(0.01));
    }
    int kind = random.nextInt(1000);
    if (number < 0 || kind < 3) {
      return unusable(key, Math.abs(number), values, random.nextInt(8));
    }
    // Late: an hour old. Repeated: with a sequence number far below the key's last one.
    long eventTime = eventTime(number) - (kind < 8 ? HOUR_MILLIS : 0);
    long sequence = kind >= 8 && kind < 12 ? number - 100L * keys : number;
    return new Tick(
        bytes(key),
        json(key, eventTime, sequence, values, values.length),
        new Observation(key, eventTime, values, sequence, null),
        null);
  }

  private static long eventTime(long number) {
    return FIRST_EVENT_TIME + MILLIS_BETWEEN * number;
  }

  private Tick unusable(String key, long number, double[] values, int defect) {
    byte[] good = json(key, eventTime(number), number, values, values.length);
    return switch (defect) {
      case 0 -> unusable(key, null, RejectionCode.TOMBSTONE);
      case 1 -> unusable(key, new byte[0], RejectionCode.EMPTY_VALUE);
      case 2 -> unusable(key, bytes("<tick/>"), RejectionCode.MALFORMED);
      case 3 ->
          unusable(key, java.util.Arrays.copyOf(good, good.length - 3), RejectionCode.MALFORMED);
      case 4 ->
          unusable(
              key,
              json(key, eventTime(number), number, values, values.length - 1),
              RejectionCode.MISSING_FIELD);
      case 5 ->
          unusable(
              key,
              json("", eventTime(number), number, values, values.length),
              RejectionCode.MISSING_KEY);
      case 6 ->
          unusable(
              key,
              json(key, Long.MAX_VALUE, number, values, values.length),
              RejectionCode.INVALID_TIME);
      default ->
          unusable(
              key,
              bytes(
                  new String(good, StandardCharsets.UTF_8).replace("event_time\":", "$0\"x\",\"")),
              RejectionCode.MALFORMED);
    };
  }

  private static Tick unusable(String key, byte[] value, RejectionCode code) {
    return new Tick(bytes(key), value, null, code);
  }

  private byte[] json(String key, long eventTime, long sequence, double[] values, int count) {
    StringBuilder json = new StringBuilder(160);
    json.append("{\"key\":\"").append(key).append("\",\"event_time\":").append(eventTime);
    json.append(",\"").append(SEQUENCE_FIELD).append("\":").append(sequence);
    for (int k = 0; k < count; k++) {
      json.append(",\"").append(fields.get(k)).append("\":").append(values[k]);
    }
    return bytes(json.append('}').toString());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
