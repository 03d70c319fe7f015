package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalFormat;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.Tick;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same ticks in every format through a real broker and the real job. */
class RecordFormatsITCase {

  private static final int KEYS = 3;
  private static final int ROWS = 500;
  private static final int BROKEN_ONE_IN = 50;

  @TempDir private Path folder;

  @Test
  void forecastsAreTheSameBitsInEveryFormat() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      Map<Long, List<String>> expected = run(kafka, cluster, LocalFormat.JSON);
      assertThat(expected).hasSize(KEYS * ROWS);
      for (LocalFormat format : List.of(LocalFormat.CSV, LocalFormat.AVRO)) {
        Map<Long, List<String>> actual = run(kafka, cluster, format);
        assertThat(actual).as("predictions in %s", format).isEqualTo(expected);
      }
    }
  }

  /** The forecasts after each tick, by its offset. */
  private Map<Long, List<String>> run(LocalKafka kafka, MiniCluster cluster, LocalFormat format)
      throws Exception {
    String ticks = "ticks-" + format;
    String predictions = "predictions-" + format;
    String deadLetters = "dead-letters-" + format;
    String late = "late-" + format;
    for (String topic : List.of(ticks, predictions, deadLetters, late)) {
      kafka.createTopic(topic, 1, Map.of());
    }
    Map<Long, byte[]> broken = send(kafka, ticks, format);
    JobClient job =
        LocalFlink.submit(
            folder,
            cluster,
            kafka,
            "at-least-once",
            Map.of(),
            "--lstm.source.topic=" + ticks,
            "--lstm.source.format=" + format,
            "--lstm.sink.topic=" + predictions,
            "--lstm.sink.format=" + format,
            "--lstm.late.topic=" + late,
            "--lstm.dead-letter.topic=" + deadLetters);
    LocalKafka.await(
        "an outcome for every tick in " + format,
        () ->
            kafka.count(predictions) + kafka.count(late) == KEYS * ROWS
                && kafka.count(deadLetters) == broken.size());
    job.cancel().get();
    assertDeadLetters(kafka.read(deadLetters), broken);
    Map<Long, List<String>> forecasts = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(predictions)) {
      forecasts.put(offset(record, "__flink.source.offset"), format.prediction(record.value()));
    }
    return forecasts;
  }

  /** Sends rows of the trades under each key, with an unreadable tick between them now and then. */
  private static Map<Long, byte[]> send(LocalKafka kafka, String topic, LocalFormat format)
      throws Exception {
    List<byte[]> values = new ArrayList<>();
    Map<Long, byte[]> broken = new TreeMap<>();
    for (Tick trade : DemoData.trades(ROWS)) {
      for (int k = 0; k < KEYS; k++) {
        byte[] value = format.tick(trade.withKey("key \"" + k + "\", é"));
        values.add(value);
        if (values.size() % BROKEN_ONE_IN == 0) {
          byte[] truncated = Arrays.copyOf(value, value.length / 2);
          broken.put((long) values.size(), truncated);
          values.add(truncated);
        }
      }
    }
    values.forEach(value -> kafka.send(new ProducerRecord<>(topic, value)));
    kafka.flush();
    return broken;
  }

  private static void assertDeadLetters(
      List<ConsumerRecord<byte[], byte[]>> letters, Map<Long, byte[]> broken) {
    Map<Long, byte[]> read = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      assertThat(LocalKafka.header(letter, "__flink.errors.code")).isEqualTo("MALFORMED");
      read.put(offset(letter, "__flink.errors.offset"), letter.value());
    }
    assertThat(read.keySet()).isEqualTo(broken.keySet());
    read.forEach((offset, value) -> assertThat(value).isEqualTo(broken.get(offset)));
  }

  private static long offset(ConsumerRecord<byte[], byte[]> record, String header) {
    return Long.parseLong(LocalKafka.header(record, header));
  }
}
