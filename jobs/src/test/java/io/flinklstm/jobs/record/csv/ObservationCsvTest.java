package io.flinklstm.jobs.record.csv;

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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ObservationCsvTest {

  private static final List<String> FIELDS = List.of("bid", "ask");

  private final SingleReader reader = reader("key,event_time,bid,ask");

  @Test
  void readsKeyTimeAndFieldsByTheirColumns() throws Exception {
    SourceRecord record = withValue("EURUSD,1546300800123,1.1462,2");
    Observation observation = reader.parse(record);
    assertThat(observation.key()).isEqualTo("EURUSD");
    assertThat(observation.eventTime()).isEqualTo(1_546_300_800_123L);
    assertThat(observation.values()).containsExactly(1.1462, 2.0);
    assertThat(observation.sequence()).isEqualTo(Observation.NO_SEQUENCE);
    assertThat(observation.source()).isSameAs(record);
  }

  @Test
  void readsColumnsInAnyOrderAndSkipsTheOthers() throws Exception {
    Observation observation =
        reader("venue,ask,,event_time,key,bid,note")
            .parse(withValue("\"no, \"\"thanks\"\"\",2,x,5,a,1,"));
    assertThat(observation.values()).containsExactly(1, 2);
    assertThat(observation.key()).isEqualTo("a");
    assertThat(observation.eventTime()).isEqualTo(5);
  }

  /** Cells as a CSV writer could write them, and the key that each stands for. */
  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of("EURUSD", "EURUSD"),
        Arguments.of("\"EURUSD\"", "EURUSD"),
        Arguments.of("\"a,b\"", "a,b"),
        Arguments.of("\"a\"\"b\"", "a\"b"),
        Arguments.of("\"\"\"\"", "\""),
        Arguments.of("\"a\nb\r\nc\"", "a\nb\r\nc"),
        Arguments.of("a b", "a b"),
        Arguments.of(" a ", " a "),
        Arguments.of("é\uD83D\uDE00", "é\uD83D\uDE00"),
        Arguments.of("\"é\"", "é"),
        Arguments.of("#a", "#a"),
        Arguments.of("1.50", "1.50"),
        Arguments.of("null", "null"));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void takesKeysAsTheyAre(String cell, String key) throws Exception {
    assertThat(reader.parse(withValue(cell + ",5,1,2")).key()).isEqualTo(key);
    assertThat(reader("bid,ask,event_time,key").parse(withValue("1,2,5," + cell + "\n")).key())
        .isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"''", "'\n'", "'\r\n'", "'\r'"})
  void lineMayHaveAnEnd(String end) throws Exception {
    assertThat(reader.parse(withValue("a,5,1,2" + end)).values()).containsExactly(1, 2);
    assertThat(reader.parse(withValue("\"a\",5,1,\"2\"" + end)).values()).containsExactly(1, 2);
  }

  @Test
  void quotesMayStandAroundNumbers() throws Exception {
    Observation observation = reader.parse(withValue("\"7\",\"5\",\"1.5\",\"-2e3\""));
    assertThat(observation.key()).isEqualTo("7");
    assertThat(observation.eventTime()).isEqualTo(5);
    assertThat(observation.values()).containsExactly(1.5, -2000);
  }

  @Test
  void skipsByteOrderMark() throws Exception {
    assertThat(reader.parse(withValue("\uFEFFa,5,1,2")).key()).isEqualTo("a");
    assertThat(reader.parse(withValue("\uFEFF\"a\",5,1,2")).key()).isEqualTo("a");
  }

  @Test
  void readsLinesOfAnyLengthAndTheNextOne() throws Exception {
    SingleReader skipping = reader("x,key,y,event_time,bid,z,ask");
    for (int length : new int[] {8_190, 8_191, 8_192, 8_193, 20_000, 100_000, 1 << 20}) {
      for (String character : List.of("x", "é", "\uD83D\uDE00", "\"\"", "\n")) {
        String cell = "\"" + character.repeat(length / character.length()) + "\"";
        String line = cell + ",a," + cell + ",5,1," + cell + ",2";
        assertThat(skipping.parse(withValue(line)).values()).containsExactly(1, 2);
        assertThat(skipping.parse(withValue("x,k,,6,3,,4")).values()).containsExactly(3, 4);
      }
    }
  }

  @Test
  void readsKeysOf1024CharactersAcrossTheParsersBuffer() throws Exception {
    SingleReader skipping = reader("x,key,event_time,bid,ask");
    for (int before = 7_000; before < 8_400; before += 7) {
      String key = "é".repeat(512) + "k".repeat(512);
      Observation observation =
          skipping.parse(withValue("x".repeat(before) + "," + key + ",5,1.25,2"));
      assertThat(observation.key()).isEqualTo(key);
      assertThat(observation.values()).containsExactly(1.25, 2);
    }
  }

  @Test
  void takesRecordKeyAndTimestampWhereNoFieldIsNamed() throws Exception {
    RecordFormat format =
        new RecordFormat(null, null, TimeFormat.MS, null, Duration.ofHours(1))
            .asCsv(List.of("bid", "ask"));
    Observation observation =
        new SingleReader(FIELDS, format).parse(SourceRecords.of(utf8("é"), TIMESTAMP, utf8("1,2")));
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
    "S,1.5463008e9,1546300800000",
    "US,1546300800123456,1546300800123",
    "US,1546300800123999.9,1546300800123",
    "NS,1546300800123456789,1546300800123",
    "ISO,2018-01-02T03:04:05.1,1514862245100",
    "ISO,2018-01-02 03:04:05+0000,1514862245000",
    "dd.MM.yyyy HH:mm,02.01.2018 03:04,1514862240000",
    "ISO,2019-01-01T00:00:00.123Z,1546300800123",
    "ISO,2019-01-01T01:00:00.123456789+01:00,1546300800123",
  })
  void readsTimesOfEveryFormat(TimeFormat format, String time, long milliseconds) throws Exception {
    RecordFormat records =
        new RecordFormat("key", "event_time", format, null, Duration.ofHours(1))
            .asCsv(List.of("key", "event_time", "bid", "ask"));
    assertThat(new SingleReader(FIELDS, records).parse(withValue("a," + time + ",1,2")).eventTime())
        .isEqualTo(milliseconds);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "9223372036854775807", "-9223372036854775807"})
  void readsSequenceNumbersOf64Bits(long sequence) throws Exception {
    RecordFormat format =
        new RecordFormat("key", "event_time", TimeFormat.MS, "seq", Duration.ofHours(1))
            .asCsv(List.of("key", "event_time", "seq", "bid", "ask"));
    assertThat(
            new SingleReader(FIELDS, format)
                .parse(withValue("a,5," + sequence + ",1,2"))
                .sequence())
        .isEqualTo(sequence);
  }

  @Test
  void oneColumnMayServeAsKeyTimeSequenceAndValue() throws Exception {
    RecordFormat format =
        new RecordFormat("n", "n", TimeFormat.MS, "n", Duration.ofHours(1)).asCsv(List.of("n"));
    Observation observation = new SingleReader(List.of("n"), format).parse(withValue("17"));
    assertThat(observation.key()).isEqualTo("17");
    assertThat(observation.eventTime()).isEqualTo(17);
    assertThat(observation.sequence()).isEqualTo(17);
    assertThat(observation.values()).containsExactly(17);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "key,event_time,bid;ask, got none in key,event_time,bid",
        "event_time,bid,ask;key, got none in event_time,bid,ask",
        "key,event_time,bid,ask,bid;bid, got 2 in key,event_time,bid,ask,bid",
        "Key,event_time,bid,ask;key, got none in Key,event_time,bid,ask",
      })
  void everyFieldHasOneColumn(String columns, String fieldAndGot) {
    assertThatThrownBy(() -> reader(columns))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected one column for the field " + fieldAndGot);
  }

  private static SingleReader reader(String columns) {
    return new SingleReader(
        FIELDS,
        new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1))
            .asCsv(List.of(columns.split(",", -1))));
  }
}
