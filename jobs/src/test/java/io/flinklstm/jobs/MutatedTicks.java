package io.flinklstm.jobs;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;

import io.flinklstm.forecast.Observation;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.testing.MutatedBytes;
import java.util.List;
import java.util.Random;

/**
 * Ticks of several keys as broken, hostile and unlucky producers send them: a good tick mutated
 * once or more, in its meaning, its bytes, or both. The keys change over time, so that one whose
 * state was spoilt by a mutated time or sequence does not stay forever.
 */
final class MutatedTicks {

  private static final int MAX_KEY_LENGTH = Observation.MAX_KEY_LENGTH;

  private static final int KEYS = 12;
  private static final int TICKS_PER_GENERATION = 4_000;
  private static final int HUGE_ONE_IN = 2_000;

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0.0",
          "-1",
          "1e-320",
          "1e308",
          "-1e308",
          "1.7e308",
          "1e400",
          "-1e400",
          "1e-99999999999",
          "1e99999999999",
          "12345678901234567890123",
          "0.1000000000000000055511151231257827021181583404541015625",
          "\"1.5\"",
          "null",
          "true",
          "[1.5]",
          "{\"bid\":1.5}",
          "NaN",
          "-Infinity",
          "1.",
          "01");
  private static final List<String> TIMES =
      List.of(
          "0",
          "-0.0",
          "-1",
          "1",
          "1546300800.5",
          "4102444800000",
          "9007199254740991",
          "9007199254740992",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "1e300",
          "1e400",
          "1e-99999999999",
          "0e99999999999",
          "null",
          "\"\"",
          "\"1546300800123\"",
          "\"1969-12-31T23:59:59.999Z\"",
          "\"2019-01-01T00:00:00+18:00\"",
          "\"+999999999-12-31T23:59:59.999999999-18:00\"",
          "\"-999999999-01-01T00:00:00+18:00\"",
          "\"9999-12-31T23:59:60Z\"",
          "{}");
  private static final List<String> SEQUENCES =
      List.of(
          "0",
          "-1",
          "-9223372036854775808",
          "-9223372036854775807",
          "9223372036854775807",
          "9223372036854775808",
          "7.0",
          "\"7\"",
          "null",
          "[]");
  private static final List<String> KEYS_AS_JSON =
      List.of(
          "\"\"",
          "null",
          "17",
          "1.5",
          "{}",
          "\"\\ud83d\"",
          "\"\\ude00\\ud83d\"",
          "\"\\u00e9\\ud83d\\ude00é\uD83D\uDE00\"",
          "\"\\u0000\\u001f\\u007f\"",
          "\"a\u0001b\"",
          "\"" + "k".repeat(MAX_KEY_LENGTH) + "\"",
          "\"" + "k".repeat(MAX_KEY_LENGTH + 1) + "\"");
  private static final List<byte[]> ODD_RECORD_KEYS =
      List.of(
          new byte[0],
          new byte[] {(byte) 0xff, 1},
          new byte[] {'a', 0},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          utf8("\u0001\u001f\u007f"),
          utf8("é\uD83D\uDE00"));
  private static final List<byte[]> LONG_RECORD_KEYS =
      List.of(utf8("é".repeat(MAX_KEY_LENGTH)), utf8("k".repeat(MAX_KEY_LENGTH + 1)));
  private static final List<String> MEMBERS_BEFORE =
      List.of(
          " \n\t ",
          "\"x\":{\"y\":[1,[2,{\"bid\":3}],null,true]},\"s\":\"\",",
          "\"b\\u0069d\":1.5,",
          "\"bid\\u0000\":1.5,\"\":{},",
          "\"x\":" + "[".repeat(200) + "]".repeat(200) + ",",
          "\"x\":1e99999999999,");
  private static final List<String> MEMBERS_AFTER =
      List.of(
          ",\"bid\":1.5",
          ",\"seq\":7",
          ",\"key\":\"k\"",
          ",\"event_time\":1546300800123",
          ",",
          "}",
          "} {",
          ",\"x\":1,\"x\":2");
  private static final List<String> SIDES =
      List.of("\"sell\"", "\"\"", "null", "1", "[\"buy\"]", "{}", "\"b\\u0075y\"", "buy");
  private static final List<Long> TIMESTAMPS =
      List.of(-1L, -2L, 0L, 1L, Long.MAX_VALUE, Long.MIN_VALUE, 4_102_444_800_000L);

  /** A record may have been a dead letter or late record before. */
  private static final List<String> HEADER_NAMES =
      List.of(
          "trace",
          "trace",
          "",
          "é\uD83D\uDE00",
          "__flink.errors.topic",
          "__flink.errors.cut",
          "__flink.source.topic",
          "__flink.source.offset");

  private final RecordFormat format;
  private final Random random;

  MutatedTicks(RecordFormat format, long seed) {
    this.format = format;
    this.random = new Random(seed);
  }

  /**
   * A mutated tick.
   *
   * @param draft before its bytes were mutated
   */
  record Mutated(TickDraft draft, byte[] value) {}

  Mutated next(long number, long now) {
    String key = "k" + number / TICKS_PER_GENERATION + "-" + random.nextInt(KEYS);
    TickDraft tick = new TickDraft(format, number, key, now, 100 + random.nextDouble());
    if (!format.names().key().isEmpty()) {
      tick.recordKey = random.nextInt(3) == 0 ? null : pick(ODD_RECORD_KEYS);
    }
    int meanings = random.nextInt(3);
    for (int k = 0; k < meanings; k++) {
      mutateMeaning(tick, now);
    }
    if (random.nextInt(HUGE_ONE_IN) == 0) {
      mutateSize(tick);
    }
    byte[] value = tick.value();
    int bytes = random.nextInt(3);
    for (int k = meanings == 0 ? -1 : random.nextInt(4); k < bytes; k++) {
      value = MutatedBytes.of(value, random);
    }
    return new Mutated(tick, value);
  }

  private void mutateMeaning(TickDraft tick, long now) {
    switch (random.nextInt(17)) {
      case 0 -> tick.bid = pick(NUMBERS);
      case 1 -> tick.ask = pick(NUMBERS);
      case 2 -> tick.time = pick(TIMES);
      case 3, 4 -> tick.setEventTime(now - random.nextInt(5_000));
      case 5 -> tick.setEventTime(now + random.nextInt(2_000));
      case 6 -> tick.setEventTime(now + random.nextInt(random.nextInt(8) == 0 ? 4_000_000 : 50));
      case 7 -> tick.sequence = pick(SEQUENCES);
      case 8, 9 -> tick.sequence = Long.toString(tick.number - random.nextInt(100));
      case 10 -> {
        tick.key = pick(KEYS_AS_JSON);
        tick.recordKey = mutateRecordKey(tick.recordKey);
      }
      case 11 -> tick.before = pick(MEMBERS_BEFORE);
      case 12 -> tick.after = pick(MEMBERS_AFTER);
      case 13 -> tick.timestamp = pick(TIMESTAMPS);
      case 14 -> tick.side = pick(SIDES);
      case 15 -> addHeaders(tick, 1 + random.nextInt(4), 80);
      default -> tick.before = "\"x\":\"" + "é".repeat(random.nextInt(1000)) + "\",";
    }
  }

  private byte[] mutateRecordKey(byte[] key) {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> pick(LONG_RECORD_KEYS);
      case 2, 3 -> MutatedBytes.of(key, random);
      default -> pick(ODD_RECORD_KEYS);
    };
  }

  private void mutateSize(TickDraft tick) {
    switch (random.nextInt(8)) {
      case 0 -> tick.setKey("k".repeat(1 << 20));
      case 1 -> tick.bid = "9".repeat(10_000);
      case 2 -> tick.bid = "0." + "3".repeat(10_000);
      case 3 -> tick.time = "1".repeat(10_000);
      case 4 -> tick.before = "\"x\":" + "[".repeat(2000) + "]".repeat(2000) + ",";
      case 5 -> tick.before = "\"x\":\"" + "x".repeat(random.nextInt(300_000)) + "\",";
      case 6 -> addHeaders(tick, 2_000, 4);
      default -> addHeaders(tick, 2, 10_000);
    }
  }

  private void addHeaders(TickDraft tick, int count, int maxLength) {
    for (int k = 0; k < count; k++) {
      byte[] value = random.nextInt(4) == 0 ? null : new byte[random.nextInt(maxLength)];
      if (value != null) {
        random.nextBytes(value);
      }
      tick.headers.add(pick(HEADER_NAMES), value);
    }
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
