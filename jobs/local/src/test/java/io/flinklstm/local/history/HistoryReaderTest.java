package io.flinklstm.local.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.train.data.Series;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryReaderTest {

  private static final List<String> FIELDS = List.of("bid", "ask");
  private static final String GOOD =
      "{\"key\":\"EURUSD\",\"event_time\":1546300800123,\"bid\":1.5,\"ask\":2.5}";
  private static final long EVENT_TIME = 1_546_300_800_123L; // of GOOD
  private static final long DAY_MS = 24 * 60 * 60 * 1000L;

  private final HistoryReader reader = new HistoryReader(config(), FIELDS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.1",
        "0.30000000000000004",
        "1e-3",
        "-0.0",
        "-0",
        "4.9e-324",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "9007199254740993",
        "179.99999999999997157829056959599256515502929687500001"
      })
  void addsTheBitsOfTheJob(String number) {
    SourceRecord record = withValue(GOOD.replace("1.5", number));
    reader.add(record);
    Observation actual = reader.history().series().get(0).observation(0);
    Job job = new Job();
    job.read(record);
    Observation expected = job.observations.get(0);
    assertThat(actual.key()).isEqualTo(expected.key());
    assertThat(actual.eventTime()).isEqualTo(expected.eventTime());
    assertThat(actual.sequence()).isEqualTo(expected.sequence());
    for (int k = 0; k < FIELDS.size(); k++) {
      assertThat(Double.doubleToRawLongBits(actual.values()[k]))
          .isEqualTo(Double.doubleToRawLongBits(expected.values()[k]));
    }
  }

  @Test
  void countsWhatTheJobRefusesByItsReasonsAndKeepsTheFirstMessage() {
    Job job = new Job();
    Map<RejectionCode, HistoryReader.Refused> expected = new EnumMap<>(RejectionCode.class);
    for (SourceRecord record : unusable()) {
      reader.add(record);
      job.read(record);
    }
    for (Rejection rejection : job.rejections) {
      HistoryReader.Refused before = expected.get(rejection.code());
      expected.put(
          rejection.code(),
          before == null
              ? new HistoryReader.Refused(1, rejection.message())
              : new HistoryReader.Refused(before.count() + 1, before.first()));
    }
    assertThat(expected).hasSizeGreaterThan(5);
    assertThat(reader.refused()).isEqualTo(expected);
    assertThat(reader.history().rows()).isEqualTo(job.observations.size());
  }

  @Test
  void goesOnAfterARefusedRecord() {
    reader.add(withValue("no JSON"));
    reader.add(withValue(GOOD));
    assertThat(reader.refused()).containsOnlyKeys(RejectionCode.MALFORMED);
    assertThat(reader.history().series()).extracting(Series::key).containsExactly("EURUSD");
  }

  @Test
  void comparesTheEventTimeWithATimestampOnlyWhereThereIsOne() {
    reader.add(record(EVENT_TIME - 10 * DAY_MS));
    assertThat(reader.refused()).containsOnlyKeys(RejectionCode.INVALID_TIME);
    reader.add(record(EVENT_TIME));
    reader.add(record(GOOD, SourceRecord.NO_TIMESTAMP));
    assertThat(reader.history().rows()).isEqualTo(2);
  }

  @Test
  void refusesAFormatThatHasNoPlaceForAField() {
    ForecastJobConfig config =
        config("--lstm.source.format=csv", "--lstm.source.csv-columns=key,event_time,bid");
    assertThatThrownBy(() -> new HistoryReader(config, FIELDS))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageContaining("lstm.source.csv-columns", "ask");
  }

  /** What the job's reader finds in records. */
  private static final class Job implements ObservationReader.Sink {

    private final ObservationReader reader = RecordCodecs.reader(FIELDS, format());
    private final List<Observation> observations = new ArrayList<>();
    private final List<Rejection> rejections = new ArrayList<>();

    void read(SourceRecord record) {
      reader.read(record, this);
    }

    @Override
    public void observation(Observation observation) {
      observations.add(observation);
    }

    @Override
    public void rejected(Rejection rejection, SourceRecord record) {
      rejections.add(rejection);
    }

    @Override
    public void skipped(SourcePosition position) {}
  }

  private static List<SourceRecord> unusable() {
    return Stream.of(
            "",
            "no JSON",
            GOOD + GOOD,
            "{}",
            GOOD.replace("1.5", "null"),
            GOOD.replace("1.5", "true"),
            GOOD.replace("1.5", "1e400"),
            GOOD.replace("1.5", "NaN"),
            GOOD.replace("EURUSD", ""),
            GOOD.replace("EURUSD", "k".repeat(1025)),
            GOOD.replace("1546300800123", "-1"),
            GOOD.replace("1546300800123", "1546390800123"),
            GOOD)
        .map(HistoryReaderTest::withValue)
        .toList();
  }

  private static SourceRecord withValue(String value) {
    return record(value, EVENT_TIME + 77);
  }

  private static SourceRecord record(String value, long timestamp) {
    return new SourceRecord(
        new SourcePosition("ticks", 3, 42), timestamp, utf8("record-key"), utf8(value), List.of());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ConsumerRecord<byte[], byte[]> record(long timestamp) {
    return new ConsumerRecord<>(
        "ticks",
        0,
        0,
        timestamp,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        utf8(GOOD),
        new RecordHeaders(),
        Optional.empty());
  }

  private static RecordFormat format() {
    return RecordFormatLoader.load(config(), FIELDS);
  }

  private static ForecastJobConfig config(String... arguments) {
    return ForecastJobConfig.fromArguments(
        Stream.concat(
                Stream.of("--lstm.kafka.bootstrap-servers=localhost:9", "--lstm.model.path=m"),
                Stream.of(arguments))
            .toArray(String[]::new));
  }
}
