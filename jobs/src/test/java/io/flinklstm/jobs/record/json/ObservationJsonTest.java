package io.flinklstm.jobs.record.json;

import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.SourceRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationJsonTest {

  private static final List<String> FIELDS = List.of("bid", "ask");
  private static final RecordFormat DEFAULT =
      new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1));
  private static final RecordFormat SEQUENCE =
      new RecordFormat("key", "event_time", TimeFormat.MS, "seq", Duration.ofHours(1));
  private static final RecordFormat RECORD_KEY_AND_TIME =
      new RecordFormat(null, null, TimeFormat.MS, null, Duration.ofHours(1));

  private final SingleReader parser = new SingleReader(FIELDS, DEFAULT);

  @Test
  void readsKeyTimeAndFieldsInTheCardsOrder() throws Exception {
    SourceRecord record =
        withValue("{\"key\":\"EURUSD\",\"event_time\":1546300800123,\"bid\":1.1462,\"ask\":2}");
    Observation observation = parser.parse(record);
    assertThat(observation.key()).isEqualTo("EURUSD");
    assertThat(observation.eventTime()).isEqualTo(1_546_300_800_123L);
    assertThat(observation.values()).containsExactly(1.1462, 2.0);
    assertThat(observation.sequence()).isEqualTo(Observation.NO_SEQUENCE);
    assertThat(observation.source()).isSameAs(record);
  }

  @Test
  void readsFieldsInAnyOrder() throws Exception {
    Observation observation =
        parser.parse(withValue(" {\"ask\":2,\"event_time\":5,\n\"bid\":1,\t\"key\":\"a\"}\r\n "));
    assertThat(observation.values()).containsExactly(1, 2);
    assertThat(observation.key()).isEqualTo("a");
    assertThat(observation.eventTime()).isEqualTo(5);
  }

  @Test
  void skipsWhatNoFieldNeeds() throws Exception {
    Observation observation =
        parser.parse(
            withValue(
                "{\"x\":{\"bid\":9,\"key\":\"z\",\"d\":[{\"ask\":9}]},\"key\":\"a\",\"y\":[1,[2]],"
                    + "\"event_time\":5,\"bid\":1,\"n\":null,\"t\":true,\"ask\":2,\"s\":\"\","
                    + "\"s\":\"twice\",\"big\":1e999}"));
    assertThat(observation.values()).containsExactly(1, 2);
    assertThat(observation.key()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource({"17,17", "-3,-3", "123456789012345678901234567890,123456789012345678901234567890"})
  void takesWholeNumberAsKeyDigitForDigit(String number, String key) throws Exception {
    assertThat(parser.parse(withValue(record(number, "5", "1"))).key()).isEqualTo(key);
  }

  @Test
  void takesKeyOfThousandDigitsAndOf1024Characters() throws Exception {
    assertThat(parser.parse(withValue(record("1".repeat(1000), "5", "1"))).key()).hasSize(1000);
    assertThat(parser.parse(withValue(record(quoted("k".repeat(1024)), "5", "1"))).key())
        .hasSize(1024);
  }

  @Test
  void unescapesKeys() throws Exception {
    String json = record("\"\\u00e9\\n\\ud83d\\ude00\\\"é\uD83D\uDE00\"", "5", "1");
    assertThat(parser.parse(withValue(json)).key()).isEqualTo("é\n\uD83D\uDE00\"é\uD83D\uDE00");
  }

  @Test
  void takesRecordKeyAndTimestampWhereNoFieldIsNamed() throws Exception {
    SingleReader recordParser = new SingleReader(FIELDS, RECORD_KEY_AND_TIME);
    byte[] value = utf8("{\"key\":\"no\",\"event_time\":5,\"bid\":1,\"ask\":2}");
    Observation observation = recordParser.parse(SourceRecords.of(utf8("é"), TIMESTAMP, value));
    assertThat(observation.key()).isEqualTo("é");
    assertThat(observation.eventTime()).isEqualTo(TIMESTAMP);
    assertThat(observation.values()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "MS,1546300800123,1546300800123",
    "MS,1546300800123.9,1546300800123",
    "MS,0,0",
    "S,1546300800,1546300800000",
    "S,1546300800.123,1546300800123",
    "S,1546300800.1239,1546300800123",
    "S,1.5463008e9,1546300800000",
    "US,1546300800123456,1546300800123",
    "US,1546300800123999.9,1546300800123",
    "NS,1546300800123456789,1546300800123",
    "ISO,\"2018-01-02T03:04:05.1\",1514862245100",
    "ISO,\"2018-01-02 03:04:05+0000\",1514862245000",
    "dd.MM.yyyy HH:mm,\"02.01.2018 03:04\",1514862240000",
    "MS,\"1546300800123\",1546300800123",
    "S,\"1534614057.321597\",1534614057321",
    "NS,\"1546300800123456789\",1546300800123",
    "yyyyMMdd,20190101,1546300800000",
    "ISO,\"2019-01-01T00:00:00.123Z\",1546300800123",
    "ISO,\"2019-01-01T01:00:00.123456789+01:00\",1546300800123",
    "ISO,\"2019-01-01T00:00Z\",1546300800000",
  })
  void readsTimesOfEveryFormat(TimeFormat format, String time, long milliseconds) throws Exception {
    SingleReader timeParser =
        new SingleReader(
            FIELDS, new RecordFormat("key", "event_time", format, null, Duration.ofHours(1)));
    assertThat(timeParser.parse(withValue(record("\"a\"", time, "1"))).eventTime())
        .isEqualTo(milliseconds);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "9223372036854775807", "-9223372036854775807"})
  void readsSequenceNumbersOf64Bits(long sequence) throws Exception {
    SingleReader sequenceParser = new SingleReader(FIELDS, SEQUENCE);
    String json = "{\"seq\":" + sequence + "," + record("\"a\"", "5", "1").substring(1);
    assertThat(sequenceParser.parse(withValue(json)).sequence()).isEqualTo(sequence);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1",
    "1.7976931348623157e308",
    "4.9e-324",
    "2.2250738585072011e-308",
    "1e-400",
    "-0.0",
    "-0",
    "9007199254740993",
    "123456789012345678901234567890",
    "1E5",
    "1e+5",
    "9.5e-3"
  })
  void readsTheNearestDouble(String number) throws Exception {
    double value = parser.parse(withValue(record("\"a\"", "5", number))).values()[0];
    double expected = number.equals("-0") ? 0.0 : Double.parseDouble(number);
    assertThat(Double.doubleToRawLongBits(value)).isEqualTo(Double.doubleToRawLongBits(expected));
  }

  @Test
  void readsNumbersOfThousandDigits() throws Exception {
    double value =
        parser.parse(withValue(record("\"a\"", "5", "0." + "3".repeat(998)))).values()[0];
    assertThat(value).isEqualTo(1 / 3.0);
  }

  @Test
  void oneFieldMayServeAsKeyTimeSequenceAndValue() throws Exception {
    SingleReader one =
        new SingleReader(
            List.of("n"), new RecordFormat("n", "n", TimeFormat.MS, "n", Duration.ofHours(1)));
    Observation observation = one.parse(withValue("{\"n\":17}"));
    assertThat(observation.key()).isEqualTo("17");
    assertThat(observation.eventTime()).isEqualTo(17);
    assertThat(observation.sequence()).isEqualTo(17);
    assertThat(observation.values()).containsExactly(17);
  }

  @Test
  void takesTimesUpToMaxAheadAfterTheRecord() throws Exception {
    long latest = TIMESTAMP + Duration.ofHours(1).toMillis();
    assertThat(parser.parse(withValue(record("\"a\"", "" + latest, "1"))).eventTime())
        .isEqualTo(latest);
  }

  @Test
  void takesAnyTimeWhereTheRecordHasNone() throws Exception {
    byte[] value = utf8(record("\"a\"", "4102444800000", "1"));
    SourceRecord record = SourceRecords.of(null, SourceRecord.NO_TIMESTAMP, value);
    assertThat(parser.parse(record).eventTime()).isEqualTo(4_102_444_800_000L);
  }

  @Test
  void timesBeforeTheEarliestAreRefusedWithTheOption() throws Exception {
    long earliest = Instant.parse("2018-01-01T00:00:00Z").toEpochMilli();
    RecordFormat format =
        new RecordFormat("key", "event_time", TimeFormat.S, null, Duration.ofHours(1));
    SingleReader since = new SingleReader(FIELDS, format.since(earliest));
    assertThat(since.parse(withValue(record("\"a\"", "1514764800", "1"))).eventTime())
        .isEqualTo(earliest);
    assertThatThrownBy(() -> since.parse(withValue(record("\"a\"", "1514764799.999", "1"))))
        .hasMessage(
            "event time: expected at least 2018-01-01T00:00:00Z (lstm.source.min-time), got"
                + " 2017-12-31T23:59:59.999Z");
    SingleReader milliseconds =
        new SingleReader(
            FIELDS,
            new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1))
                .since(earliest));
    assertThatThrownBy(() -> milliseconds.parse(withValue(record("\"a\"", "1546300800", "1"))))
        .hasMessageEndingWith("; likely lstm.source.time-format: s");
  }

  @Test
  void timesBefore1970AreReadWhereTheyAreAllowed() throws Exception {
    RecordFormat format =
        new RecordFormat("key", "event_time", TimeFormat.ISO, null, Duration.ofHours(1));
    String record = record("\"a\"", "\"1969-12-31\"", "1");
    assertThatThrownBy(() -> new SingleReader(FIELDS, format).parse(withValue(record)))
        .hasMessage("event time: expected epoch milliseconds of at least 0, got -86400000");
    assertThat(
            new SingleReader(FIELDS, format.since(Long.MIN_VALUE))
                .parse(withValue(record))
                .eventTime())
        .isEqualTo(-86_400_000);
  }

  @Test
  void skipsByteOrderMark() throws Exception {
    assertThat(parser.parse(withValue("\uFEFF" + record("\"a\"", "5", "1"))).key()).isEqualTo("a");
  }

  private static String record(String key, String time, String bid) {
    return "{\"key\":" + key + ",\"event_time\":" + time + ",\"bid\":" + bid + ",\"ask\":2}";
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
