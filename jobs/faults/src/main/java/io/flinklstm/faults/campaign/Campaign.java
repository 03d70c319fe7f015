package io.flinklstm.faults.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.faults.process.FlinkCluster;
import io.flinklstm.faults.process.FlinkHome;
import io.flinklstm.faults.process.FlinkRest;
import io.flinklstm.faults.process.KafkaSecurity;
import io.flinklstm.faults.process.KafkaServer;
import io.flinklstm.faults.process.Waiting;
import io.flinklstm.faults.process.ZooKeeperServer;
import io.flinklstm.faults.ticks.CommittedPredictions;
import io.flinklstm.faults.ticks.OutcomeCheck;
import io.flinklstm.faults.ticks.TickFeed;
import io.flinklstm.faults.ticks.TickRecords;
import io.flinklstm.faults.ticks.Topics;
import io.flinklstm.faults.ticks.Verdict;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The job jar on a cluster and a broker of their own, a steady stream of ticks, and one fault after
 * the other. At the end everything that was written is held against a plain loop.
 */
public final class Campaign implements AutoCloseable {

  private static final int PARTITIONS = 4;
  private static final int TASK_MANAGERS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final CampaignPlan plan;
  private final Setup setup;
  private final Path folder;
  private final Consumer<String> progress;
  private final Random random;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private KafkaSecurity security;
  private KafkaServer kafka;
  private FlinkCluster flink;
  private CheckpointDisk disk;
  private TickFeed feed;
  private CommittedPredictions committed;
  private String uploadedJar;
  private String job;
  private int rescaled;

  /**
   * @param folder an empty folder; keeps logs and state
   * @param progress gets a line for each fault
   */
  public Campaign(CampaignPlan plan, Setup setup, Path folder, Consumer<String> progress) {
    this.plan = plan;
    this.setup = setup;
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
    this.random = new Random(plan.seed());
  }

  /** Runs it to its end. */
  public CampaignResult run() throws Exception {
    ForecastModel model =
        ModelFiles.read(Files.readAllBytes(plan.model()), plan.model().toString());
    TickRecords records = new TickRecords(plan.seed(), plan.keys(), model.card().fields());
    startServers();
    feed = add(new TickFeed(kafka.bootstrapServers(), records, PARTITIONS, plan.ticksPerSecond()));
    committed = add(new CommittedPredictions(kafka.bootstrapServers(), PARTITIONS));
    job = submit(null);
    awaitRecovery(feed.ends());
    FaultInjector injector = new FaultInjector(this, random);
    List<FaultRecord> faults = new ArrayList<>();
    List<Fault> schedule = plan.schedule();
    for (Fault fault : schedule) {
      awaitQuiet();
      FaultRecord record = injector.inject(fault);
      faults.add(record);
      progress.accept(String.format("%2d/%d  %s", faults.size(), schedule.size(), record));
    }
    return conclude(records, model, faults);
  }

  private void startServers() throws Exception {
    Files.createDirectories(folder);
    FlinkHome home = new FlinkHome(folder, setup.flinkJars(), setup.logging());
    ZooKeeperServer zooKeeper = add(new ZooKeeperServer(folder, home));
    security = plan.secured() ? new KafkaSecurity(folder) : null;
    kafka = add(new KafkaServer(folder, security));
    kafka.start();
    kafka.createTopics(PARTITIONS, Topics.ALL);
    Path checkpoints = folder.resolve("checkpoints");
    if (plan.faults().getOrDefault(Fault.CHECKPOINTS_FULL, 0) > 0) {
      disk = add(new CheckpointDisk(checkpoints));
    }
    Map<String, String> settings = Setup.flinkSettings(zooKeeper.address(), folder, checkpoints);
    settings.put("state.backend.type", plan.backend());
    settings.put("execution.checkpointing.unaligned.enabled", Boolean.toString(plan.unaligned()));
    flink = add(new FlinkCluster(home, folder, setup.flinkConfiguration(), settings));
    flink.startJobManager();
    for (int k = 0; k < TASK_MANAGERS; k++) {
      flink.startTaskManager();
    }
    flink.awaitSlots(TASK_MANAGERS * FlinkCluster.SLOTS);
  }

  /** By the command line client and by REST in turns. */
  private String submit(String savepoint) throws IOException {
    int parallelism = CampaignPlan.PARALLELISMS.get(rescaled % 4);
    if (rescaled % 2 == 0) {
      return flink.submit(setup.jobJar(), arguments(), parallelism, savepoint, Map.of());
    }
    // A JobManager that was killed meanwhile has lost what was uploaded.
    uploadedJar = flink.rest().uploadJar(setup.jobJar());
    return flink.rest().runJar(uploadedJar, arguments(), parallelism, savepoint, Map.of());
  }

  private List<String> arguments() {
    Map<String, String> options = new TreeMap<>();
    options.put(
        "lstm.kafka.bootstrap-servers",
        security == null ? kafka.bootstrapServers() : security.bootstrapServers());
    options.put("lstm.model.path", plan.model().toAbsolutePath().toString());
    options.put("lstm.source.sequence-field", TickRecords.SEQUENCE_FIELD);
    options.put("lstm.duplicate.topic", Topics.DUPLICATES);
    options.put("lstm.sink.delivery-guarantee", "exactly-once");
    if (security != null) {
      security
          .clientSettings()
          .forEach((key, value) -> options.put("lstm.kafka.properties." + key, value));
    }
    List<String> arguments = new ArrayList<>();
    options.forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    return arguments;
  }

  /** So that each fault meets a job that works, at a moment of its own between two checkpoints. */
  private void awaitQuiet() {
    Waiting.until("all tasks running", PATIENCE, () -> rest().isRunning(job));
    awaitRecovery(feed.ends());
    Waiting.pause(random.nextInt(1500));
  }

  /**
   * Waits for committed predictions of records behind these ends of the input topic, in any
   * partition first, then in all.
   *
   * @return the moment of the first, {@link System#nanoTime}
   */
  long awaitRecovery(long[] ends) {
    Waiting.until("a committed prediction", PATIENCE, () -> committed.haveReached(ends, false));
    long first = System.nanoTime();
    Waiting.until(
        "committed predictions of all partitions",
        PATIENCE,
        () -> committed.haveReached(ends, true));
    return first;
  }

  /** Savepoint, stop, and on at the next parallelism. Returns what was done, in words. */
  String rescale() throws IOException {
    int before = CampaignPlan.PARALLELISMS.get(rescaled % 4);
    String format = random.nextBoolean() ? "CANONICAL" : "NATIVE";
    String savepoint = rest().stop(job, folder.resolve("savepoints"), format, PATIENCE);
    rescaled++;
    job = submit(savepoint);
    return before
        + " → "
        + CampaignPlan.PARALLELISMS.get(rescaled % 4)
        + ", "
        + format.toLowerCase(java.util.Locale.ROOT)
        + " savepoint, by "
        + (rescaled % 2 == 0 ? "flink run" : "REST");
  }

  private CampaignResult conclude(
      TickRecords records, ForecastModel model, List<FaultRecord> faults) throws Exception {
    feed.finish(plan.ticks());
    long read = feed.acknowledged();
    Waiting.until(
        "all " + read + " records read",
        Duration.ofMinutes(10),
        () -> rest().accumulators(job).getOrDefault("lstm.read", 0L) == read);
    rest().stop(job, folder.resolve("savepoints"), "CANONICAL", PATIENCE);
    Map<String, Long> balance = rest().accumulators(job);
    Verdict verdict = new OutcomeCheck(kafka.bootstrapServers(), records, model).run();
    List<String> exposed = new ArrayList<>();
    if (security != null) {
      SecretSearch search = new SecretSearch(security);
      exposed.addAll(search.inAnswers(rest(), job));
      close();
      exposed.addAll(search.inFiles(folder));
    }
    return new CampaignResult(plan, faults, verdict, balance, exposed);
  }

  FlinkRest rest() {
    return flink.rest();
  }

  FlinkCluster flink() {
    return flink;
  }

  KafkaServer kafka() {
    return kafka;
  }

  CheckpointDisk disk() {
    return disk;
  }

  TickFeed feed() {
    return feed;
  }

  CampaignPlan plan() {
    return plan;
  }

  String job() {
    return job;
  }

  /** When the job last went on from a checkpoint, epoch milliseconds, and from which. */
  JsonNode restored() throws IOException {
    return rest().get("/jobs/" + job + "/checkpoints").get("latest").get("restored");
  }

  private <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
