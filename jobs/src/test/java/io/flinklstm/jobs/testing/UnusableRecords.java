package io.flinklstm.jobs.testing;

import static io.flinklstm.forecast.RejectionCode.EMPTY_VALUE;
import static io.flinklstm.forecast.RejectionCode.INVALID_TIME;
import static io.flinklstm.forecast.RejectionCode.KEY_TOO_LONG;
import static io.flinklstm.forecast.RejectionCode.MALFORMED;
import static io.flinklstm.forecast.RejectionCode.MISSING_FIELD;
import static io.flinklstm.forecast.RejectionCode.MISSING_KEY;
import static io.flinklstm.forecast.RejectionCode.NON_FINITE_FIELD;
import static io.flinklstm.forecast.RejectionCode.TOMBSTONE;
import static io.flinklstm.forecast.RejectionCode.WRONG_TYPE;
import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;

/** Unusable records, by reason. */
public final class UnusableRecords {

  public static final String GOOD =
      "{\"key\":\"EURUSD\",\"event_time\":1546300800123,\"seq\":7,\"bid\":1.5,\"ask\":2.5}";
  public static final String GOOD_ISO =
      GOOD.replace("1546300800123", "\"2019-01-01T00:00:00.123Z\"");

  /** The fields bid and ask are the model card's; the formats differ in the other fields. */
  public enum Format {
    PLAIN("key", "event_time", TimeFormat.MS, null),
    SECONDS("key", "event_time", TimeFormat.S, null),
    MICROS("key", "event_time", TimeFormat.US, null),
    ISO("key", "event_time", TimeFormat.ISO, null),
    SEQUENCE("key", "event_time", TimeFormat.MS, "seq"),
    RECORD_KEY(null, "event_time", TimeFormat.MS, null),
    RECORD_TIME("key", null, TimeFormat.MS, null);

    public final RecordFormat format;

    Format(String key, String time, TimeFormat timeFormat, String sequence) {
      this.format = new RecordFormat(key, time, timeFormat, sequence, Duration.ofHours(1));
    }
  }

  public record Bad(RejectionCode code, String title, Format format, SourceRecord record) {
    @Override
    public String toString() {
      return title + ": " + code;
    }
  }

  public static Stream<Bad> documents() {
    return Stream.of(
        bad(INVALID_TIME, "exponent", GOOD.replace("1546300800123", "1e-99999999999")),
        bad(INVALID_TIME, "exponent of 0", GOOD.replace("1546300800123", "0e99999999999")),
        new Bad(TOMBSTONE, "null value", Format.PLAIN, SourceRecords.withValue((byte[]) null)),
        bad(EMPTY_VALUE, "empty value", ""),
        bad(MALFORMED, "whitespace", " \n\t "),
        bad(MALFORMED, "no JSON", "EURUSD;1546300800123;1.5;2.5"),
        bad(MALFORMED, "text", "\"text\""),
        bad(MALFORMED, "number", "17"),
        bad(MALFORMED, "null", "null"),
        bad(MALFORMED, "true", "true"),
        bad(MALFORMED, "array", "[" + GOOD + "]"),
        bad(MALFORMED, "two documents", GOOD + GOOD),
        bad(MALFORMED, "two lines", GOOD + "\n" + GOOD),
        bad(MALFORMED, "trailing text", GOOD + "x"),
        bad(MALFORMED, "trailing bracket", GOOD + "}"),
        bad(MALFORMED, "trailing null", GOOD + " null"),
        bad(MALFORMED, "trailing comma", GOOD.replace("2.5}", "2.5,}")),
        bad(MALFORMED, "missing comma", GOOD.replace(",\"bid\"", "\"bid\"")),
        bad(MALFORMED, "missing colon", GOOD.replace("\"bid\":", "\"bid\"")),
        bad(MALFORMED, "single quotes", GOOD.replace('"', '\'')),
        bad(MALFORMED, "unquoted name", GOOD.replace("\"bid\"", "bid")),
        bad(MALFORMED, "comment", "/**/" + GOOD),
        bad(MALFORMED, "raw line end in text", GOOD.replace("EURUSD", "EUR\nUSD")),
        bad(MALFORMED, "unknown escape", GOOD.replace("EURUSD", "\\x")),
        bad(MALFORMED, "wrong bracket", GOOD.replace("}", "]")),
        bad(MALFORMED, "zero byte after", GOOD + "\0"),
        bad(MALFORMED, "zero byte in text", GOOD.replace("EURUSD", "EUR\0USD")),
        bytes("broken UTF-8 in key", GOOD.replace("EURUSD", "\u00e9").getBytes(ISO_8859_1)),
        bytes("broken UTF-8 in skipped field", skipped("\u00ff").getBytes(ISO_8859_1)),
        bytes("overlong UTF-8", skipped("\u00c0\u00af").getBytes(ISO_8859_1)),
        bytes("overlong UTF-8 quote", GOOD.replace("EURUSD", "\u00c0\u00a2").getBytes(ISO_8859_1)),
        bytes("surrogate as UTF-8", skipped("\u00ed\u00a0\u0080").getBytes(ISO_8859_1)),
        bytes("beyond Unicode", skipped("\u00f5\u0080\u0080\u0080").getBytes(ISO_8859_1)),
        bytes("UTF-16, big endian", GOOD.getBytes(StandardCharsets.UTF_16BE)),
        bytes("UTF-16, little endian", GOOD.getBytes(StandardCharsets.UTF_16LE)),
        bytes("UTF-16 with byte order mark", GOOD.getBytes(StandardCharsets.UTF_16)),
        bytes("binary", new byte[] {0, 0, 0, 1, 2, 3}),
        bad(MALFORMED, "nested too deep", skipped("\",\"y\":" + "[".repeat(2000))),
        bad(MALFORMED, "nested too deep and closed", GOOD.replace("7", nested(2000))));
  }

  public static Stream<Bad> fields() {
    return Stream.of(
        bad(MISSING_FIELD, "empty object", "{}"),
        bad(MISSING_FIELD, "no value field", GOOD.replace("\"bid\"", "\"Bid\"")),
        bad(MISSING_FIELD, "null value field", GOOD.replace("1.5", "null")),
        bad(WRONG_TYPE, "text for a number", GOOD.replace("1.5", "\"1.5 EUR\"")),
        bad(WRONG_TYPE, "boolean for a number", GOOD.replace("1.5", "true")),
        bad(WRONG_TYPE, "array for a number", GOOD.replace("1.5", "[1.5]")),
        bad(WRONG_TYPE, "object for a number", GOOD.replace("1.5", "{\"bid\":1.5}")),
        bad(WRONG_TYPE, "value field twice", GOOD.replace("1.5", "1.5,\"bid\":1.5")),
        bad(WRONG_TYPE, "NaN as text", GOOD.replace("1.5", "\"NaN\"")),
        bad(WRONG_TYPE, "Infinity as text", GOOD.replace("1.5", "\"Infinity\"")),
        bad(MALFORMED, "NaN", GOOD.replace("1.5", "NaN")),
        bad(MALFORMED, "Infinity", GOOD.replace("1.5", "Infinity")),
        bad(MALFORMED, "-Infinity", GOOD.replace("1.5", "-Infinity")),
        bad(MALFORMED, "leading zero", GOOD.replace("1.5", "01.5")),
        bad(MALFORMED, "leading plus", GOOD.replace("1.5", "+1.5")),
        bad(MALFORMED, "leading point", GOOD.replace("1.5", ".5")),
        bad(MALFORMED, "trailing point", GOOD.replace("1.5", "1.")),
        bad(MALFORMED, "hexadecimal", GOOD.replace("1.5", "0x10")),
        bad(MALFORMED, "only a minus", GOOD.replace("1.5", "-")),
        bad(NON_FINITE_FIELD, "above a double", GOOD.replace("1.5", "1e400")),
        bad(NON_FINITE_FIELD, "below a double", GOOD.replace("1.5", "-1e400")),
        bad(NON_FINITE_FIELD, "999 digits", GOOD.replace("1.5", "9".repeat(999))),
        bad(MALFORMED, "2,000 digits", GOOD.replace("1.5", "9".repeat(2000))),
        bad(MALFORMED, "2,000 decimals", GOOD.replace("1.5", "0." + "9".repeat(2000))));
  }

  public static Stream<Bad> keys() {
    return Stream.of(
        bad(MISSING_KEY, "no key", GOOD.replace("\"key\"", "\"Key\"")),
        bad(MISSING_KEY, "null key", GOOD.replace("\"EURUSD\"", "null")),
        bad(MISSING_KEY, "empty key", GOOD.replace("EURUSD", "")),
        bad(WRONG_TYPE, "fraction as key", GOOD.replace("\"EURUSD\"", "1.5")),
        bad(WRONG_TYPE, "boolean as key", GOOD.replace("\"EURUSD\"", "false")),
        bad(WRONG_TYPE, "array as key", GOOD.replace("\"EURUSD\"", "[\"EURUSD\"]")),
        bad(WRONG_TYPE, "object as key", GOOD.replace("\"EURUSD\"", "{}")),
        bad(WRONG_TYPE, "key twice", GOOD.replace("\"seq\":7", "\"key\":\"EURUSD\"")),
        bad(KEY_TOO_LONG, "key of 1,025 characters", GOOD.replace("EURUSD", "k".repeat(1025))),
        bad(KEY_TOO_LONG, "key of 1 MiB", GOOD.replace("EURUSD", "k".repeat(1 << 20))),
        bad(MALFORMED, "high surrogate alone", GOOD.replace("EURUSD", "a\\ud83d")),
        bad(MALFORMED, "low surrogate alone", GOOD.replace("EURUSD", "\\ude00a")),
        bad(MALFORMED, "surrogates swapped", GOOD.replace("EURUSD", "\\ude00\\ud83d")),
        recordKey(MISSING_KEY, "no record key", null),
        recordKey(MISSING_KEY, "empty record key", new byte[0]),
        recordKey(MALFORMED, "binary record key", new byte[] {(byte) 0xff, 1}),
        recordKey(MALFORMED, "record key with zero byte", new byte[] {'a', 0}),
        recordKey(KEY_TOO_LONG, "long record key", utf8("k".repeat(1025))));
  }

  public static Stream<Bad> timesAndSequences() {
    SourceRecord noTimestamp = SourceRecords.of(utf8("k"), SourceRecord.NO_TIMESTAMP, utf8(GOOD));
    return Stream.of(
        bad(MISSING_FIELD, "no time", GOOD.replace("event_time", "time")),
        time(MISSING_FIELD, Format.PLAIN, "null"),
        time(WRONG_TYPE, Format.PLAIN, "\"soon\""),
        time(WRONG_TYPE, Format.PLAIN, "1546300800123,\"event_time\":1546300800123"),
        time(WRONG_TYPE, Format.PLAIN, "[]"),
        time(INVALID_TIME, Format.PLAIN, "-1"),
        time(INVALID_TIME, Format.PLAIN, "-0.5"),
        time(INVALID_TIME, Format.PLAIN, "1e300"),
        time(INVALID_TIME, Format.PLAIN, "1e400"),
        time(INVALID_TIME, Format.PLAIN, "-1e400"),
        time(INVALID_TIME, Format.PLAIN, "9223372036854775808"),
        time(INVALID_TIME, Format.PLAIN, "-9223372036854775809"),
        time(INVALID_TIME, Format.PLAIN, "9".repeat(500)),
        time(INVALID_TIME, Format.PLAIN, Long.toString(TIMESTAMP + 3_600_001)),
        time(INVALID_TIME, Format.SECONDS, "-1e-9"),
        time(INVALID_TIME, Format.SECONDS, "1546300800123"),
        time(INVALID_TIME, Format.SECONDS, "9223372036854775"),
        time(INVALID_TIME, Format.MICROS, "-1"),
        time(INVALID_TIME, Format.MICROS, "9223372036854775807"),
        time(WRONG_TYPE, Format.ISO, "1546300800123"),
        time(INVALID_TIME, Format.ISO, "\"yesterday\""),
        time(INVALID_TIME, Format.ISO, "\"\""),
        time(INVALID_TIME, Format.ISO, "\"2019-01-01T\""),
        time(INVALID_TIME, Format.ISO, "\"2019-02-30T00:00:00Z\""),
        time(INVALID_TIME, Format.ISO, "\"1969-12-31T23:59:59.999Z\""),
        time(INVALID_TIME, Format.ISO, "\"+999999999-01-01T00:00:00Z\""),
        time(INVALID_TIME, Format.ISO, "\"" + "x".repeat(100_000) + "\""),
        new Bad(INVALID_TIME, "record without timestamp", Format.RECORD_TIME, noTimestamp),
        sequence(MISSING_FIELD, "null"),
        sequence(WRONG_TYPE, "\"seven\""),
        sequence(WRONG_TYPE, "7.0"),
        sequence(WRONG_TYPE, "{}"),
        sequence(WRONG_TYPE, "7,\"seq\":8"),
        sequence(WRONG_TYPE, "9223372036854775808"),
        sequence(WRONG_TYPE, Long.toString(Long.MIN_VALUE)));
  }

  /** All that have a value with key and time in it. */
  public static Stream<Bad> elements() {
    return Stream.of(documents(), fields(), keys(), timesAndSequences())
        .flatMap(records -> records)
        .filter(bad -> bad.record.value() != null && bad.record.value().length > 0)
        .filter(bad -> bad.format != Format.RECORD_KEY && bad.format != Format.RECORD_TIME);
  }

  private UnusableRecords() {}

  private static Bad bad(RejectionCode code, String title, String json) {
    return new Bad(code, title, Format.PLAIN, SourceRecords.withValue(json));
  }

  private static Bad bytes(String title, byte[] value) {
    return new Bad(MALFORMED, title, Format.PLAIN, SourceRecords.withValue(value));
  }

  private static Bad recordKey(RejectionCode code, String title, byte[] key) {
    SourceRecord record = SourceRecords.of(key, TIMESTAMP, utf8(GOOD));
    return new Bad(code, title, Format.RECORD_KEY, record);
  }

  private static Bad time(RejectionCode code, Format format, String time) {
    String json = GOOD.replace("1546300800123", time);
    String title = format + " " + (time.length() > 50 ? time.length() + " characters" : time);
    return new Bad(code, title, format, SourceRecords.withValue(json));
  }

  private static Bad sequence(RejectionCode code, String sequence) {
    SourceRecord record = SourceRecords.withValue(GOOD.replace("\"seq\":7", "\"seq\":" + sequence));
    return new Bad(code, "sequence " + sequence, Format.SEQUENCE, record);
  }

  private static String skipped(String text) {
    return GOOD.replace("{", "{\"skipped\":\"" + text + "\",");
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }
}
