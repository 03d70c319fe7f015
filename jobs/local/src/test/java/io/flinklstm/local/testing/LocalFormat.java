package io.flinklstm.local.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import io.flinklstm.local.ticks.Tick;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** How a producer writes ticks and a consumer reads predictions, by means other than the job's. */
public enum LocalFormat {
  JSON {
    @Override
    public byte[] tick(Tick tick) {
      return tick.toJson();
    }

    @Override
    public List<String> prediction(byte[] value) throws IOException {
      JsonNode node = MAPPER.readTree(value);
      List<String> fields = new ArrayList<>();
      for (String name : NAMES) {
        fields.add(node.has(name) ? node.get(name).asText() : "");
      }
      fields.add(bits(node.get("last_value").doubleValue()));
      for (JsonNode forecast : node.get("forecasts")) {
        fields.add(bits(forecast.get("forecast_value").doubleValue()));
      }
      return fields;
    }
  },

  CSV {
    @Override
    public byte[] tick(Tick tick) throws IOException {
      StringWriter line = new StringWriter();
      try (CsvWriter writer = CsvWriter.builder().build(line)) {
        List<String> cells = new ArrayList<>();
        cells.add(tick.key());
        cells.add(Long.toString(tick.eventTime()));
        cells.add(value(tick, "price"));
        cells.add(value(tick, "amount"));
        writer.writeRecord(cells);
      }
      return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<String> prediction(byte[] value) throws IOException {
      String line = new String(value, StandardCharsets.UTF_8);
      try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(line)) {
        List<String> cells = reader.stream().toList().get(0).getFields();
        List<String> fields = new ArrayList<>(cells.subList(0, NAMES.size()));
        fields.add(bits(Double.parseDouble(cells.get(NAMES.size()))));
        for (String forecast : cells.subList(NAMES.size() + 2, cells.size())) {
          fields.add(bits(Double.parseDouble(forecast)));
        }
        return fields;
      }
    }
  },

  AVRO {
    @Override
    public byte[] tick(Tick tick) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      encoder.writeString(tick.key());
      encoder.writeLong(tick.eventTime());
      encoder.writeDouble(Double.parseDouble(value(tick, "price")));
      encoder.writeDouble(Double.parseDouble(value(tick, "amount")));
      encoder.flush();
      return bytes.toByteArray();
    }

    @Override
    public List<String> prediction(byte[] value) throws IOException {
      GenericRecord record = ReadmeExamples.prediction(schema(), value);
      List<String> fields = new ArrayList<>();
      for (String name : NAMES) {
        fields.add(Objects.toString(record.get(name), ""));
      }
      fields.add(bits((Double) record.get("last_value")));
      for (Object forecast : (List<?>) record.get("forecasts")) {
        fields.add(bits((Double) ((GenericRecord) forecast).get("forecast_value")));
      }
      return fields;
    }
  };

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> NAMES =
      List.of(
          "key", "event_time", "status", "reset", "gap_ms", "model_name", "model_version", "step");

  public abstract byte[] tick(Tick tick) throws IOException;

  /**
   * The fields of a prediction as text, doubles as their bits; without the prediction_id, which
   * names the topic.
   */
  public abstract List<String> prediction(byte[] value) throws IOException;

  private static String value(Tick tick, String name) {
    return tick.values().get(tick.names().indexOf(name));
  }

  private static String bits(double value) {
    return Long.toHexString(Double.doubleToRawLongBits(value));
  }

  private static Schema schema() throws IOException {
    try (InputStream file =
        LocalFormat.class.getClassLoader().getResourceAsStream("schemas/prediction.avsc")) {
      return new Schema.Parser().parse(file);
    }
  }
}
