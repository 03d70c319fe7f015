package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.stream.Ledger.Entry;
import java.util.Map;

/** What streams can be sent through: the function itself, or the rules that it follows. */
interface StreamRun {

  void observe(Observation observation) throws Exception;

  /** Says that what comes from now on happened later; a job does so in rising order. */
  void advanceWatermark(long watermark) throws Exception;

  /** Stops with a snapshot and goes on from it, with so many subtasks. */
  void restart(int parallelism) throws Exception;

  /** What came out so far. */
  Outcomes outcomes() throws Exception;

  /** The counts of {@link Ledger}, but for the records read. */
  Map<Entry, Long> counts() throws Exception;
}
