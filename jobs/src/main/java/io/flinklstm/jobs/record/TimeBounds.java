package io.flinklstm.jobs.record;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.time.Instant;

/** The event times that are accepted: from an earliest one to some time after the record's own. */
final class TimeBounds {

  private static final int EPOCH = 0;

  private final TimeFormat format;
  private final long earliest;
  private final long maxAhead; // milliseconds

  TimeBounds(RecordFormat format) {
    this.format = format.timeFormat();
    this.earliest = format.times().earliest();
    this.maxAhead = format.times().maxAhead().toMillis();
  }

  /**
   * Rejects a time out of bounds.
   *
   * @param record from which it was read
   */
  void check(long eventTime, SourceRecord record) throws RejectedRecordException {
    if (eventTime < earliest) {
      throw invalid(
          earliest == EPOCH
              ? "expected epoch milliseconds of at least 0, got " + eventTime
              : "expected at least "
                  + Instant.ofEpochMilli(earliest)
                  + " (lstm.source.min-time), got "
                  + Instant.ofEpochMilli(eventTime),
          eventTime,
          record);
    }
    if (record.timestamp() >= 0 && eventTime - record.timestamp() > maxAhead) {
      throw invalid(
          "expected at most "
              + maxAhead
              + " ms after the record's timestamp "
              + record.timestamp()
              + " (lstm.source.max-ahead), got "
              + eventTime,
          eventTime,
          record);
    }
  }

  private RejectedRecordException invalid(String message, long eventTime, SourceRecord record) {
    TimeFormat likely =
        record.timestamp() < 0
            ? null
            : PlausibleTimes.likely(format, eventTime, record.timestamp());
    return new RejectedRecordException(
        RejectionCode.INVALID_TIME, "event time: " + message + PlausibleTimes.cure(likely));
  }
}
