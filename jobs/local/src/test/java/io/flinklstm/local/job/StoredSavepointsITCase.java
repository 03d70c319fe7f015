package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Restores savepoints of released versions; README.txt beside them says what they contain. With
 * {@code -Dsavepoints.take=true} the test first takes those of this version again.
 */
class StoredSavepointsITCase {

  private static final Path SAVEPOINTS = Path.of("src", "test", "resources", "savepoints");
  private static final int TICKS = 60; // before the savepoint, and as many after it
  private static final int WAITING = 6;
  private static final Duration TTL = Duration.ofHours(2);

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "0.1.0,hashmap,CANONICAL,hashmap",
    "0.1.0,hashmap,CANONICAL,rocksdb",
    "0.1.0,hashmap,NATIVE,hashmap",
    "0.1.0,rocksdb,CANONICAL,rocksdb",
    "0.1.0,rocksdb,CANONICAL,hashmap",
    "0.1.0,rocksdb,NATIVE,rocksdb"
  })
  void goesOnAsIfItHadNeverStopped(
      String version, String backend, SavepointFormatType format, String resumedBackend)
      throws Exception {
    Path stored =
        SAVEPOINTS.resolve(version).resolve(backend + "-" + format.name().toLowerCase(Locale.ROOT));
    try (MiniCluster cluster = LocalFlink.cluster(folder)) {
      if (Boolean.getBoolean("savepoints.take")) {
        take(cluster, backend, format, stored);
      }
      Path elsewhere = folder.resolve("elsewhere");
      FileUtils.copy(
          org.apache.flink.core.fs.Path.fromLocalFile(stored.toFile()),
          org.apache.flink.core.fs.Path.fromLocalFile(elsewhere.toFile()),
          false);
      try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1)) {
        send(kafka, 0, 2 * TICKS);
        JobClient job =
            submit(
                cluster,
                kafka,
                Map.of(
                    "state.backend.type",
                    resumedBackend,
                    "execution.state-recovery.path",
                    elsewhere.toUri().toString()));
        LocalKafka.await("predictions", () -> kafka.count(LocalKafka.PREDICTIONS) >= TICKS);
        job.stopWithSavepoint(true, folder.toUri().toString(), format).get();
        assertForecasts(kafka, job);
      }
    }
  }

  private void take(MiniCluster cluster, String backend, SavepointFormatType format, Path stored)
      throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("earlier-kafka"), 1)) {
      JobClient job = submit(cluster, kafka, Map.of("state.backend.type", backend));
      send(kafka, 0, TICKS);
      LocalKafka.await("predictions", () -> kafka.count(LocalKafka.PREDICTIONS) == TICKS - WAITING);
      Path parent = Files.createDirectory(folder.resolve("taken"));
      job.stopWithSavepoint(false, parent.toUri().toString(), format).get();
      job.getJobExecutionResult().get();
      FileUtils.deleteDirectory(stored.toFile());
      Files.createDirectories(stored.getParent());
      try (Stream<Path> taken = Files.list(parent)) {
        FileUtils.copy(
            org.apache.flink.core.fs.Path.fromLocalFile(taken.findFirst().orElseThrow().toFile()),
            org.apache.flink.core.fs.Path.fromLocalFile(stored.toFile()),
            false);
      }
    }
  }

  private JobClient submit(MiniCluster cluster, LocalKafka kafka, Map<String, String> flinkOptions)
      throws Exception {
    return LocalFlink.submit(
        folder,
        cluster,
        kafka,
        "at-least-once",
        flinkOptions,
        "--lstm.source.idleness=1 s",
        "--lstm.stream.max-out-of-orderness=5 s",
        "--lstm.stream.gap-policy=keep",
        "--lstm.stream.ttl=" + TTL.toMillis() + " ms");
  }

  /** Ticks of five keys, one a second. */
  private static void send(LocalKafka kafka, int from, int to) {
    for (int k = from; k < to; k++) {
      String tick =
          String.format(
              Locale.ROOT,
              "{\"key\":\"key%d\",\"event_time\":%d,\"price\":%s,\"amount\":%d}",
              k * 7 % 5,
              1_546_300_800_000L + 1000L * k,
              100 + k * 37 % 11 / 8.0,
              1 + k % 9);
      kafka.send(
          new ProducerRecord<>(LocalKafka.TICKS, 0, null, tick.getBytes(StandardCharsets.UTF_8)));
    }
    kafka.flush();
  }

  /**
   * Checks the forecasts of the ticks that waited in the savepoint and of those that came after it.
   */
  private static void assertForecasts(LocalKafka kafka, JobClient job) throws Exception {
    List<Observation> ticks = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(LocalKafka.TICKS)) {
      ticks.add(
          LocalKafka.at(
              DemoData.observation(record),
              new SourcePosition(record.topic(), record.partition(), record.offset())));
    }
    SortedMap<String, String> expected = LocalKafka.outcomes(forecaster(), ticks);
    for (Observation before : ticks.subList(0, TICKS - WAITING)) {
      expected.remove(before.position().toString());
    }
    assertThat(expected).hasSize(TICKS + WAITING);
    assertThat(LocalKafka.firstDifference(kafka.outcomes(), expected)).isEqualTo("none");
    assertThat(Ledger.balance(job.getJobExecutionResult().get().getAllAccumulatorResults()))
        .isEqualTo(
            "read %1$d = skipped 0 + unusable 0 + usable %1$d; observations %1$d = predictions %1$d"
                + " + late 0 + duplicates 0 + rejected 0 + buffered 0",
            2 * TICKS);
  }

  private static Forecaster forecaster() throws IOException {
    ModelCard card = DemoData.model().card();
    return new Forecaster(
        DemoData.model(),
        new StreamPolicy(card.gap(), ModelCard.GapPolicy.KEEP, TTL),
        KernelType.PLAIN.create());
  }
}
