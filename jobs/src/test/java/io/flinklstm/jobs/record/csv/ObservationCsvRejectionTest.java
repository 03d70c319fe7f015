package io.flinklstm.jobs.record.csv;

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
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.SourceRecords;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObservationCsvRejectionTest {

  private static final String GOOD = "EURUSD,1546300800123,7,1.5,2.5";

  private final SingleReader reader =
      new SingleReader(
          List.of("bid", "ask"),
          new RecordFormat("key", "event_time", TimeFormat.MS, "seq", Duration.ofHours(1))
              .asCsv(List.of("key", "event_time", "seq", "bid", "ask")));

  record Bad(RejectionCode code, String got, byte[] value) {
    @Override
    public String toString() {
      return code + ": " + got;
    }
  }

  static Stream<Bad> lines() {
    return Stream.of(
        new Bad(TOMBSTONE, "value: expected CSV, got null", null),
        new Bad(EMPTY_VALUE, "value: expected CSV, got 0 bytes", new byte[0]),
        bad(MALFORMED, "expected 5 cells, got 1", "\n"),
        bad(MALFORMED, "expected 5 cells, got 1", " \t "),
        bad(MALFORMED, "got one inside", "{\"key\":1}"),
        bad(MALFORMED, "expected 5 cells, got 1", GOOD.replace(',', ';')),
        bad(MALFORMED, "expected 5 cells, got 4", GOOD.replace(",2.5", "")),
        bad(MALFORMED, "expected 5 cells, got 6", GOOD + ","),
        bad(MALFORMED, "expected 5 cells, got 100001", ",".repeat(100_000)),
        bad(MALFORMED, "got another after it", GOOD + "\n" + GOOD),
        bad(MALFORMED, "got another after it", GOOD + "\r\n" + GOOD + "\r\n"),
        bad(MALFORMED, "got another after it", GOOD + "\n\n"),
        bad(MALFORMED, "got another after it", "\n" + GOOD),
        bad(MALFORMED, "got another after it", GOOD + "\r" + GOOD),
        bad(MALFORMED, "got another after it", GOOD.replace("EURUSD", "\"EUR\nUSD\"\n")),
        bad(MALFORMED, "a closing quote, got the end", "\"" + GOOD),
        bad(MALFORMED, "a closing quote, got the end", GOOD + "\""),
        bad(MALFORMED, "a closing quote, got the end", GOOD.replace("EURUSD", "\"\"\"")),
        bad(MALFORMED, "got one inside", GOOD.replace("EURUSD", "EUR\"\"USD")),
        bad(MALFORMED, "got one inside", GOOD.replace("EURUSD", "EUR\"USD\"")),
        bad(MALFORMED, "got one inside", GOOD.replace("EURUSD", " \"EURUSD\"")),
        bad(MALFORMED, "a line of CSV, got: ", GOOD.replace("EURUSD", "\"EURUSD\" ")),
        bad(MALFORMED, "a line of CSV, got: ", GOOD.replace("EURUSD", "\"EUR\"USD\"\"")),
        bad(MALFORMED, "expected text, got a zero byte", GOOD + "\0"),
        new Bad(MALFORMED, "UTF-8", GOOD.replace("EURUSD", "\u00e9").getBytes(ISO_8859_1)),
        new Bad(MALFORMED, "UTF-8", GOOD.replace("EUR", "\u00c0\u00a2").getBytes(ISO_8859_1)),
        new Bad(MALFORMED, "UTF-8", GOOD.replace("E", "\u00ed\u00a0\u0080").getBytes(ISO_8859_1)),
        new Bad(MALFORMED, "UTF-8", GOOD.getBytes(UTF_16)));
  }

  static Stream<Bad> cells() {
    return Stream.of(
        bad(MISSING_KEY, "field key: expected a value, got an empty cell", with("EURUSD", "")),
        bad(MISSING_KEY, "field key: expected a value, got an empty cell", with("EURUSD", "\"\"")),
        bad(KEY_TOO_LONG, "1024 characters, got 1025", with("EURUSD", "k".repeat(1025))),
        bad(KEY_TOO_LONG, "1024 characters, got 1048576", with("EURUSD", "k".repeat(1 << 20))),
        bad(MISSING_FIELD, "field bid: expected a value, got an empty cell", with("1.5", "")),
        bad(MISSING_FIELD, "field ask: expected a value, got an empty cell", with("2.5", "")),
        bad(WRONG_TYPE, "field bid: expected a number, got \"null\"", with("1.5", "null")),
        bad(WRONG_TYPE, "field bid: expected a number, got \"NaN\"", with("1.5", "NaN")),
        bad(WRONG_TYPE, "expected a number, got \"Infinity\"", with("1.5", "Infinity")),
        bad(WRONG_TYPE, "expected a number, got \"-Infinity\"", with("1.5", "-Infinity")),
        bad(WRONG_TYPE, "expected a number, got \"0x10\"", with("1.5", "0x10")),
        bad(WRONG_TYPE, "expected a number, got \"+1.5\"", with("1.5", "+1.5")),
        bad(WRONG_TYPE, "expected a number, got \" 1.5\"", with("1.5", " 1.5")),
        bad(WRONG_TYPE, "expected a number, got \"1.5 \"", with("1.5", "1.5 ")),
        bad(WRONG_TYPE, "expected a number, got \"1,5\"", with("1.5", "\"1,5\"")),
        bad(WRONG_TYPE, "expected a number, got \"01.5\"", with("1.5", "01.5")),
        bad(WRONG_TYPE, "expected a number, got \"1.\"", with("1.5", "1.")),
        bad(WRONG_TYPE, "expected a number, got \"1.5d\"", with("1.5", "1.5d")),
        bad(WRONG_TYPE, "9... of 2000 characters", with("1.5", "9".repeat(2000))),
        bad(WRONG_TYPE, "x... of 1048576 characters", with("1.5", "x".repeat(1 << 20))),
        bad(NON_FINITE_FIELD, "a double's range, got Infinity", with("1.5", "1e400")),
        bad(NON_FINITE_FIELD, "a double's range, got -Infinity", with("1.5", "-1e400")),
        bad(NON_FINITE_FIELD, "a double's range, got Infinity", with("1.5", "9".repeat(999))),
        bad(MISSING_FIELD, "field seq: expected a value, got an empty cell", with("7", "")),
        bad(
            WRONG_TYPE,
            "field seq: expected a whole number of 64 bits, got \"7.0\"",
            with("7", "7.0")),
        bad(WRONG_TYPE, "got \"9223372036854775808\"", with("7", "9223372036854775808")),
        bad(WRONG_TYPE, "-9223372036854775808", with("7", Long.toString(Long.MIN_VALUE))),
        time(MISSING_FIELD, "field event_time: expected a value, got an empty cell", ""),
        time(WRONG_TYPE, "(lstm.source.time-format: ms), got 2019-01-01", "2019-01-01"),
        time(INVALID_TIME, "expected epoch milliseconds of at least 0, got -1", "-1"),
        time(INVALID_TIME, "expected epoch milliseconds of at least 0, got -1", "-0.5"),
        time(INVALID_TIME, "expected a time since the epoch, got 1.0E300", "1e300"),
        time(INVALID_TIME, "expected a time since the epoch, got Infinity", "1e400"),
        time(INVALID_TIME, "expected a time since the epoch, got 0.0", "1e-99999999999"),
        time(INVALID_TIME, "expected a time since the epoch, got ", "9223372036854775808"),
        time(INVALID_TIME, "(lstm.source.max-ahead), got ", "" + (TIMESTAMP + 3_600_001)));
  }

  @ParameterizedTest
  @MethodSource({"lines", "cells"})
  void refusesWithCodeAndReadsTheNextRecord(Bad bad) throws Exception {
    RejectedRecordException refused =
        catchThrowableOfType(
            RejectedRecordException.class,
            () -> reader.parse(SourceRecords.withValue(bad.value())));
    assertThat(refused).as("what became of the record").isNotNull();
    Rejection rejection = refused.rejection();
    assertThat(rejection.code()).as(rejection.message()).isEqualTo(bad.code());
    assertThat(rejection.message()).contains("expected", bad.got()).hasSizeLessThan(510);
    assertReadsGood();
  }

  @Test
  void isoTimesAreRefusedAsInJson() throws Exception {
    SingleReader iso =
        new SingleReader(
            List.of(),
            new RecordFormat("key", "time", TimeFormat.ISO, null, Duration.ofHours(1))
                .asCsv(List.of("key", "time")));
    for (String time : List.of("yesterday", "1546300800123", "2019-01-01T00")) {
      RejectedRecordException refused =
          catchThrowableOfType(
              RejectedRecordException.class, () -> iso.parse(SourceRecords.withValue("a," + time)));
      assertThat(refused.rejection().code()).isEqualTo(INVALID_TIME);
      assertThat(refused.rejection().message())
          .isEqualTo(
              "field time: expected a time like 2019-01-01T00:00:00.123Z"
                  + " (lstm.source.time-format: iso), got "
                  + time);
    }
    assertThat(iso.parse(SourceRecords.withValue("a,2019-01-01T00:00:00Z")).key()).isEqualTo("a");
  }

  private void assertReadsGood() throws Exception {
    Observation observation = reader.parse(SourceRecords.withValue(GOOD));
    assertThat(observation.key()).isEqualTo("EURUSD");
    assertThat(observation.eventTime()).isEqualTo(1_546_300_800_123L);
    assertThat(observation.values()).containsExactly(1.5, 2.5);
    assertThat(observation.sequence()).isEqualTo(7);
  }

  private static String with(String old, String cell) {
    return GOOD.replaceFirst("(?<=^|,)" + old + "(?=,|$)", cell);
  }

  private static Bad time(RejectionCode code, String got, String time) {
    return bad(code, got, with("1546300800123", time));
  }

  private static Bad bad(RejectionCode code, String got, String line) {
    return new Bad(code, got, SourceRecords.utf8(line));
  }
}
