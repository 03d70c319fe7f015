package io.flinklstm.jobs.record.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.jobs.record.avro.AvroSchemas;
import io.flinklstm.jobs.testing.SourceRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a condition skips, of records that have little or nothing of what it names. */
class SkippedRecordsTest {

  private static final RecordFormat FORMAT =
      new RecordFormat(null, null, TimeFormat.MS, null, Duration.ofHours(1));

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2]", "[]", "\"pong\"", "17", "null", "{}", "{\"type\": \"ping\"}"})
  void skipsWhatIsOfAnotherKind(String value) {
    RecordFormat trades = where(null, "type = \"trade\"");
    assertThat(outcomes(trades, SourceRecords.withValue(value))).containsExactly("skipped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2]", "[]", "\"pong\"", "17", "null", "{}", "{\"type\": \"ping\"}"})
  void skipsWhatHoldsNoElements(String value) {
    RecordFormat trades = where("data[*]", "$.type = \"trade\"");
    assertThat(outcomes(trades, SourceRecords.withValue(value))).containsExactly("skipped");
  }

  @ParameterizedTest
  @CsvSource({"'[1, 2]', MALFORMED", "17, MALFORMED", "{}, MISSING_FIELD"})
  void nothingIsSkippedWithoutCondition(String value, String code) {
    assertThat(outcomes(FORMAT, SourceRecords.withValue(value))).containsExactly(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "pong", "{\"type\": \"ping\""})
  void whatIsNotJsonIsNotSkipped(String value) {
    RecordFormat trades = where(null, "$topic = \"ticks\"");
    assertThat(outcomes(trades, SourceRecords.withValue(value)).toString())
        .containsAnyOf("EMPTY_VALUE", "MALFORMED");
  }

  @ParameterizedTest
  @EnumSource(ValueFormat.class)
  void tombstonesAreSkippedIfTheConditionIsNotMet(ValueFormat valueFormat) {
    SourceRecord tombstone =
        SourceRecords.of(SourceRecords.utf8("{\"id\": 7}"), SourceRecords.TIMESTAMP, null);
    assertThat(outcomes(as(valueFormat, where(null, "p > 0")), tombstone))
        .containsExactly("skipped");
    assertThat(outcomes(as(valueFormat, where(null, "$key.id = 7")), tombstone))
        .containsExactly("TOMBSTONE");
    assertThat(outcomes(as(valueFormat, FORMAT), tombstone)).containsExactly("TOMBSTONE");
  }

  private static RecordFormat as(ValueFormat valueFormat, RecordFormat format) {
    return switch (valueFormat) {
      case JSON -> format;
      case CSV -> format.asCsv(List.of("p"));
      case AVRO -> format.asAvro(AvroSchemas.ofObservations(format, List.of("p")));
    };
  }

  @Test
  void conditionsNameValuesAroundTheElements() {
    RecordFormat updates = where("events[*].trades[*]", "$.events[*].type = \"update\"");
    SourceRecord record =
        SourceRecords.withValue(
            "{\"events\": [{\"type\": \"snapshot\", \"trades\": [{\"p\": 1}]},"
                + " {\"trades\": [{\"p\": 2}], \"type\": \"update\"}, {\"trades\": [{\"p\": 3}]}]}");
    assertThat(outcomes(updates, record)).containsExactly("skipped", "2.0", "skipped");
  }

  @Test
  void conditionsOfTwoLevelsAreKnownAtTheInnerOne() {
    RecordFormat updates = where("events[*].trades[*]", "$.events[*].type = \"update\" and p > 1");
    SourceRecord record =
        SourceRecords.withValue(
            "{\"events\": [{\"type\": \"update\", \"trades\": [{\"p\": 1}, {\"p\": 2}]},"
                + " {\"type\": \"snapshot\", \"trades\": [{\"p\": 3}]}]}");
    assertThat(outcomes(updates, record)).containsExactly("skipped", "2.0", "skipped");
  }

  @Test
  void theRecordItselfCanBeANumber() {
    ObservationReader reader = RecordCodecs.reader(List.of("$"), FORMAT);
    assertThat(outcomes(reader, SourceRecords.withValue("21.5"))).containsExactly("21.5");
    assertThat(outcomes(reader, SourceRecords.withValue("\"21.5\""))).containsExactly("21.5");
    assertThat(outcomes(reader, SourceRecords.withValue("{}"))).containsExactly("WRONG_TYPE");
    assertThat(outcomes(reader, SourceRecords.withValue(" "))).containsExactly("MALFORMED");
  }

  private static RecordFormat where(@Nullable String records, String condition) {
    return FORMAT.selecting(new RecordFormat.Selection(records, condition, List.of(), true));
  }

  private static List<String> outcomes(RecordFormat format, SourceRecord record) {
    return outcomes(RecordCodecs.reader(List.of("p"), format), record);
  }

  /** The value of an observation, the code of a dead letter, or that something was skipped. */
  private static List<String> outcomes(ObservationReader reader, SourceRecord record) {
    List<String> outcomes = new ArrayList<>();
    reader.read(
        record,
        new ObservationReader.Sink() {
          @Override
          public void observation(Observation observation) {
            outcomes.add(Double.toString(observation.values()[0]));
          }

          @Override
          public void rejected(Rejection rejection, SourceRecord rejected) {
            outcomes.add(rejection.code().name());
          }

          @Override
          public void skipped(SourcePosition position) {
            outcomes.add("skipped");
          }
        });
    return outcomes;
  }
}
