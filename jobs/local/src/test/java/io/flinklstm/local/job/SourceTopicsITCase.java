package io.flinklstm.local.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.PredictionRecord;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several source topics and patterns for them, on a real broker. */
class SourceTopicsITCase {

  @TempDir private Path folder;

  @Test
  void readsAListOfTopicsAndAPatternWithItsLaterTopics() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      kafka.createTopic("md.a", 1, Map.of());
      kafka.createTopic("md.b", 2, Map.of());
      tick(kafka, "md.a", 0);
      tick(kafka, "md.b", 0);
      tick(kafka, "md.b", 1);
      JobClient list = submit(cluster, kafka, "--lstm.source.topic=md.a, md.b");
      awaitPredictionsOf(kafka, "md.a-0", "md.b-0", "md.b-1");
      list.cancel().get();

      JobClient pattern =
          submit(
              cluster,
              kafka,
              "--lstm.source.topic-pattern=md[.].",
              "--lstm.kafka.properties.partition.discovery.interval.ms=200");
      // From the beginning again: when these are there, the job knows its first topics.
      awaitPredictionsOf(kafka, "md.a-0", "md.b-0", "md.b-1", "md.a-0", "md.b-0", "md.b-1");
      kafka.createTopic("md.c", 1, Map.of());
      tick(kafka, "md.c", 0);
      awaitPredictionsOf(
          kafka, "md.a-0", "md.b-0", "md.b-1", "md.a-0", "md.b-0", "md.b-1", "md.c-0");
      pattern.cancel().get();
    }
  }

  @Test
  void saysAtSubmitWhichTopicsThereAreNot() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1)) {
      kafka.createTopic("md-a", 1, Map.of());
      assertThatThrownBy(() -> submit(null, kafka, "--lstm.source.topic=ticks, md.a"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessageStartingWith("lstm.source.topic: expected the topic to exist at ")
          .hasMessageContaining("got none named md.a;");
      assertThatThrownBy(() -> submit(null, kafka, "--lstm.source.topic-pattern=md[.].*"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessage(
              "lstm.source.topic-pattern: expected the name of a topic at %s to match md[.].*, got"
                  + " no match among 6, the nearest md-a, ticks, predictions, ticks.late,"
                  + " ticks.duplicates; whole names must match",
              kafka.bootstrapServers());
    }
  }

  @Test
  void stopsIfTheRestoredStateHoldsAnotherTopicUnlessTheSourceHasAnotherName() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      kafka.createTopic("md.a", 1, Map.of());
      kafka.createTopic("md.b", 1, Map.of());
      tick(kafka, "md.a", 0, "key", 0);
      JobClient before = submit(cluster, kafka, "--lstm.source.topic=md.a");
      awaitPredictionsOf(kafka, "key");
      String savepoint = stop(before);
      tick(kafka, "md.a", 0, "left", 1);
      tick(kafka, "md.b", 0, "key", 1);

      JobClient other = restore(cluster, kafka, savepoint, "--lstm.source.topic=md.b");
      assertThatThrownBy(() -> other.getJobExecutionResult().get())
          .hasStackTraceContaining(
              "topics in the restored state of ticks-source: expected only those of"
                  + " lstm.source.topic: md.b, got md.a; the source would go on reading md.a."
                  + " Give the topics of the state (lstm.source.topic: md.a), or all"
                  + " (lstm.source.topic: md.a, md.b). To leave md.a for good and keep the state of"
                  + " every stream, give lstm.source.uid another name and restore with"
                  + " --allowNonRestoredState: the source then starts at"
                  + " lstm.source.starting-offsets");
      assertThat(LocalFlink.restarts(cluster, other)).isZero();

      JobClient renamed =
          restore(
              cluster, kafka, savepoint, "--lstm.source.topic=md.b", "--lstm.source.uid=md-source");
      awaitPredictionsOf(kafka, "key", "key");
      assertThat(PredictionRecord.parse(kafka.read(LocalKafka.PREDICTIONS).get(1).value()).step())
          .as("steps of the stream")
          .isEqualTo(2);
      String afterwards = stop(renamed);

      JobClient both =
          restore(
              cluster,
              kafka,
              afterwards,
              "--lstm.source.topic=md.a, md.b",
              "--lstm.source.uid=md-source");
      awaitPredictionsOf(kafka, "key", "key", "left");
      both.cancel().get();
    }
  }

  private String stop(JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  private JobClient restore(
      MiniCluster cluster, LocalKafka kafka, String savepoint, String... jobArguments)
      throws Exception {
    return LocalFlink.submit(
        folder,
        cluster,
        kafka,
        "at-least-once",
        Map.of(
            "execution.state-recovery.path",
            savepoint,
            "execution.state-recovery.ignore-unclaimed-state",
            "true"),
        jobArguments);
  }

  private JobClient submit(MiniCluster cluster, LocalKafka kafka, String... jobArguments)
      throws Exception {
    return LocalFlink.submit(folder, cluster, kafka, "at-least-once", Map.of(), jobArguments);
  }

  /** A tick of the partition's own key. */
  private static void tick(LocalKafka kafka, String topic, int partition) {
    tick(kafka, topic, partition, topic + "-" + partition, 0);
  }

  private static void tick(LocalKafka kafka, String topic, int partition, String key, int second) {
    String tick =
        "{\"key\":\"%s\",\"event_time\":%d,\"price\":800,\"amount\":1}"
            .formatted(key, 1_546_300_800_000L + 1000 * second);
    kafka.send(new ProducerRecord<>(topic, partition, null, tick.getBytes(UTF_8)));
    kafka.flush();
  }

  private static void awaitPredictionsOf(LocalKafka kafka, String... keys)
      throws InterruptedException {
    LocalKafka.await("predictions", () -> kafka.count(LocalKafka.PREDICTIONS) >= keys.length);
    assertThat(kafka.read(LocalKafka.PREDICTIONS))
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactlyInAnyOrder(keys);
  }
}
