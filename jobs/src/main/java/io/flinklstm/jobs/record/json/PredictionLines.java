package io.flinklstm.jobs.record.json;

import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.PredictionWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Writes predictions in the job's JSON format, one per line. Not thread-safe. */
public final class PredictionLines implements Consumer<Prediction> {

  private final PredictionWriter writer = new PredictionJson();
  private final OutputStream out;

  /**
   * @param out receives the lines; not closed here
   */
  public PredictionLines(OutputStream out) {
    this.out = out;
  }

  @Override
  public void accept(Prediction prediction) {
    try {
      out.write(writer.write(prediction));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
