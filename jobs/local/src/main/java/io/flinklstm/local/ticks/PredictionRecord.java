package io.flinklstm.local.ticks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;

/**
 * A prediction as a consumer reads it from the topic.
 *
 * @param reset why the state was reset, or null
 * @param forecasts entry k-1 is the forecast for the k-th next observation
 */
public record PredictionRecord(
    String key,
    long eventTime,
    String status,
    String reset,
    long step,
    double lastValue,
    double[] forecasts) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @throws IOException if the value is not a prediction
   */
  public static PredictionRecord parse(byte[] value) throws IOException {
    JsonNode node = value == null ? NullNode.getInstance() : JSON.readTree(value);
    JsonNode forecastNodes = node.path("forecasts");
    if (!node.path("key").isTextual() || forecastNodes.isEmpty()) {
      throw new IOException("expected a prediction, got something else");
    }
    double[] forecasts = new double[forecastNodes.size()];
    for (JsonNode forecast : forecastNodes) {
      int horizonStep = forecast.path("horizon_step").intValue();
      if (horizonStep < 1 || horizonStep > forecasts.length) {
        throw new IOException("expected horizon steps 1 to n, got " + horizonStep);
      }
      forecasts[horizonStep - 1] = forecast.path("forecast_value").doubleValue();
    }
    return new PredictionRecord(
        node.path("key").textValue(),
        node.path("event_time").longValue(),
        node.path("status").textValue(),
        node.path("reset").textValue(),
        node.path("step").longValue(),
        node.path("last_value").doubleValue(),
        forecasts);
  }
}
