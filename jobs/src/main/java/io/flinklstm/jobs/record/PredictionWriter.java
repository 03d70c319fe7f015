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

  /** The writer of a value format. */
  static PredictionWriter of(ValueFormat format) {
    return switch (format) {
      case JSON -> new PredictionJson();
      case CSV -> new PredictionCsv();
      case AVRO -> new PredictionAvro(new byte[0]);
    };
  }

  /** The writer of Avro in Confluent's wire format. */
  static PredictionWriter framed(int schemaId) {
    return new PredictionAvro(ConfluentFrame.of(schemaId));
  }
}
