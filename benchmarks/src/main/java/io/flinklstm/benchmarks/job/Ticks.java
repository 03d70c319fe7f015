package io.flinklstm.benchmarks.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Random ticks of some keys in turn, the same in every run: each number walks about near a level of
 * its own. Not thread-safe.
 */
public final class Ticks {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final long FIRST_EVENT_TIME = 1_385_913_718_000L;

  private final List<String> fields;
  private final int keys;
  private final Random random = new Random(7);
  private final double[][] values; // [keys][fields]
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
  private long count;

  public Ticks(List<String> fields, int keys) {
    this.fields = fields;
    this.keys = keys;
    this.values = new double[keys][fields.size()];
    for (double[] ofKey : values) {
      for (int k = 0; k < ofKey.length; k++) {
        ofKey[k] = fields.get(k).equals("amount") ? 1 : 1000;
      }
    }
  }

  /** The next record of a topic. */
  public ProducerRecord<byte[], byte[]> next(String topic) {
    int index = (int) (count % keys);
    String key = "k" + index;
    byte[] value = json(key, FIRST_EVENT_TIME + count, walk(values[index]));
    count++;
    return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private double[] walk(double[] numbers) {
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] *= 1 + 0.001 * (random.nextDouble() - 0.5);
    }
    return numbers;
  }

  private byte[] json(String key, long eventTime, double[] numbers) {
    bytes.reset();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("key", key);
      json.writeNumberField("event_time", eventTime);
      for (int k = 0; k < numbers.length; k++) {
        json.writeFieldName(fields.get(k));
        json.writeNumber(Math.round(numbers[k] * 100) / 100.0);
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
