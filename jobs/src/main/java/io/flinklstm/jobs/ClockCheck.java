package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.ShownText;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.PlausibleTimes;
import io.flinklstm.jobs.record.TimeFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares event times with the timestamps of their records, and warns of those that look right to
 * the job but cannot be: times read in a wrong unit, and times ahead, after which others are late.
 * Changes no outcome. Not thread-safe.
 */
final class ClockCheck {

  private static final Logger LOG = LoggerFactory.getLogger(ClockCheck.class);

  /** The clocks of producer and broker may differ by this much unnoticed. */
  private static final long TOLERANCE_MS = 1_000;

  private static final long PAUSE_MS = Duration.ofMinutes(1).toMillis(); // between two warnings

  private final @Nullable TimeFormat format;
  private final Counter implausibleTimes;
  private final Counter aheadOfRecordTimestamp;
  private final LongSupplier clock; // epoch milliseconds
  private final Consumer<String> warnings;

  private long seen;
  private long suspicious;
  private boolean warnedOfUnit;
  private long nextWarningOfTimeAhead = Long.MIN_VALUE;

  /**
   * @param format of the time field, or null if there is nothing to compare
   * @param lstm the group {@code lstm} of the task
   */
  ClockCheck(@Nullable TimeFormat format, MetricGroup lstm) {
    this(format, lstm, System::currentTimeMillis, LOG::warn);
  }

  /**
   * @param clock gives epoch milliseconds
   * @param warnings receives the text of every warning
   */
  ClockCheck(
      @Nullable TimeFormat format,
      MetricGroup lstm,
      LongSupplier clock,
      Consumer<String> warnings) {
    this.format = format;
    this.implausibleTimes = lstm.counter("implausibleTimes");
    this.aheadOfRecordTimestamp = lstm.counter("aheadOfRecordTimestamp");
    this.clock = clock;
    this.warnings = warnings;
  }

  /** Looks at an observation that was read from a record. */
  void look(Observation observation) {
    SourceRecord source = observation.source();
    TimeFormat readAs = format;
    if (readAs == null || source == null) {
      return;
    }
    seen++;
    long eventTime = observation.eventTime();
    long timestamp = source.timestamp();
    if (PlausibleTimes.isImplausible(eventTime, timestamp)) {
      implausibleTimes.inc();
      suspicious++;
      if (mustWarnOfUnit()) {
        warnOfUnit(readAs, observation, source);
      }
    } else if (timestamp >= 0 && eventTime - timestamp > TOLERANCE_MS) {
      aheadOfRecordTimestamp.inc();
      warnOfTimeAhead(observation, source);
    }
  }

  /** Once per task, as soon as half of the times are suspicious: often that is the first one. */
  private boolean mustWarnOfUnit() {
    boolean must = !warnedOfUnit && 2 * suspicious >= seen;
    warnedOfUnit |= must;
    return must;
  }

  private void warnOfUnit(TimeFormat readAs, Observation observation, SourceRecord source) {
    long eventTime = observation.eventTime();
    boolean isComparable =
        source.timestamp() >= 0 && !PlausibleTimes.isImplausible(source.timestamp(), -1);
    long reference = isComparable ? source.timestamp() : clock.getAsLong();
    TimeFormat likely = PlausibleTimes.likely(readAs, eventTime, reference);
    String written = PlausibleTimes.written(readAs, eventTime);
    warnings.accept(
        "event times: expected times within 20 years of the records' timestamps, got "
            + Instant.ofEpochMilli(eventTime)
            + (written == null ? "" : " for " + written + " read as " + readAs)
            + " in "
            + source.position()
            + ", whose timestamp is "
            + (source.timestamp() >= 0 ? Instant.ofEpochMilli(source.timestamp()) : "missing")
            + (likely == null
                ? "; old data may be like this, otherwise correct lstm.source.time-format"
                : PlausibleTimes.cure(likely)));
  }

  private void warnOfTimeAhead(Observation observation, SourceRecord source) {
    long now = clock.getAsLong();
    if (now < nextWarningOfTimeAhead) {
      return;
    }
    nextWarningOfTimeAhead = now + PAUSE_MS;
    warnings.accept(
        "event time of key "
            + ShownText.of(observation.key())
            + " in "
            + source.position()
            + ": expected at most the record's timestamp "
            + Instant.ofEpochMilli(source.timestamp())
            + ", got "
            + Instant.ofEpochMilli(observation.eventTime())
            + ", "
            + Duration.ofMillis(observation.eventTime() - source.timestamp())
            + " ahead; records of this key before that time will be late. Correct the producer's"
            + " clock, or shorten lstm.source.max-ahead (metric aheadOfRecordTimestamp counts)");
  }
}
