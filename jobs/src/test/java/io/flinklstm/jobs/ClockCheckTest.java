package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockCheckTest {

  private static final long NOW = Instant.parse("2023-11-14T22:13:20Z").toEpochMilli();
  private static final long SECONDS_NOW = NOW / 1000; // 1,700,000,000

  private final Map<String, Counter> counters = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private long clock = NOW;
  private long offset;

  private ClockCheck check(TimeFormat format) {
    UnregisteredMetricsGroup lstm =
        new UnregisteredMetricsGroup() {
          @Override
          public Counter counter(String name) {
            return counters.computeIfAbsent(name, n -> super.counter(name));
          }
        };
    return new ClockCheck(format, lstm, () -> clock, warnings::add);
  }

  private long count(String name) {
    return counters.get(name).getCount();
  }

  /** What the job's parse step makes of a record with a time. */
  private void look(ClockCheck check, TimeFormat format, String time, long timestamp) {
    RecordFormat records =
        new RecordFormat("key", "event_time", format, null, Duration.ofMinutes(5));
    String json = "{\"key\":\"A\\n\",\"event_time\":" + time + ",\"price\":51.5}";
    SourceRecord record =
        new SourceRecord(
            new SourcePosition("ticks", 0, offset++),
            timestamp,
            null,
            json.getBytes(StandardCharsets.UTF_8),
            List.of());
    RecordCodecs.reader(List.of("price"), records)
        .read(
            record,
            new ObservationReader.Sink() {
              @Override
              public void observation(Observation observation) {
                check.look(observation);
              }

              @Override
              public void rejected(Rejection rejection, SourceRecord rejected) {
                warnings.add(rejection.message()); // the log has the first one
              }

              @Override
              public void skipped(SourcePosition position) {
                throw new AssertionError(position);
              }
            });
  }

  @Test
  void fourTicksInSecondsReadAsMillisecondsAreToldOf() {
    ClockCheck check = check(TimeFormat.MS);
    for (int tick = 0; tick < 4; tick++) {
      look(check, TimeFormat.MS, Long.toString(SECONDS_NOW + 60 * tick), NOW);
    }
    assertThat(warnings)
        .containsExactly(
            "event times: expected times within 20 years of the records' timestamps, got"
                + " 1970-01-20T16:13:20Z for 1700000000 read as ms in ticks-0@0, whose timestamp is"
                + " 2023-11-14T22:13:20Z; likely lstm.source.time-format: s");
    assertThat(count("implausibleTimes")).isEqualTo(4);
    assertThat(count("aheadOfRecordTimestamp")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "ms,1700000000,s",
    "ms,1700000000000000,us",
    "ms,1700000000000000000,ns",
    "us,1700000000,s",
    "us,1700000000000,ms",
    "us,1700000000000000000,ns",
    "ns,1700000000,s",
    "ns,1700000000000,ms",
    "ns,1700000000000000,us",
    "s,1700000000000,ms",
  })
  void everyWrongUnitIsToldWithTheRightOne(String readAs, String number, String right) {
    TimeFormat format = TimeFormat.of(readAs);
    ClockCheck check = check(format);
    look(check, format, number, NOW);
    assertThat(warnings)
        .singleElement()
        .asString()
        .endsWith("; likely lstm.source.time-format: " + right);
  }

  @Test
  void timestampsMadeOfTheSameNumberDoNotHideIt() {
    look(check(TimeFormat.MS), TimeFormat.MS, "" + SECONDS_NOW, SECONDS_NOW);
    assertThat(warnings).singleElement().asString().endsWith("likely lstm.source.time-format: s");
  }

  @Test
  void aRecordWithoutTimestampIsComparedWithTheClock() {
    look(check(TimeFormat.MS), TimeFormat.MS, "" + SECONDS_NOW, SourceRecord.NO_TIMESTAMP);
    assertThat(warnings)
        .singleElement()
        .asString()
        .endsWith("whose timestamp is missing; likely lstm.source.time-format: s");
  }

  @Test
  void oldDataIsNoWrongUnit() {
    ClockCheck check = check(TimeFormat.ISO);
    look(check, TimeFormat.ISO, "\"2003-11-20\"", NOW);
    assertThat(warnings).isEmpty();
    look(check, TimeFormat.ISO, "\"2003-11-10\"", NOW);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("got 2003-11-10T00:00:00Z in ticks-0@1")
        .endsWith("; old data may be like this, otherwise correct lstm.source.time-format");
    assertThat(count("implausibleTimes")).isEqualTo(1);
  }

  @Test
  void aFewWrongTimesAmongMoreRightOnesAreOnlyCounted() {
    ClockCheck check = check(TimeFormat.MS);
    for (int tick = 0; tick < 300; tick++) {
      look(check, TimeFormat.MS, "" + (tick % 3 == 2 ? SECONDS_NOW : NOW), NOW);
    }
    assertThat(warnings).isEmpty();
    assertThat(count("implausibleTimes")).isEqualTo(100);
  }

  @Test
  void aTickThatPushedTimeAheadIsToldOf() {
    ClockCheck check = check(TimeFormat.MS);
    look(check, TimeFormat.MS, "" + (NOW - 60_000), NOW);
    look(check, TimeFormat.MS, "" + (NOW + 240_000), NOW);
    look(check, TimeFormat.MS, "" + (NOW - 58_000), NOW);
    assertThat(warnings)
        .containsExactly(
            "event time of key A\\u000a in ticks-0@1: expected at most the record's timestamp"
                + " 2023-11-14T22:13:20Z, got 2023-11-14T22:17:20Z, PT4M ahead; records of this key"
                + " before that time will be late. Correct the producer's clock, or shorten"
                + " lstm.source.max-ahead (metric aheadOfRecordTimestamp counts)");
    assertThat(count("aheadOfRecordTimestamp")).isEqualTo(1);
  }

  @Test
  void timesAheadAreToldOfOnceAMinuteAndAllCounted() {
    ClockCheck check = check(TimeFormat.MS);
    for (int second = 0; second < 150; second++) {
      clock = NOW + 1000L * second;
      look(check, TimeFormat.MS, "" + (clock + 1001), clock);
      look(check, TimeFormat.MS, "" + (clock + 1000), clock);
    }
    assertThat(warnings).hasSize(3);
    assertThat(count("aheadOfRecordTimestamp")).isEqualTo(150);
  }

  @Test
  void recordTimestampsAreNotComparedWithThemselves() {
    ClockCheck check = check(null);
    SourceRecord record =
        new SourceRecord(new SourcePosition("ticks", 0, 0), 5, null, new byte[0], List.of());
    check.look(new Observation("A", 5, new double[] {1}, 0, record));
    assertThat(warnings).isEmpty();
    assertThat(count("implausibleTimes")).isZero();
  }
}
