package io.flinklstm.faults.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.faults.process.FlinkRest;
import io.flinklstm.faults.process.Waiting;
import io.flinklstm.faults.ticks.CommittedPredictions;
import io.flinklstm.faults.ticks.OutcomeCheck;
import io.flinklstm.faults.ticks.TickFeed;
import io.flinklstm.faults.ticks.TickRecords;
import io.flinklstm.faults.ticks.Verdict;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Runs the job jar on its own cluster and broker with a steady stream of ticks, and injects one
 * fault after another. At the end all output is compared with a plain loop.
 */
public final class Campaign implements AutoCloseable {

  private final CampaignPlan plan;
  private final Setup setup;
  private final Path folder;
  private final Consumer<String> progress;
  private final Random random;
  private Servers servers;
  private TickFeed feed;
  private CommittedPredictions committed;
  private String job;
  private int rescaled;

  /**
   * @param folder an empty folder for logs and state, which are kept
   * @param progress receives a line for each fault
   */
  public Campaign(CampaignPlan plan, Setup setup, Path folder, Consumer<String> progress) {
    this.plan = plan;
    this.setup = setup;
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
    this.random = new Random(plan.seed());
  }

  /** Runs the campaign to its end. */
  public CampaignResult run() throws Exception {
    ForecastModel model =
        ModelFiles.read(Files.readAllBytes(plan.model()), plan.model().toString());
    TickRecords records =
        new TickRecords(plan.seed(), plan.traffic().keys(), model.card().fields());
    boolean ownDisk = plan.faults().getOrDefault(Fault.CHECKPOINTS_FULL, 0) > 0;
    servers =
        new Servers(setup, folder, plan.mode().flinkSettings(), plan.mode().secured(), ownDisk);
    String brokers = servers.kafka().bootstrapServers();
    feed = new TickFeed(brokers, records, Servers.PARTITIONS, plan.traffic().perSecond());
    committed = new CommittedPredictions(brokers, Servers.PARTITIONS);
    job = submit(null);
    awaitRecovery(feed.ends());
    FaultInjector injector = new FaultInjector(this, random);
    List<FaultRecord> faults = new ArrayList<>();
    List<Fault> schedule = plan.schedule();
    for (Fault fault : schedule) {
      awaitQuiet();
      FaultRecord record = injector.inject(fault);
      faults.add(record);
      progress.accept(
          String.format(Locale.ROOT, "%2d/%d  %s", faults.size(), schedule.size(), record));
    }
    return conclude(records, model, faults);
  }

  /** Submits by the command line client and by REST in turn. */
  private String submit(String savepoint) throws IOException {
    int parallelism = CampaignPlan.PARALLELISMS.get(rescaled % 4);
    List<String> arguments = servers.jobArguments(plan.model(), plan.mode().jobOptions());
    if (rescaled % 2 == 0) {
      return servers.flink().submit(setup.jobJar(), arguments, parallelism, savepoint);
    }
    // Uploaded each time: a JobManager killed in between has lost its jars.
    return rest().runJar(rest().uploadJar(setup.jobJar()), arguments, parallelism, savepoint);
  }

  /** Makes each fault hit a running job at a random moment between two checkpoints. */
  private void awaitQuiet() {
    Waiting.until(
        "all tasks running",
        () -> {
          servers.flink().supervise();
          return rest().isRunning(job);
        });
    awaitRecovery(feed.ends());
    Waiting.pause(random.nextInt(1500));
  }

  /**
   * Waits for committed predictions of records after these ends of the input topic, first in any
   * partition, then in all.
   *
   * @return the time of the first, as {@link System#nanoTime}
   */
  long awaitRecovery(long[] ends) {
    await("a committed prediction", ends, false);
    long first = System.nanoTime();
    await("committed predictions of all partitions", ends, true);
    return first;
  }

  private void await(String what, long[] ends, boolean all) {
    Waiting.until(
        what,
        () -> {
          servers.flink().supervise();
          return committed.haveReached(ends, all);
        });
  }

  /**
   * Stops the job with a savepoint and resumes it at the next parallelism. Returns a description of
   * what was done.
   */
  String rescale() throws IOException {
    int before = CampaignPlan.PARALLELISMS.get(rescaled % 4);
    String format = random.nextBoolean() ? "CANONICAL" : "NATIVE";
    String savepoint = rest().stop(job, folder.resolve("savepoints"), format);
    rescaled++;
    job = submit(savepoint);
    return before
        + " → "
        + CampaignPlan.PARALLELISMS.get(rescaled % 4)
        + ", "
        + format.toLowerCase(Locale.ROOT)
        + " savepoint, by "
        + (rescaled % 2 == 0 ? "flink run" : "REST");
  }

  private CampaignResult conclude(
      TickRecords records, ForecastModel model, List<FaultRecord> faults) throws Exception {
    feed.finish(plan.traffic().ticks());
    long read = feed.acknowledged();
    Waiting.until(
        "all " + read + " records read",
        () -> rest().accumulators(job).getOrDefault("lstm.read", 0L) == read);
    Set<String> metrics = metricNames();
    rest().stop(job, folder.resolve("savepoints"), "CANONICAL");
    Map<String, Long> balance = rest().accumulators(job);
    Verdict verdict = new OutcomeCheck(servers.kafka().bootstrapServers(), records, model).run();
    return new CampaignResult(plan, faults, verdict, balance, metrics, exposed());
  }

  /** The metrics of every process, including one that has just replaced another. */
  private Set<String> metricNames() {
    Set<String> names = new TreeSet<>();
    Waiting.until(
        "metrics of all processes",
        () -> {
          servers.flink().supervise();
          return names.addAll(servers.flink().metricNames());
        });
    return names;
  }

  /** Finds exposed secrets; ends the run first, so that all its output has been written. */
  private List<String> exposed() throws Exception {
    if (!plan.mode().secured()) {
      return List.of();
    }
    SecretSearch search = new SecretSearch(servers.security());
    List<String> exposed = new ArrayList<>(search.inAnswers(rest(), job));
    close();
    exposed.addAll(search.inFiles(folder));
    return exposed;
  }

  FlinkRest rest() {
    return servers.flink().rest();
  }

  Servers servers() {
    return servers;
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

  /** The job's last restore: from which checkpoint and when, in epoch milliseconds. */
  JsonNode restored() throws IOException {
    return rest().get("/jobs/" + job + "/checkpoints").get("latest").get("restored");
  }

  @Override
  public void close() throws Exception {
    if (committed != null) {
      committed.close();
    }
    if (feed != null) {
      feed.close();
    }
    if (servers != null) {
      servers.close();
    }
  }
}
