package io.flinklstm.jobs.testing;

import static java.util.Objects.requireNonNull;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reader of records that are one observation each. */
public final class SingleReader {

  private final ObservationReader reader;

  public SingleReader(List<String> fields, RecordFormat format) {
    reader = RecordCodecs.reader(fields, format);
  }

  /** The record's observation. */
  public Observation parse(SourceRecord record) throws RejectedRecordException {
    Only only = new Only();
    reader.read(record, only);
    if (only.rejection != null) {
      throw new RejectedRecordException(only.rejection);
    }
    return requireNonNull(only.observation, "the record was skipped");
  }

  private static final class Only implements ObservationReader.Sink {

    private @Nullable Observation observation;
    private @Nullable Rejection rejection;

    @Override
    public void observation(Observation read) {
      observation = read;
    }

    @Override
    public void rejected(Rejection why, SourceRecord record) {
      rejection = why;
    }

    @Override
    public void skipped(SourcePosition position) {}
  }
}
