package io.flinklstm.faults.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.faults.process.FlinkCluster;
import io.flinklstm.faults.process.FlinkRest;
import io.flinklstm.faults.process.KafkaServer;
import io.flinklstm.faults.process.ServerProcess;
import io.flinklstm.faults.process.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

/** Injects faults into a campaign's processes and gathers the evidence. */
final class FaultInjector {

  /** Longer than the heartbeat timeout and the ZooKeeper session. */
  private static final int FREEZE_MILLIS = 8_000;

  /** More than execution.checkpointing.tolerable-failed-checkpoints. */
  private static final int MAX_FAILED_CHECKPOINTS = 6;

  private static final int POISON = 20_000;

  private final Campaign campaign;
  private final Random random;

  FaultInjector(Campaign campaign, Random random) {
    this.campaign = campaign;
    this.random = random;
  }

  /** Injects the fault and waits until predictions appear again. */
  FaultRecord inject(Fault fault) throws Exception {
    long start = System.nanoTime();
    long startMillis = System.currentTimeMillis();
    String evidence =
        switch (fault) {
          case TASK_MANAGER_KILLED -> killTaskManager();
          case TASK_MANAGER_FROZEN -> freeze(victim());
          case JOB_MANAGER_KILLED -> killJobManager();
          case POWER_CUT -> cutPower();
          case JOB_MANAGER_FROZEN -> freeze(campaign.servers().flink().jobManager());
          case BROKER_KILLED -> killBroker(0);
          case BROKER_FROZEN -> freezeBroker();
          case BROKER_RESTARTED -> restartBroker();
          case BROKER_REFUSES -> killBroker(campaign.plan().refusalSeconds());
          case CHECKPOINTS_FULL -> fillCheckpoints();
          case RESCALED -> campaign.rescale();
          case POISON -> flood();
        };
    // Ticks sent earlier may have predictions in transactions from before the fault.
    double seconds = (campaign.awaitRecovery(campaign.feed().ends()) - start) / 1e9;
    if (fault.restores()) {
      evidence += ", " + restored(startMillis);
    }
    return new FaultRecord(fault, evidence, seconds);
  }

  private String killTaskManager() throws Exception {
    ServerProcess victim = victim();
    int exit = victim.kill();
    return victim.name() + " exit code " + exit;
  }

  /** One of the TaskManagers that run the job. */
  private ServerProcess victim() throws IOException {
    List<ServerProcess> used = campaign.servers().flink().taskManagersOf(campaign.job());
    return used.get(random.nextInt(used.size()));
  }

  private String killJobManager() throws IOException {
    int exit = campaign.servers().flink().jobManager().kill();
    return "exit code " + exit;
  }

  /** Kills everything at once; the supervision starts the cluster's processes again. */
  private String cutPower() throws IOException {
    FlinkCluster flink = campaign.servers().flink();
    KafkaServer kafka = campaign.servers().kafka();
    List<ServerProcess> all = new ArrayList<>(flink.taskManagers());
    all.add(flink.jobManager());
    all.add(kafka.process());
    all.parallelStream().forEach(ServerProcess::kill);
    kafka.start();
    return all.size() + " processes killed";
  }

  private String killBroker(int pauseSeconds) throws IOException {
    KafkaServer kafka = campaign.servers().kafka();
    int exit = kafka.process().kill();
    Waiting.pause(TimeUnit.SECONDS.toMillis(pauseSeconds));
    kafka.start();
    return "exit code " + exit + (pauseSeconds > 0 ? ", away for " + pauseSeconds + " s" : "");
  }

  /** No process need notice a frozen broker, so this asks it. */
  private String freezeBroker() {
    KafkaServer kafka = campaign.servers().kafka();
    long start = System.currentTimeMillis();
    kafka.process().pause();
    boolean answered = kafka.answers();
    Waiting.pause(Math.max(0, start + FREEZE_MILLIS - System.currentTimeMillis()));
    kafka.process().resume();
    if (answered) {
      throw new IllegalStateException("frozen broker: expected no answer, got one");
    }
    return "no answer for " + FREEZE_MILLIS / 1000 + " s";
  }

  private String restartBroker() throws Exception {
    KafkaServer kafka = campaign.servers().kafka();
    int transactions = awaitOpenTransactions();
    int exit = kafka.process().stop();
    kafka.start();
    return "exit code " + exit + ", " + transactions + " transactions open";
  }

  private int awaitOpenTransactions() {
    int[] open = new int[1];
    Waiting.until(
        "an open transaction",
        () -> {
          try (Admin admin =
              Admin.create(
                  Map.of("bootstrap.servers", campaign.servers().kafka().bootstrapServers()))) {
            open[0] = 0;
            for (TransactionListing one : admin.listTransactions().all().get()) {
              open[0] += one.state() == TransactionState.ONGOING ? 1 : 0;
            }
          }
          return open[0] > 0;
        });
    return open[0];
  }

  private static String freeze(ServerProcess process) {
    process.pause();
    Waiting.pause(FREEZE_MILLIS);
    process.resume();
    return process.name() + " frozen for " + FREEZE_MILLIS / 1000 + " s";
  }

  /** Keeps the disk full until enough checkpoints have failed that the job itself may fail too. */
  private String fillCheckpoints() throws IOException {
    FlinkRest rest = campaign.rest();
    String job = campaign.job();
    long before = rest.checkpoints(job, "failed");
    int failures = 1 + random.nextInt(MAX_FAILED_CHECKPOINTS);
    try {
      Waiting.until(
          failures + " failed checkpoints",
          () -> {
            // Repeatedly, because deleted checkpoints make room for new ones.
            campaign.servers().disk().fill();
            return rest.checkpoints(job, "failed") >= before + failures;
          });
    } finally {
      campaign.servers().disk().free();
    }
    return rest.checkpoints(job, "failed") - before + " failed checkpoints";
  }

  private String flood() throws IOException {
    long before = deadLetters();
    campaign.feed().flood(POISON);
    Waiting.until(POISON + " dead letters", () -> deadLetters() >= before + POISON);
    return POISON + " dead letters";
  }

  private long deadLetters() throws IOException {
    return campaign.rest().accumulators(campaign.job()).getOrDefault("lstm.deadLetters", 0L);
  }

  /** Waits for a restore since the given time, which a JobManager may report late. */
  private String restored(long sinceMillis) {
    JsonNode[] restored = new JsonNode[1];
    Waiting.until(
        "a restored checkpoint",
        () -> {
          restored[0] = campaign.restored();
          return restored[0] != null
              && restored[0].hasNonNull("restore_timestamp")
              && restored[0].get("restore_timestamp").asLong() >= sinceMillis;
        });
    return (restored[0].get("is_savepoint").asBoolean()
            ? "restored savepoint "
            : "restored checkpoint ")
        + restored[0].get("id").asLong();
  }
}
