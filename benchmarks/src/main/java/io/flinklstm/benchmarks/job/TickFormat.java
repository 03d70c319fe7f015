package io.flinklstm.benchmarks.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** The formats of ticks, as the job reads them by default: {@code lstm.source.format}. */
public enum TickFormat {
  JSON {
    @Override
    void write(Tick tick, ByteArrayOutputStream out) throws IOException {
      try (JsonGenerator json = FACTORY.createGenerator(out)) {
        json.writeStartObject();
        json.writeStringField("key", tick.key());
        json.writeNumberField("event_time", tick.eventTime());
        for (int k = 0; k < tick.values().length; k++) {
          json.writeFieldName(tick.fields().get(k));
          json.writeNumber(tick.values()[k]);
        }
        json.writeEndObject();
      }
    }
  },
  CSV {
    @Override
    void write(Tick tick, ByteArrayOutputStream out) {
      StringBuilder line = new StringBuilder(tick.key()).append(',').append(tick.eventTime());
      for (double value : tick.values()) {
        line.append(',').append(value);
      }
      out.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
    }
  },
  AVRO {
    @Override
    void write(Tick tick, ByteArrayOutputStream out) throws IOException {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      encoder.writeString(tick.key());
      encoder.writeLong(tick.eventTime());
      for (double value : tick.values()) {
        encoder.writeDouble(value);
      }
    }
  };

  private static final JsonFactory FACTORY = new JsonFactory();

  /**
   * One tick.
   *
   * @param key the stream
   * @param eventTime epoch milliseconds
   * @param fields the names of the values
   * @param values one for each field
   */
  record Tick(String key, long eventTime, List<String> fields, double[] values) {}

  abstract void write(Tick tick, ByteArrayOutputStream out) throws IOException;

  /** The value of a record. */
  byte[] write(Tick tick) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try {
      write(tick, bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
