package io.flinklstm.jobs.testing;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.ObservationReader;
import java.util.ArrayList;
import java.util.List;

/** Everything that a reader finds in records, in order. */
public final class Read implements ObservationReader.Sink {

  /**
   * What became of one record or element; the others are null.
   *
   * @param copy the record or element itself; null if it was skipped
   */
  public record Outcome(
      SourcePosition position, SourceRecord copy, Observation observation, Rejection rejection) {}

  public final List<Outcome> outcomes = new ArrayList<>();
  public final List<Observation> observations = new ArrayList<>();
  public final List<Rejection> rejections = new ArrayList<>();
  public final List<SourceRecord> rejected = new ArrayList<>();
  public final List<SourcePosition> skipped = new ArrayList<>();
  public final List<String> all = new ArrayList<>(); // in short

  public static Read of(ObservationReader reader, SourceRecord record) {
    Read read = new Read();
    reader.read(record, read);
    return read;
  }

  @Override
  public void observation(Observation observation) {
    outcomes.add(new Outcome(observation.position(), observation.source(), observation, null));
    observations.add(observation);
    all.add(observation.toString());
  }

  @Override
  public void rejected(Rejection rejection, SourceRecord record) {
    outcomes.add(new Outcome(record.position(), record, null, rejection));
    rejections.add(rejection);
    rejected.add(record);
    all.add(rejection.code().name());
  }

  @Override
  public void skipped(SourcePosition position) {
    outcomes.add(new Outcome(position, null, null, null));
    skipped.add(position);
    all.add("skipped");
  }
}
