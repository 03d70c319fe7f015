package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.local.testing.CapturedLog;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that a job relies on but that its broker can no longer commit. */
class LostTransactionsITCase {

  private static final String CONNECTOR = "org.apache.flink.connector.kafka.sink.internal";
  private static final List<String> OUTPUTS =
      List.of(
          LocalKafka.PREDICTIONS, LocalKafka.LATE, LocalKafka.DUPLICATES, LocalKafka.DEAD_LETTERS);
  private static final List<String> SINKS =
      List.of("predictions", "late", "duplicates", "dead-letters");
  private static final Map<String, String> ABORTS_SOON =
      Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100");

  @TempDir private Path folder;

  private final InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
  private LocalKafka kafka;
  private MiniCluster cluster;

  @BeforeEach
  void start() throws Exception {
    kafka = new LocalKafka(folder.resolve("kafka"), 1, ABORTS_SOON);
    Configuration configuration = new Configuration();
    metrics.addToConfiguration(configuration);
    cluster = LocalFlink.cluster(folder, configuration);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    kafka.close();
    metrics.close();
  }

  @Test
  void endsOrCountsWhenTheBrokerHasAbortedOutput() throws Exception {
    // The savepoint relies on transactions that nobody commits in time: no checkpoint comes before.
    Map<String, String> rareCheckpoints =
        Map.of(
            "execution.checkpointing.interval",
            "29 s",
            "execution.checkpointing.min-pause",
            "29 s");
    JobClient job = submit(rareCheckpoints, "--lstm.kafka.properties.transaction.timeout.ms=30000");
    sendOneOfEach(0);
    LocalKafka.await("a record in each topic", () -> OUTPUTS.stream().allMatch(this::isWritten));
    String savepoint = savepoint(job);
    end(job);
    LocalKafka.await("no transaction open", () -> openTransactions() == 0);

    JobClient failing = submit(from(savepoint));
    assertThatThrownBy(() -> failing.getJobExecutionResult().get())
        .hasStackTraceContaining("Lost output of ")
        .hasStackTraceContaining("--lstm.sink.on-lost-transaction count");
    assertThat(failing.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
    assertThat(LocalFlink.restarts(cluster, failing)).isZero();

    JobClient counting = submit(from(savepoint), "--lstm.sink.on-lost-transaction=count");
    sendOneOfEach(1);
    awaitCommitted(1);
    assertThat(counting.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
    for (String sink : SINKS) {
      assertThat(lost(counting, sink)).as(sink).isEqualTo(1);
    }
    counting.cancel().get();
  }

  @Test
  void losesNothingWhenTheTransactionsHadBeenCommittedBefore() throws Exception {
    try (CapturedLog log = new CapturedLog(CONNECTOR)) {
      JobClient job = submit(Map.of());
      sendOneOfEach(0);
      LocalKafka.await("a record in each topic", () -> OUTPUTS.stream().allMatch(this::isWritten));
      String savepoint = savepoint(job);
      awaitCommitted(1);
      end(job);

      JobClient resumed = submit(from(savepoint));
      sendOneOfEach(1);
      awaitCommitted(2);
      assertThat(resumed.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      assertThat(LocalFlink.restarts(cluster, resumed)).isZero();
      for (String sink : SINKS) {
        assertThat(lost(resumed, sink)).as(sink).isZero();
      }
      assertThat(log.messages())
          .as("the connector takes each for lost")
          .filteredOn(message -> message.startsWith("Unable to commit transaction"))
          .hasSize(SINKS.size());
      resumed.cancel().get();
    }
    assertThat(kafka.outcomes()).hasSize(8);
  }

  private JobClient submit(Map<String, String> flinkOptions, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--lstm.source.sequence-field=n");
    all.add("--lstm.duplicate.topic=" + LocalKafka.DUPLICATES);
    return LocalFlink.submit(
        folder, cluster, kafka, "exactly-once", flinkOptions, all.toArray(String[]::new));
  }

  private static Map<String, String> from(String savepoint) {
    return Map.of("execution.state-recovery.path", savepoint);
  }

  /** Ticks of one key: a new one, a late one, a duplicate, and a broken one. */
  private void sendOneOfEach(int round) {
    long now = 1_000_000L + round * 1_000L;
    int n = 10 * round;
    kafka.send("a", tick(now, n));
    kafka.send("a", tick(now - 500, n + 1));
    kafka.send("a", tick(now, n));
    kafka.send("a", "?".getBytes(StandardCharsets.UTF_8));
    kafka.flush();
  }

  private static byte[] tick(long eventTime, int n) {
    return ("{\"key\":\"a\",\"event_time\":"
            + eventTime
            + ",\"n\":"
            + n
            + ",\"price\":800,\"amount\":1}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private String savepoint(JobClient job) throws Exception {
    return job.triggerSavepoint(
            folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  private static void end(JobClient job) throws Exception {
    job.cancel().get();
    LocalKafka.await("the job to end", () -> job.getJobStatus().join().isGloballyTerminalState());
  }

  private void awaitCommitted(int count) throws Exception {
    LocalKafka.await(
        count + " records committed in each topic",
        () -> OUTPUTS.stream().allMatch(topic -> kafka.count(topic) == count));
  }

  /** Whether the topic has a record, committed or not. */
  private boolean isWritten(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = kafka.admin()) {
      return admin
              .listOffsets(Map.of(partition, OffsetSpec.latest()))
              .partitionResult(partition)
              .get()
              .offset()
          > 0;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private int openTransactions() {
    try (Admin admin = kafka.admin()) {
      return admin
          .listTransactions(
              new ListTransactionsOptions()
                  .filterStates(
                      Set.of(
                          TransactionState.ONGOING,
                          TransactionState.PREPARE_ABORT,
                          TransactionState.PREPARE_EPOCH_FENCE)))
          .all()
          .get()
          .size();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The lost transactions of all subtasks of a sink's committer together. */
  private long lost(JobClient job, String sink) {
    return metrics.getMetricsByIdentifiers(job.getJobID()).entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("lstm.sink." + sink + ".lostTransactions"))
        .mapToLong(entry -> ((Counter) entry.getValue()).getCount())
        .sum();
  }
}
