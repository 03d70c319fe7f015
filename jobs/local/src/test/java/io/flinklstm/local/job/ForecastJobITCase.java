package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.testing.ReadmeExamples;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.stream.Ledger;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job as it is submitted, on a real broker and a Flink cluster, with the bundled ticks. */
class ForecastJobITCase {

  private static final int KEYS = 5;
  private static final int ROWS = 4_000;
  private static final String GARBAGE = "{\"key\":\"key0\",\"event_time\":";

  @TempDir private Path folder;

  @Test
  void everyTickHasTheOutcomeOfAPlainLoop() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 2);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = LocalFlink.submit(folder, cluster, kafka, "at-least-once", Map.of());
      sendTicks(kafka, 0, ROWS);
      int sent = kafka.count(LocalKafka.TICKS);
      LocalKafka.await("an outcome for every tick", () -> outcomeCount(kafka) >= sent);
      job.stopWithSavepoint(false, savepoints(), SavepointFormatType.CANONICAL).get();
      assertOutcomes(kafka, DemoData.model());
      assertBalance(kafka, job);
      ReadmeExamples.consume(kafka.bootstrapServers(), 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"hashmap,false,false", "rocksdb,true,false", "hashmap,true,true"})
  void nothingIsLostOrTwiceWhenATaskManagerDies(String backend, String unaligned, boolean wide)
      throws Exception {
    ForecastModel model = wide ? DemoData.wideModel() : DemoData.model();
    Path file = Files.write(folder.resolve("forecast.safetensors"), ModelFiles.write(model));
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 2);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job =
          LocalFlink.submit(
              folder,
              cluster,
              kafka,
              "exactly-once",
              Map.of(
                  "state.backend.type",
                  backend,
                  "execution.checkpointing.unaligned.enabled",
                  unaligned),
              "--lstm.model.path=" + file);
      sendTicks(kafka, 0, ROWS / 2);
      LocalKafka.await("a committed prediction", () -> kafka.count(LocalKafka.PREDICTIONS) > 0);
      assertThat(hasRocksDbFiles(folder.resolve("flink").toFile()))
          .isEqualTo(backend.equals("rocksdb"));
      sendTicks(kafka, ROWS / 2, ROWS * 3 / 4);
      cluster.terminateTaskManager(0).get();
      cluster.startTaskManager();
      sendTicks(kafka, ROWS * 3 / 4, ROWS);
      int sent = kafka.count(LocalKafka.TICKS);
      LocalKafka.await("an outcome for every tick", () -> outcomeCount(kafka) >= sent);
      assertThat(LocalFlink.restarts(cluster, job)).as("restarts").isPositive();
      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      job.stopWithSavepoint(false, savepoints(), SavepointFormatType.CANONICAL).get();
      assertOutcomes(kafka, model);
      assertBalance(kafka, job);
    }
  }

  /** Every RocksDB database has a file named IDENTITY; folders may vanish during the search. */
  private static boolean hasRocksDbFiles(File folder) {
    File[] files = folder.listFiles();
    return files != null
        && Arrays.stream(files)
            .anyMatch(file -> file.getName().equals("IDENTITY") || hasRocksDbFiles(file));
  }

  private String savepoints() {
    return folder.resolve("savepoints").toUri().toString();
  }

  /** Rows of the trades under each key, with a late tick and a broken one now and then. */
  private static void sendTicks(LocalKafka kafka, int from, int to) throws Exception {
    List<Tick> trades = DemoData.trades(to);
    for (int row = from; row < to; row++) {
      for (int k = 0; k < KEYS; k++) {
        String key = "key" + k;
        Tick tick = trades.get(row).withKey(key);
        kafka.send(key, tick.toJson());
        if (row % 100 == 99 && k % 2 == 0) {
          Tick late = trades.get(row - 99).withKey(key);
          kafka.send(key, late.toJson());
          kafka.send(key, GARBAGE.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    kafka.flush();
  }

  private static int outcomeCount(LocalKafka kafka) {
    return kafka.count(LocalKafka.PREDICTIONS)
        + kafka.count(LocalKafka.LATE)
        + kafka.count(LocalKafka.DEAD_LETTERS);
  }

  /** Reads the topics: every tick has one outcome, with the same bits as a plain loop. */
  private static void assertOutcomes(LocalKafka kafka, ForecastModel model) throws Exception {
    SortedMap<String, String> expected = kafka.expected(model, DemoData::observation);
    SortedMap<String, String> actual = kafka.outcomes();
    assertThat(expected.values()).contains("LATE", "DEAD_LETTER");
    assertThat(actual).hasSize(kafka.count(LocalKafka.TICKS));
    assertThat(LocalKafka.firstDifference(actual, expected)).isEqualTo("none");
  }

  /** The job's own counts match what is in the topics. */
  private static void assertBalance(LocalKafka kafka, JobClient job) throws Exception {
    assertThat(Ledger.balance(job.getJobExecutionResult().get().getAllAccumulatorResults()))
        .isEqualTo(kafka.balance(kafka.count(LocalKafka.TICKS), 0));
  }
}
