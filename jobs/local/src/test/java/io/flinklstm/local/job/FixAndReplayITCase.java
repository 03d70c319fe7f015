package io.flinklstm.local.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.LocalCommand;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.PredictionRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters of the real job, sent back by the command to a job that can use them. */
class FixAndReplayITCase {

  private static final long EVENT_TIME = 1_385_337_600_000L;
  private static final long TWO_HOURS_BEFORE = EVENT_TIME - 7_200_000;
  private static final int AHEAD = 20;

  @TempDir private Path folder;

  @Test
  void deadLettersBecomePredictionsAfterTheFix() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 2);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      sendTicks(kafka);
      JobClient broken = LocalFlink.submit(folder, cluster, kafka, "exactly-once", Map.of());
      LocalKafka.await(
          "dead letters and a prediction",
          () ->
              kafka.count(LocalKafka.DEAD_LETTERS) == AHEAD + 2
                  && kafka.count(LocalKafka.PREDICTIONS) == 1);
      String savepoint =
          broken
              .stopWithSavepoint(
                  false,
                  folder.resolve("savepoints").toUri().toString(),
                  SavepointFormatType.CANONICAL)
              .get();
      List<ConsumerRecord<byte[], byte[]>> originals = ahead(kafka);

      JobClient fixed =
          LocalFlink.submit(
              folder,
              cluster,
              kafka,
              "exactly-once",
              Map.of("execution.state-recovery.path", savepoint),
              "--lstm.source.max-ahead=3 h");
      assertThat(replay(kafka, "--code=invalid_time"))
          .isEqualTo(AHEAD + " dead letters to ticks, 2 left out (1 cut, 1 of other codes)");
      LocalKafka.await(
          "a prediction for every record sent back",
          () -> kafka.count(LocalKafka.PREDICTIONS) == AHEAD + 1);
      assertThat(replay(kafka))
          .isEqualTo(
              "0 dead letters: nothing in ticks.dead-letters that group flink-lstm-replay has not"
                  + " read");
      fixed.cancel().get();

      List<ConsumerRecord<byte[], byte[]>> all = ahead(kafka);
      assertThat(all).hasSize(2 * AHEAD);
      for (int k = 0; k < AHEAD; k++) {
        assertSame(all.get(AHEAD + k), originals.get(k));
      }
      assertPredictions(kafka);
    }
  }

  /**
   * Partition 1 has a stream too far ahead of its timestamps, partition 0 one good tick and bad
   * ones.
   */
  private static void sendTicks(LocalKafka kafka) {
    kafka.send(new ProducerRecord<>(LocalKafka.TICKS, 0, EVENT_TIME, null, tick("good", 0)));
    kafka.send(new ProducerRecord<>(LocalKafka.TICKS, 0, 5L, null, new byte[] {'{'}));
    kafka.send(new ProducerRecord<>(LocalKafka.TICKS, 0, 5L, null, new byte[1 << 20]));
    for (int k = 0; k < AHEAD; k++) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              LocalKafka.TICKS,
              1,
              TWO_HOURS_BEFORE,
              k % 2 == 0 ? null : new byte[] {(byte) 0xff},
              tick("ahead", k));
      record.headers().add("", null).add("trace", new byte[] {(byte) k}).add("trace", null);
      kafka.send(record);
    }
    kafka.flush();
  }

  private static byte[] tick(String key, int k) {
    return "{\"key\":\"%s\",\"event_time\":%d,\"price\":%d,\"amount\":1}"
        .formatted(key, EVENT_TIME + k, 800 + k % 7)
        .getBytes(UTF_8);
  }

  private static List<ConsumerRecord<byte[], byte[]>> ahead(LocalKafka kafka) {
    return kafka.read(LocalKafka.TICKS).stream().filter(record -> record.partition() == 1).toList();
  }

  private static void assertSame(
      ConsumerRecord<byte[], byte[]> actual, ConsumerRecord<byte[], byte[]> expected) {
    assertThat(actual.timestamp()).isEqualTo(expected.timestamp());
    assertThat(actual.key()).isEqualTo(expected.key());
    assertThat(actual.value()).isEqualTo(expected.value());
    assertThat(actual.headers()).isEqualTo(expected.headers());
  }

  private static void assertPredictions(LocalKafka kafka) throws Exception {
    long step = 0;
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(LocalKafka.PREDICTIONS)) {
      PredictionRecord prediction = PredictionRecord.parse(record.value());
      if (prediction.key().equals("ahead")) {
        assertThat(prediction.step()).isEqualTo(++step);
        assertThat(prediction.lastValue()).isEqualTo(800 + (step - 1) % 7);
      }
    }
    assertThat(step).isEqualTo(AHEAD);
    assertThat(kafka.count(LocalKafka.LATE)).isZero();
    assertThat(kafka.count(LocalKafka.DEAD_LETTERS)).isEqualTo(AHEAD + 2);
  }

  /** What the command prints at its end; a slow one prints progress lines before that. */
  private static String replay(LocalKafka kafka, String... more) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try (Resources resources = new Resources()) {
      String[] arguments = {
        "replay",
        "--dead-letters=" + LocalKafka.DEAD_LETTERS,
        "--bootstrap-server=" + kafka.bootstrapServers()
      };
      assertThat(
              LocalCommand.commandLine(resources)
                  .execute(Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new)))
          .isZero();
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8).lines().reduce((line, next) -> next).orElseThrow();
  }
}
