package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Prediction;
import java.io.IOException;

/**
 * Writes predictions in one format. A writer belongs to one task thread and serves all of its
 * predictions. Not thread-safe.
 */
public interface PredictionWriter {

  /** The prediction as the value of a record. */
  byte[] write(Prediction prediction) throws IOException;
}
