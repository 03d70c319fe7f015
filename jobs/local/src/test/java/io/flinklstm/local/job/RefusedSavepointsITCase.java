package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.format.ModelFiles;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stored savepoint and jobs that it does not fit: none silently starts from zero. */
class RefusedSavepointsITCase {

  private static final Path SAVEPOINT =
      Path.of("src", "test", "resources", "savepoints", "0.1.0", "hashmap-canonical");

  @TempDir private Path folder;

  @Test
  void aChangedUidIsRefusedByFlink() throws Exception {
    assertThat(failureWithOtherUid(Map.of())).contains("Failed to rollback", "Cannot map");
  }

  @Test
  void aChangedUidIsRefusedWhenFlinkWouldIgnoreIt() throws Exception {
    assertThat(
            failureWithOtherUid(Map.of("execution.state-recovery.ignore-unclaimed-state", "true")))
        .contains("state of the forecasts", "got none", "give the operator the uid it had");
  }

  @Test
  void anotherModelIsRefused() throws Exception {
    Path other = folder.resolve("other.safetensors");
    Files.write(other, ModelFiles.write(DemoData.wideModel()));
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      StreamExecutionEnvironment env =
          LocalFlink.build(
              folder,
              cluster,
              kafka,
              "at-least-once",
              restoring(Map.of()),
              "--lstm.model.path=" + other);
      assertThat(failure(env))
          .contains("model of the restored state: expected", "lstm.model.on-change: reset");
    }
  }

  /**
   * The savepoint is from before the job stored its topics, so only a record shows the other one.
   */
  @Test
  void aRecordOfAnotherTopicIsRefused() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      kafka.createTopic("other", 1, Map.of());
      for (int k = 0; k < 100; k++) {
        kafka.send("", new byte[0]);
      }
      kafka.flush();
      StreamExecutionEnvironment env =
          LocalFlink.build(
              folder,
              cluster,
              kafka,
              "at-least-once",
              restoring(Map.of()),
              "--lstm.source.topic=other");
      assertThat(failure(env))
          .contains("expected only those of lstm.source.topic: other, got", "ticks; the source");
    }
  }

  private String failureWithOtherUid(Map<String, String> flinkOptions) throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      StreamExecutionEnvironment env =
          LocalFlink.build(folder, cluster, kafka, "at-least-once", restoring(flinkOptions));
      env.getTransformations().stream()
          .flatMap(sink -> sink.getTransitivePredecessors().stream())
          .filter(operator -> "lstm-forecast".equals(operator.getUid()))
          .distinct()
          .toList()
          .forEach((Transformation<?> forecast) -> forecast.setUid("forecast"));
      return failure(env);
    }
  }

  private static Map<String, String> restoring(Map<String, String> flinkOptions) {
    Map<String, String> options = new HashMap<>(flinkOptions);
    options.put("execution.state-recovery.path", SAVEPOINT.toAbsolutePath().toUri().toString());
    return options;
  }

  /** Why the job cannot run: all causes, one below the other. */
  private static String failure(StreamExecutionEnvironment env) throws Exception {
    Throwable[] failure = new Throwable[1];
    assertThatThrownBy(
            () -> {
              try {
                env.executeAsync("refused").getJobExecutionResult().get();
              } catch (Exception e) {
                failure[0] = e;
                throw e;
              }
            })
        .isNotNull();
    return ExceptionUtils.stringifyException(failure[0]);
  }
}
