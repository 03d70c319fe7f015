package io.flinklstm.jobs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.flinklstm.forecast.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Writes predictions as JSON. Numbers are the shortest that read back as the same bits, on every
 * JVM.
 */
final class PredictionJson implements PredictionWriter {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

  /** The prediction as UTF-8. */
  @Override
  public byte[] write(Prediction prediction) throws IOException {
    bytes.reset();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("key", prediction.key());
      json.writeNumberField("event_time", prediction.eventTime());
      json.writeStringField("status", prediction.status().name());
      if (prediction.reset() != null) {
        json.writeStringField("reset", prediction.reset().name());
      }
      if (prediction.gapMs() > 0) {
        json.writeNumberField("gap_ms", prediction.gapMs());
      }
      json.writeStringField("model_name", prediction.model().name());
      json.writeStringField("model_version", prediction.model().version());
      json.writeNumberField("step", prediction.step());
      json.writeNumberField("last_value", prediction.lastValue());
      json.writeArrayFieldStart("forecasts");
      for (int k = 0; k < prediction.forecasts().length; k++) {
        json.writeStartObject();
        json.writeNumberField("horizon_step", k + 1);
        json.writeNumberField("forecast_value", prediction.forecasts()[k]);
        json.writeEndObject();
      }
      json.writeEndArray();
      String predictionId = prediction.predictionId();
      if (predictionId != null) {
        json.writeStringField("prediction_id", predictionId);
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
