package io.flinklstm.local.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.flinklstm.local.testing.LocalKafka;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Unusable records. Each has a name, which starts with the code of the dead letter that it must
 * become and is the record's first header.
 */
final class BadRecords {

  static final String NAME = "name";

  private static final String TICK =
      "{\"key\":\"a\",\"event_time\":1,\"price\":1.0,\"amount\":2.5}";
  private static final int MIB = 1 << 20;

  private final Map<String, ProducerRecord<byte[], byte[]>> records = new LinkedHashMap<>();

  private BadRecords() {}

  /** All records by name. */
  static Map<String, ProducerRecord<byte[], byte[]>> all() {
    BadRecords bad = new BadRecords();
    bad.addDocuments();
    bad.addNumbers();
    bad.addKeys();
    bad.addTimes();
    bad.addFeatures();
    bad.addRecordParts();
    return bad.records;
  }

  private void addDocuments() {
    add("TOMBSTONE: null", (byte[]) null);
    add("EMPTY_VALUE: no bytes", new byte[0]);
    add("MALFORMED: whitespace", " \n\t ");
    add("MALFORMED: not JSON", "hello");
    add("MALFORMED: CSV", "a;1;1.0;2.5");
    add("MALFORMED: truncated", TICK.substring(0, 40));
    add("MALFORMED: two documents", TICK + TICK);
    add("MALFORMED: two lines", TICK + "\n" + TICK);
    add("MALFORMED: an array", "[" + TICK + "]");
    add("MALFORMED: a number", "17");
    add("MALFORMED: null", "null");
    add("MALFORMED: trailing bracket", TICK + "}");
    add("MALFORMED: trailing comma", TICK.replace("2.5}", "2.5,}"));
    add("MALFORMED: missing colon", TICK.replace("\"price\":", "\"price\""));
    add("MALFORMED: single quotes", TICK.replace('"', '\''));
    add("MALFORMED: comment", "/**/" + TICK);
    add("MALFORMED: line end in text", TICK.replace("\"a\"", "\"a\nb\""));
    add("MALFORMED: unknown escape", TICK.replace("\"a\"", "\"\\x\""));
    add("MALFORMED: zero byte", TICK + "\0");
    add("MALFORMED: invalid UTF-8", TICK.replace("a\",", "\u00e9\",").getBytes(ISO_8859_1));
    add("MALFORMED: overlong UTF-8", TICK.replace("a\",", "\u00c0\u00af\",").getBytes(ISO_8859_1));
    add("MALFORMED: UTF-16", TICK.getBytes(UTF_16));
    add("MALFORMED: binary", new byte[] {0, 0, 0, 1, 2, 3});
    add("MALFORMED: nested too deep", with("\"x\":" + "[".repeat(2000) + "]".repeat(2000)));
    add("MALFORMED: 4 MiB of brackets", "[".repeat(4 * MIB));
  }

  private void addNumbers() {
    add("MISSING_FIELD: empty object", "{}");
    add("MISSING_FIELD: no price", TICK.replace("price", "Price"));
    add("MISSING_FIELD: price is null", price("null"));
    add("WRONG_TYPE: price is text", price("\"one\""));
    add("WRONG_TYPE: price is true", price("true"));
    add("WRONG_TYPE: price is a list", price("[1.0]"));
    add("WRONG_TYPE: price is an object", price("{\"price\":1.0}"));
    add("WRONG_TYPE: price twice", price("1.0,\"price\":1.0"));
    add("WRONG_TYPE: NaN as text", price("\"NaN\""));
    add("MALFORMED: NaN", price("NaN"));
    add("MALFORMED: Infinity", price("Infinity"));
    add("MALFORMED: leading zero", price("01.0"));
    add("MALFORMED: leading plus", price("+1.0"));
    add("MALFORMED: trailing point", price("1."));
    add("MALFORMED: hexadecimal", price("0x10"));
    add("MALFORMED: 10,000 digits", price("9".repeat(10_000)));
    add("NON_FINITE_FIELD: 1e400", price("1e400"));
    add("NON_FINITE_FIELD: -1e400", price("-1e400"));
    add("NON_FINITE_FIELD: 999 digits", price("9".repeat(999)));
  }

  private void addKeys() {
    add("MISSING_KEY: no key", TICK.replace("\"key\"", "\"Key\""));
    add("MISSING_KEY: null key", key("null"));
    add("MISSING_KEY: empty key", key("\"\""));
    add("WRONG_TYPE: key is a list", key("[]"));
    add("WRONG_TYPE: key is a fraction", key("1.5"));
    add("WRONG_TYPE: key twice", key("\"a\",\"key\":\"a\""));
    add("KEY_TOO_LONG: 1,025 characters", key("\"" + "k".repeat(1025) + "\""));
    add("KEY_TOO_LONG: 1 MiB", key("\"" + "k".repeat(MIB) + "\""));
    add("MALFORMED: half a surrogate pair", key("\"\\ud83d\""));
    add("MALFORMED: surrogates swapped", key("\"\\ude00\\ud83d\""));
  }

  private void addTimes() {
    add("MISSING_FIELD: no time", TICK.replace("event_time", "time"));
    add("MISSING_FIELD: time is null", time("null"));
    add("WRONG_TYPE: time is text", time("\"soon\""));
    add("WRONG_TYPE: time twice", time("1,\"event_time\":1"));
    add("INVALID_TIME: negative", time("-1"));
    add("INVALID_TIME: negative fraction", time("-0.5"));
    add("INVALID_TIME: far future", time("4102444800000"));
    add("INVALID_TIME: absurd", time("1e300"));
    add("INVALID_TIME: beyond a double", time("1e400"));
    add("INVALID_TIME: beyond 64 bits", time("9223372036854775808"));
    add("INVALID_TIME: largest of 64 bits", time("9223372036854775807"));
    add("INVALID_TIME: exponent", time("1e-99999999999"));
  }

  /** Their key has no state, so none of them can be late. */
  private void addFeatures() {
    String fresh = TICK.replace("\"a\"", "\"fresh\"");
    add("NON_FINITE_FEATURE: price of 0", fresh.replace("1.0", "0"));
    add("NON_FINITE_FEATURE: price of -0.0", fresh.replace("1.0", "-0.0"));
    add("NON_FINITE_FEATURE: negative price", fresh.replace("1.0", "-800"));
    add("NON_FINITE_FEATURE: price that becomes 0", fresh.replace("1.0", "1e-400"));
    add("NON_FINITE_FEATURE: amount of -1", fresh.replace("2.5", "-1"));
    add("NON_FINITE_FEATURE: amount below -1", fresh.replace("2.5", "-1e308"));
    add("OUTLIER: amount of 1e40", fresh.replace("2.5", "1e40"));
    add("OUTLIER: amount of 1e308", fresh.replace("2.5", "1e308"));
    add("NON_FINITE_OUTPUT: largest price", fresh.replace("1.0", "1.7976931348623157e308"));
  }

  /** What a record has besides its value. */
  private void addRecordParts() {
    byte[] bad = "?".getBytes(UTF_8);
    add("MALFORMED: no record key", null, null, bad);
    add("MALFORMED: empty record key", null, new byte[0], bad);
    add("MALFORMED: record key of 1 MiB", null, new byte[MIB], bad);
    add("TOMBSTONE: no record key either", null, null, null);
    add("MALFORMED: timestamp of 0", 0L, new byte[] {1}, bad);
    add("INVALID_TIME: ahead of a timestamp of 0", 0L, null, time("3600001").getBytes(UTF_8));
    for (int k = 0; k < 2_000; k++) {
      byte[] value = k % 3 == 0 ? null : new byte[] {(byte) k, (byte) 0xff};
      add("MALFORMED: 2,000 headers", null, null, bad).headers().add("h" + k % 5, value);
    }
    add("MALFORMED: header of 1 MiB", null, null, bad).headers().add("large", new byte[MIB]);
    add("MALFORMED: header without name", null, null, bad).headers().add("", new byte[] {0});
  }

  private void add(String name, String value) {
    add(name, value.getBytes(UTF_8));
  }

  private void add(String name, byte[] value) {
    add(name, null, new byte[] {(byte) 0xfe, 1}, value);
  }

  /** The record of that name, created if it does not exist yet. */
  private ProducerRecord<byte[], byte[]> add(
      String name, Long timestamp, byte[] key, byte[] value) {
    return records.computeIfAbsent(
        name,
        n -> {
          ProducerRecord<byte[], byte[]> record =
              new ProducerRecord<>(LocalKafka.TICKS, null, timestamp, key, value);
          record.headers().add(NAME, n.getBytes(UTF_8));
          record.headers().add(NAME, null);
          return record;
        });
  }

  private static String with(String member) {
    return TICK.replace("{", "{" + member + ",");
  }

  private static String price(String price) {
    return TICK.replace("1.0", price);
  }

  private static String key(String key) {
    return TICK.replace("\"a\"", key);
  }

  private static String time(String time) {
    return TICK.replace("\"event_time\":1", "\"event_time\":" + time);
  }
}
