package io.flinklstm.jobs.record.json;

import static io.flinklstm.forecast.RejectionCode.MALFORMED;
import static io.flinklstm.forecast.RejectionCode.NON_FINITE_FEATURE;
import static io.flinklstm.forecast.RejectionCode.NON_FINITE_OUTPUT;
import static io.flinklstm.forecast.RejectionCode.OUTLIER;
import static io.flinklstm.forecast.RejectionCode.SCHEMA_UNAVAILABLE;
import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static io.flinklstm.jobs.testing.UnusableRecords.GOOD;
import static io.flinklstm.jobs.testing.UnusableRecords.GOOD_ISO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.testing.ElementChecks;
import io.flinklstm.jobs.testing.Read;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.jobs.testing.UnusableRecords;
import io.flinklstm.jobs.testing.UnusableRecords.Bad;
import io.flinklstm.jobs.testing.UnusableRecords.Format;
import io.flinklstm.jobs.testing.ValidJson;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObservationJsonRejectionTest {

  @ParameterizedTest
  @MethodSource({
    "io.flinklstm.jobs.testing.UnusableRecords#documents",
    "io.flinklstm.jobs.testing.UnusableRecords#fields",
    "io.flinklstm.jobs.testing.UnusableRecords#keys",
    "io.flinklstm.jobs.testing.UnusableRecords#timesAndSequences"
  })
  void refusesWithCodeAndReadsTheNextRecord(Bad bad) throws Exception {
    SingleReader parser = new SingleReader(List.of("bid", "ask"), bad.format().format);
    Rejection rejection = rejection(parser, bad.record());
    assertThat(rejection.code()).as(rejection.message()).isEqualTo(bad.code());
    assertThat(rejection.message()).contains("expected", "got").hasSizeLessThan(510);
    assertReadsGood(parser, bad.format());
  }

  @ParameterizedTest
  @MethodSource("io.flinklstm.jobs.testing.UnusableRecords#elements")
  void anUnusableElementIsRefusedAloneUnlessItBreaksTheRecord(Bad bad) {
    List<String> fields = List.of("bid", "ask");
    RecordFormat format =
        bad.format().format.selecting(new Selection("data[*]", null, List.of(), true));
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.writeBytes(utf8("{\"data\":[" + good(bad.format()) + ","));
    value.writeBytes(bad.record().value());
    value.writeBytes(utf8("," + good(bad.format()) + "]}"));
    SourceRecord record = SourceRecords.withValue(value.toByteArray());
    Read read = Read.of(RecordCodecs.reader(fields, format), record);
    new ElementChecks(fields, format).check(record, read.outcomes);
    assertThat(read.rejections).extracting(Rejection::code).containsExactly(bad.code());
    if (read.observations.isEmpty()) {
      assertThat(read.rejected).containsExactly(record);
      assertThat(ValidJson.is(bad.record().value())).as("a valid element").isFalse();
    } else {
      assertThat(read.rejected).extracting(r -> r.position().index()).containsExactly(1);
      assertThat(read.observations)
          .extracting(observation -> observation.position().index())
          .containsExactly(0, 2);
      assertThat(read.all.get(0)).isEqualTo(read.all.get(2));
    }
  }

  @Test
  void corpusHasManyDistinctRecordsAndEveryCodeOfTheParseStage() {
    List<Bad> corpus =
        Stream.of(
                UnusableRecords.documents(),
                UnusableRecords.fields(),
                UnusableRecords.keys(),
                UnusableRecords.timesAndSequences())
            .flatMap(records -> records)
            .toList();
    assertThat(corpus).hasSizeGreaterThan(100);
    assertThat(corpus).extracting(ObservationJsonRejectionTest::content).doesNotHaveDuplicates();
    assertThat(EnumSet.complementOf(EnumSet.copyOf(corpus.stream().map(Bad::code).toList())))
        .as("codes without a record")
        .containsExactlyInAnyOrder(
            NON_FINITE_FEATURE, OUTLIER, NON_FINITE_OUTPUT, SCHEMA_UNAVAILABLE);
  }

  /** The parser's input, as text that differs when any byte does. */
  private static String content(Bad bad) {
    SourceRecord record = bad.record();
    return bad.format()
        + " "
        + record.timestamp()
        + " "
        + Arrays.toString(record.key())
        + " "
        + Arrays.toString(record.value());
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    SingleReader parser = new SingleReader(List.of("bid", "ask"), Format.PLAIN.format);
    byte[] good = utf8(GOOD);
    for (int length = 1; length < good.length; length++) {
      byte[] truncated = Arrays.copyOf(good, length);
      assertThat(rejection(parser, SourceRecords.withValue(truncated)).code())
          .as("%d bytes", length)
          .isEqualTo(MALFORMED);
      assertReadsGood(parser, Format.PLAIN);
    }
  }

  private static String good(Format format) {
    return switch (format) {
      case SECONDS -> GOOD.replace("1546300800123", "1546300800.123");
      case MICROS -> GOOD.replace("1546300800123", "1546300800123000");
      case ISO -> GOOD_ISO;
      default -> GOOD;
    };
  }

  private static void assertReadsGood(SingleReader parser, Format format) throws Exception {
    Observation observation = parser.parse(SourceRecords.withValue(good(format)));
    assertThat(observation.key()).isEqualTo(format == Format.RECORD_KEY ? "record-key" : "EURUSD");
    assertThat(observation.eventTime())
        .isEqualTo(format == Format.RECORD_TIME ? TIMESTAMP : 1_546_300_800_123L);
    assertThat(observation.values()).containsExactly(1.5, 2.5);
    assertThat(observation.sequence())
        .isEqualTo(format == Format.SEQUENCE ? 7 : Observation.NO_SEQUENCE);
  }

  private static Rejection rejection(SingleReader parser, SourceRecord record) {
    RejectedRecordException refused =
        catchThrowableOfType(RejectedRecordException.class, () -> parser.parse(record));
    assertThat(refused).as("what became of the record").isNotNull();
    return refused.rejection();
  }
}
