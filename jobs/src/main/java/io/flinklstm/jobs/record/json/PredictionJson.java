package io.flinklstm.jobs.record.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.PredictionWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes predictions as JSON, all with one generator, as consecutive root values: creating a
 * generator costs as much as writing a prediction. Numbers are the shortest that read back as the
 * same bits, on every JVM.
 */
public final class PredictionJson implements PredictionWriter {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  // Encoded once, not with every prediction.
  private static final SerializedString KEY = new SerializedString("key");
  private static final SerializedString EVENT_TIME = new SerializedString("event_time");
  private static final SerializedString STATUS = new SerializedString("status");
  private static final SerializedString RESET = new SerializedString("reset");
  private static final SerializedString GAP_MS = new SerializedString("gap_ms");
  private static final SerializedString MODEL_NAME = new SerializedString("model_name");
  private static final SerializedString MODEL_VERSION = new SerializedString("model_version");
  private static final SerializedString STEP = new SerializedString("step");
  private static final SerializedString LAST_VALUE = new SerializedString("last_value");
  private static final SerializedString FORECASTS = new SerializedString("forecasts");
  private static final SerializedString HORIZON_STEP = new SerializedString("horizon_step");
  private static final SerializedString FORECAST_VALUE = new SerializedString("forecast_value");
  private static final SerializedString PREDICTION_ID = new SerializedString("prediction_id");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
  private @Nullable JsonGenerator json; // null at first and after a failure: create one

  /** The prediction as UTF-8. */
  @Override
  public byte[] write(Prediction prediction) throws IOException {
    if (json == null) {
      json = FACTORY.createGenerator(bytes).setRootValueSeparator(null);
    }
    JsonGenerator generator = json;
    json = null;
    bytes.reset();
    write(prediction, generator);
    generator.flush();
    json = generator;
    return bytes.toByteArray();
  }

  private static void write(Prediction prediction, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeFieldName(KEY);
    json.writeString(prediction.key());
    json.writeFieldName(EVENT_TIME);
    json.writeNumber(prediction.eventTime());
    json.writeFieldName(STATUS);
    json.writeString(prediction.status().name());
    if (prediction.reset() != null) {
      json.writeFieldName(RESET);
      json.writeString(prediction.reset().name());
    }
    if (prediction.gapMs() > 0) {
      json.writeFieldName(GAP_MS);
      json.writeNumber(prediction.gapMs());
    }
    json.writeFieldName(MODEL_NAME);
    json.writeString(prediction.model().name());
    json.writeFieldName(MODEL_VERSION);
    json.writeString(prediction.model().version());
    json.writeFieldName(STEP);
    json.writeNumber(prediction.step());
    json.writeFieldName(LAST_VALUE);
    json.writeNumber(prediction.lastValue());
    json.writeFieldName(FORECASTS);
    writeForecasts(prediction.forecasts(), json);
    String predictionId = prediction.predictionId();
    if (predictionId != null) {
      json.writeFieldName(PREDICTION_ID);
      json.writeString(predictionId);
    }
    json.writeEndObject();
  }

  private static void writeForecasts(double[] forecasts, JsonGenerator json) throws IOException {
    json.writeStartArray();
    for (int k = 0; k < forecasts.length; k++) {
      json.writeStartObject();
      json.writeFieldName(HORIZON_STEP);
      json.writeNumber(k + 1);
      json.writeFieldName(FORECAST_VALUE);
      json.writeNumber(forecasts[k]);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
