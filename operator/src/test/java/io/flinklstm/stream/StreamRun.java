package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.stream.Ledger.Entry;
import java.util.Map;

/** Something to send streams through: the function itself, or the rules that it follows. */
interface StreamRun {

  void observe(Observation observation) throws Exception;

  /** Announces that observations up to a time have arrived; a job's watermarks only rise. */
  void advanceWatermark(long watermark) throws Exception;

  /** Stops with a snapshot and resumes from it with {@code parallelism} subtasks. */
  void restart(int parallelism) throws Exception;

  /** Everything that came out so far. */
  Outcomes outcomes() throws Exception;

  /** The counts of {@link Ledger}, except for the records read. */
  Map<Entry, Long> counts() throws Exception;
}
