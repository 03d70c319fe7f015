package io.flinklstm.jobs.record.csv;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.PredictionWriter;
import java.nio.charset.StandardCharsets;

/**
 * Writes predictions as CSV: a line without header or line end, with an empty cell where JSON omits
 * the field, and one cell per forecast at the end. Numbers are as in JSON.
 */
public final class PredictionCsv implements PredictionWriter {

  private final StringBuilder line = new StringBuilder(256);

  /** The prediction as UTF-8. */
  @Override
  public byte[] write(Prediction prediction) {
    line.setLength(0);
    text(prediction.key());
    line.append(',').append(prediction.eventTime());
    line.append(',').append(prediction.status().name());
    line.append(',').append(prediction.reset() == null ? "" : prediction.reset().name());
    line.append(',');
    if (prediction.gapMs() > 0) {
      line.append(prediction.gapMs());
    }
    line.append(',');
    text(prediction.model().name());
    line.append(',');
    text(prediction.model().version());
    line.append(',').append(prediction.step());
    number(prediction.lastValue());
    line.append(',');
    String predictionId = prediction.predictionId();
    text(predictionId == null ? "" : predictionId);
    for (double forecast : prediction.forecasts()) {
      number(forecast);
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void number(double value) {
    line.append(',').append(NumberOutput.toString(value, true));
  }

  private void text(String text) {
    if (isPlain(text)) {
      line.append(text);
      return;
    }
    line.append('"');
    for (int k = 0; k < text.length(); k++) {
      if (text.charAt(k) == '"') {
        line.append('"');
      }
      line.append(text.charAt(k));
    }
    line.append('"');
  }

  private static boolean isPlain(String text) {
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      if (c == ',' || c == '"' || c == '\n' || c == '\r') {
        return false;
      }
    }
    return true;
  }
}
