package io.flinklstm.jobs.record.avro;

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
import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.TickSchemas;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ObservationAvroRejectionTest {

  private static final long TIME = 1_546_300_800_123L;
  private static final String EMPTY_RECORD =
      "{\"type\":\"record\",\"name\":\"Nothing\",\"fields\":[]}";

  private final SingleReader reader =
      reader(
          TickSchemas.of(
              TickSchemas.field("key", "[\"null\",\"string\"]"),
              TickSchemas.field("event_time", "[\"long\",\"null\"]"),
              TickSchemas.field("seq", "[\"null\",\"long\"]"),
              TickSchemas.field("bid", "[\"null\",\"double\"]"),
              TickSchemas.field("ask", "\"double\"")),
          "seq");

  record Bad(RejectionCode code, String got, byte[] value) {
    @Override
    public String toString() {
      return code + ": " + got;
    }
  }

  static Stream<Bad> values() {
    byte[] good = good("EURUSD", TIME, 7, 1.5);
    return Stream.of(
        new Bad(TOMBSTONE, "value: expected Avro, got null", null),
        new Bad(EMPTY_VALUE, "value: expected Avro, got 0 bytes", new byte[0]),
        new Bad(MALFORMED, "got 1 bytes after it", Arrays.copyOf(good, good.length + 1)),
        new Bad(MALFORMED, "an index of 0 to 1 in Avro, got", utf8("EURUSD,1546300800123,1.5,2.5")),
        new Bad(MALFORMED, "got -62", utf8("{\"key\":\"EURUSD\"}")),
        new Bad(MALFORMED, "got: Invalid", bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80)),
        key("a length of at most the 3 bytes left in Avro, got -1", -1),
        key("a length of at most the 3 bytes left in Avro, got 4", 4),
        key("bytes left in Avro, got 2147483647", Integer.MAX_VALUE),
        key("bytes left in Avro, got 9223372036854775807", Long.MAX_VALUE),
        key("bytes left in Avro, got -9223372036854775808", Long.MIN_VALUE),
        new Bad(MALFORMED, "key: expected UTF-8, got ", goodOf(bytes(0xff), TIME, 7, 1.5)),
        new Bad(MALFORMED, "key: expected UTF-8, got ", goodOf(bytes(0xc0, 0x80), TIME, 7, 1.5)),
        new Bad(MALFORMED, "key: expected UTF-8, ", goodOf(bytes(0xed, 0xa0, 0x80), TIME, 7, 1.5)),
        new Bad(MISSING_KEY, "field key: expected a value, got null", nullAt(0)),
        new Bad(MISSING_FIELD, "field event_time: expected a value, got null", nullAt(1)),
        new Bad(MISSING_FIELD, "field seq: expected a value, got null", nullAt(2)),
        new Bad(MISSING_FIELD, "field bid: expected a value, got null", nullAt(3)),
        new Bad(MISSING_KEY, "key: expected 1 character or more", good("", TIME, 7, 1.5)),
        new Bad(KEY_TOO_LONG, "got 1025", good("k".repeat(1025), TIME, 7, 1.5)),
        new Bad(KEY_TOO_LONG, "got 1048576", good("k".repeat(1 << 20), TIME, 7, 1.5)),
        new Bad(INVALID_TIME, "of at least 0, got -1", good("a", -1, 7, 1.5)),
        new Bad(INVALID_TIME, "since the epoch, got 9.2", good("a", Long.MAX_VALUE, 7, 1.5)),
        new Bad(INVALID_TIME, "since the epoch, got -9.2", good("a", Long.MIN_VALUE, 7, 1.5)),
        new Bad(INVALID_TIME, "(lstm.source.max-ahead)", good("a", TIMESTAMP + 3_600_001, 7, 1.5)),
        new Bad(WRONG_TYPE, "64 bits, got -9223372036854775808", good("a", 5, Long.MIN_VALUE, 1)),
        new Bad(NON_FINITE_FIELD, "field bid: ", good("a", TIME, 7, Double.NaN)),
        new Bad(NON_FINITE_FIELD, "got Infinity", good("a", TIME, 7, Double.POSITIVE_INFINITY)),
        new Bad(NON_FINITE_FIELD, "got -Infinity", good("a", TIME, 7, Double.NEGATIVE_INFINITY)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void refusesWithCodeAndReadsTheNextRecord(Bad bad) throws Exception {
    Rejection rejection = rejection(reader, bad.value());
    assertThat(rejection.code()).as(rejection.message()).isEqualTo(bad.code());
    assertThat(rejection.message()).contains("expected", bad.got()).hasSizeLessThan(510);
    assertReadsGood();
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    byte[] good = good("EURUSD", TIME, 7, 1.5);
    for (int length = 1; length < good.length; length++) {
      Rejection rejection = rejection(reader, Arrays.copyOf(good, length));
      assertThat(rejection.code()).as("%d bytes", length).isEqualTo(MALFORMED);
      assertThat(rejection.message()).startsWith("value: expected ");
      assertReadsGood();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"null\"", EMPTY_RECORD, "{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}"})
  void blocksOfItemsWithoutBytesTakeNoTime(String items) throws Exception {
    SingleReader skipping = skipping("{\"type\":\"array\",\"items\":" + items + "}");
    for (long count : new long[] {1, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      byte[] value =
          AvroBytes.of(
              encoder -> {
                encoder.writeLong(count);
                encoder.writeLong(0);
                writeTick(encoder);
              });
      assertThat(skipping.parse(withValue(value)).values()).containsExactly(1.5, 2.5);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"array\",\"items\":\"boolean\"}",
        "{\"type\":\"array\",\"items\":[\"null\"]}",
        "{\"type\":\"map\",\"values\":\"null\"}",
      })
  void absurdBlockCountsAreRefused(String type) throws Exception {
    SingleReader skipping = skipping(type);
    for (long count : new long[] {100, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      byte[] value =
          AvroBytes.of(
              encoder -> {
                encoder.writeLong(count);
                writeTick(encoder);
              });
      assertThat(rejection(skipping, value).message())
          .startsWith("value: expected a block of items of at most the ")
          .endsWith("got " + count);
    }
  }

  @Test
  void blocksThatSayTheirLengthAreSkippedInOneStep() throws Exception {
    SingleReader skipping = skipping("{\"type\":\"array\",\"items\":\"long\"}");
    byte[] value =
        AvroBytes.of(
            encoder -> {
              for (int block = 0; block < 2; block++) {
                encoder.writeLong(-3);
                encoder.writeLong(5);
                encoder.writeFixed(new byte[5]);
              }
              encoder.writeLong(0);
              writeTick(encoder);
            });
    assertThat(skipping.parse(withValue(value)).values()).containsExactly(1.5, 2.5);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -100, 1_000, Long.MAX_VALUE, Long.MIN_VALUE})
  void blocksOfImpossibleLengthAreRefused(long length) throws Exception {
    SingleReader skipping = skipping("{\"type\":\"array\",\"items\":\"long\"}");
    byte[] value =
        AvroBytes.of(
            encoder -> {
              encoder.writeLong(Long.MIN_VALUE);
              encoder.writeLong(length);
              writeTick(encoder);
            });
    assertThat(rejection(skipping, value).message()).contains("a length of at most the ");
  }

  /** A schema may contain itself; the records decide how deep. */
  @Test
  void deepNestingIsRefusedBeforeTheStackEnds() throws Exception {
    SingleReader skipping =
        skipping(
            "{\"type\":\"record\",\"name\":\"Chain\",\"fields\":["
                + TickSchemas.field("next", "[\"null\",\"Chain\"]")
                + "]}");
    assertThat(skipping.parse(withValue(chain(490))).values()).containsExactly(1.5, 2.5);
    for (int links : new int[] {510, 10_000, 1_000_000}) {
      Rejection rejection = rejection(skipping, chain(links));
      assertThat(rejection.code()).isEqualTo(MALFORMED);
      assertThat(rejection.message()).contains("nested at most 1000 deep");
    }
  }

  private static byte[] chain(int links) {
    return AvroBytes.of(
        encoder -> {
          for (int k = 0; k < links; k++) {
            encoder.writeIndex(1);
          }
          encoder.writeIndex(0);
          writeTick(encoder);
        });
  }

  /** Legal in Avro, but no value of this schema can exist. */
  @Test
  void recordsThatConsistOfThemselvesAreRefused() throws Exception {
    SingleReader skipping =
        skipping(
            "{\"type\":\"record\",\"name\":\"Loop\",\"fields\":["
                + TickSchemas.field("loop", "\"Loop\"")
                + "]}");
    assertThat(rejection(skipping, AvroBytes.of(ObservationAvroRejectionTest::writeTick)).code())
        .isEqualTo(MALFORMED);
  }

  private void assertReadsGood() throws Exception {
    Observation observation = reader.parse(withValue(good("EURUSD", TIME, 7, 1.5)));
    assertThat(observation.key()).isEqualTo("EURUSD");
    assertThat(observation.eventTime()).isEqualTo(TIME);
    assertThat(observation.values()).containsExactly(1.5, 2.5);
    assertThat(observation.sequence()).isEqualTo(7);
  }

  private static Rejection rejection(SingleReader reader, byte[] value) {
    RejectedRecordException refused =
        catchThrowableOfType(RejectedRecordException.class, () -> reader.parse(withValue(value)));
    assertThat(refused).as("what became of the record").isNotNull();
    return refused.rejection();
  }

  private static SingleReader skipping(String type) {
    return reader(
        TickSchemas.of(
            TickSchemas.field("skipped", type),
            TickSchemas.field("key", "\"string\""),
            TickSchemas.field("event_time", "\"long\""),
            TickSchemas.field("bid", "\"double\""),
            TickSchemas.field("ask", "\"double\"")),
        null);
  }

  private static SingleReader reader(String schema, String sequenceField) {
    return new SingleReader(
        List.of("bid", "ask"),
        new RecordFormat("key", "event_time", TimeFormat.MS, sequenceField, Duration.ofHours(1))
            .asAvro(schema));
  }

  private static void writeTick(BinaryEncoder encoder) throws IOException {
    encoder.writeString("EURUSD");
    encoder.writeLong(TIME);
    encoder.writeDouble(1.5);
    encoder.writeDouble(2.5);
  }

  private static byte[] good(String key, long time, long sequence, double bid) {
    return goodOf(utf8(key), time, sequence, bid);
  }

  private static byte[] goodOf(byte[] key, long time, long sequence, double bid) {
    return AvroBytes.of(
        encoder -> {
          encoder.writeIndex(1);
          encoder.writeBytes(key);
          encoder.writeIndex(0);
          encoder.writeLong(time);
          encoder.writeIndex(1);
          encoder.writeLong(sequence);
          encoder.writeIndex(1);
          encoder.writeDouble(bid);
          encoder.writeDouble(2.5);
        });
  }

  /** A datum that is good up to one of the unions, which holds null. */
  private static byte[] nullAt(int field) {
    return AvroBytes.of(
        encoder -> {
          encoder.writeIndex(field == 0 ? 0 : 1);
          encoder.writeString("a");
          encoder.writeIndex(field == 1 ? 1 : 0);
          encoder.writeLong(TIME);
          encoder.writeIndex(field == 2 ? 0 : 1);
          encoder.writeLong(7);
          encoder.writeIndex(0);
        });
  }

  private static Bad key(String got, long length) {
    return new Bad(
        MALFORMED,
        got,
        AvroBytes.of(
            encoder -> {
              encoder.writeIndex(1);
              encoder.writeLong(length);
              encoder.writeFixed(utf8("abc"));
            }));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int k = 0; k < values.length; k++) {
      bytes[k] = (byte) values[k];
    }
    return bytes;
  }
}
