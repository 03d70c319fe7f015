package io.flinklstm.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * A prediction as a consumer reads it from the topic.
 *
 * @param reset why the memory began anew, or null
 * @param forecasts entry k-1 is the value foreseen for the k-th next observation
 */
record PredictionRecord(
    String key,
    long eventTime,
    String status,
    String reset,
    long step,
    double lastValue,
    double[] forecasts) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static PredictionRecord parse(byte[] value) throws IOException {
    JsonNode node = JSON.readTree(value);
    JsonNode forecastNodes = node.path("forecasts");
    double[] forecasts = new double[forecastNodes.size()];
    for (JsonNode forecast : forecastNodes) {
      forecasts[forecast.path("horizon_step").intValue() - 1] =
          forecast.path("forecast_value").doubleValue();
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
