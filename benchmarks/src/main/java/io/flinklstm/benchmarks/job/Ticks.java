package io.flinklstm.benchmarks.job;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Random ticks of several keys in turn, the same in every run: each number is a random walk around
 * its own level. Not thread-safe.
 */
public final class Ticks {

  private static final long FIRST_EVENT_TIME = 1_385_913_718_000L;

  private final TickFormat format;
  private final List<String> fields;
  private final int keys;
  private final Random random = new Random(7);
  private final double[][] levels; // [keys][fields]
  private long count;

  public Ticks(TickFormat format, List<String> fields, int keys) {
    this.format = format;
    this.fields = fields;
    this.keys = keys;
    this.levels = new double[keys][fields.size()];
    for (double[] ofKey : levels) {
      for (int k = 0; k < ofKey.length; k++) {
        ofKey[k] = fields.get(k).equals("amount") ? 1 : 1000;
      }
    }
  }

  /** The next record of a topic. */
  public ProducerRecord<byte[], byte[]> next(String topic) {
    int index = (int) (count % keys);
    String key = "k" + index;
    byte[] value =
        format.write(
            new TickFormat.Tick(key, FIRST_EVENT_TIME + count, fields, walk(levels[index])));
    count++;
    return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
  }

  /** Moves every level a little; returns them with two decimals, as prices have. */
  private double[] walk(double[] ofKey) {
    double[] values = new double[ofKey.length];
    for (int k = 0; k < ofKey.length; k++) {
      ofKey[k] *= 1 + 0.001 * (random.nextDouble() - 0.5);
      values[k] = Math.round(ofKey[k] * 100) / 100.0;
    }
    return values;
  }
}
