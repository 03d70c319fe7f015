package io.flinklstm.local.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.train.backtest.BacktestReport;
import java.io.IOException;

/** A backtest's whole report as JSON; values that cannot be computed are null. */
final class BacktestJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .addModule(
              new SimpleModule()
                  .addSerializer(double.class, new Numbers())
                  .addSerializer(Double.class, new Numbers())
                  .addSerializer(double[].class, new Arrays()))
          .build();

  private BacktestJson() {}

  static ObjectNode tree(BacktestReport report) {
    ObjectNode tree = MAPPER.createObjectNode();
    tree.put("verdict", BacktestVerdict.of(report));
    tree.setAll((ObjectNode) MAPPER.valueToTree(report));
    return tree;
  }

  static byte[] write(BacktestReport report) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report can be written as JSON", e);
    }
  }

  private static void writeNumber(double value, JsonGenerator json) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  private static final class Numbers extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      writeNumber(value, json);
    }
  }

  private static final class Arrays extends JsonSerializer<double[]> {
    @Override
    public void serialize(double[] values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartArray();
      for (double value : values) {
        writeNumber(value, json);
      }
      json.writeEndArray();
    }
  }
}
