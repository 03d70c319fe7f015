package io.flinklstm.benchmarks.latency;

import io.flinklstm.benchmarks.harness.CommonOptions;
import io.flinklstm.benchmarks.harness.Kernels;
import io.flinklstm.benchmarks.harness.Progress;
import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import io.flinklstm.benchmarks.job.Broker;
import io.flinklstm.benchmarks.job.FlinkJob;
import io.flinklstm.benchmarks.job.JobOptions;
import io.flinklstm.benchmarks.job.JobSpec;
import io.flinklstm.benchmarks.job.JobTopics;
import io.flinklstm.benchmarks.job.JobVariant;
import io.flinklstm.benchmarks.job.Models;
import io.flinklstm.benchmarks.job.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the time from a tick to its prediction. */
@Command(
    name = "latency",
    description =
        "The time from a tick to its prediction, with ticks sent at an even pace: with a"
            + " pass-through function and with the LSTM. Measured from the time a tick was due, so"
            + " that a stall counts for all waiting ticks. Broker and Flink run in their own JVMs.")
public final class LatencyCommand implements Callable<Integer> {

  private static final String EXACTLY_ONCE = "exactly-once";

  @Mixin private CommonOptions common;
  @Mixin private JobOptions jobs;

  @Option(names = "--rounds", description = "Default: 3; quick: 1.")
  private Integer rounds;

  @Option(
      names = "--rates",
      split = ",",
      description = "Ticks per second; default: 1000,10000; quick: 1000.")
  private List<Integer> rates;

  @Option(
      names = "--seconds",
      description = "Measured seconds at each rate; default: 15; quick: 2.")
  private Integer seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "Warm-up at the highest rate, before measuring; default: 10; quick: 1.")
  private Integer warmUp;

  @Option(
      names = "--guarantees",
      split = ",",
      defaultValue = "at-least-once,exactly-once",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<String> guarantees;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "1 s",
      description = "With exactly-once; default: ${DEFAULT-VALUE}.")
  private String checkpointInterval;

  @Option(
      names = "--hidden",
      defaultValue = "64",
      description = "Hidden size, one layer; default: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(names = "--kernel", defaultValue = "vector", description = "Default: ${DEFAULT-VALUE}.")
  private String kernel;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("latency: from tick to prediction");
    String whyNot = Kernels.whyNot(kernel);
    if (whyNot != null) {
      report.note("Kernel plain instead: " + whyNot);
      kernel = "plain";
    }
    JobVariant lstm = JobVariant.forecast(kernel, hidden);
    List<JobVariant> variants = List.of(JobVariant.passThrough(hidden), lstm);
    int roundCount = common.orElse(rounds, 3, 1);
    LatencyResults results = new LatencyResults();
    try (TemporaryFolder folder = new TemporaryFolder();
        Broker broker = new Broker(folder)) {
      Path model = Models.write(Models.model(jobs.card(), hidden, 1), folder.path());
      for (int round = 1; round <= roundCount; round++) {
        for (String guarantee : guarantees) {
          for (JobVariant variant : variants) {
            Progress.say("round %d: %s, %s", round, guarantee, variant);
            measure(broker, model, guarantee, variant, round, results);
          }
        }
      }
    }
    report.note(
        "Rounds: "
            + roundCount
            + "; "
            + common.orElse(seconds, 15, 2)
            + " s each; hidden size "
            + hidden
            + "; checkpoints with exactly-once every "
            + checkpointInterval);
    report.note(jobs.describe(preset()));
    results.fill(report, guarantees, rates(), lstm);
    report.publish(common);
    return 0;
  }

  private Preset preset() throws IOException {
    return jobs.preset(Preset.LOW_LATENCY);
  }

  private List<Integer> rates() {
    return common.orElse(rates, List.of(1_000, 10_000), List.of(1_000));
  }

  private void measure(
      Broker broker,
      Path model,
      String guarantee,
      JobVariant variant,
      int round,
      LatencyResults results)
      throws IOException, InterruptedException, ExecutionException {
    String name = guarantee + "-" + variant + "-" + round;
    String ticks = "ticks-" + name;
    boolean exactlyOnce = guarantee.equals(EXACTLY_ONCE);
    Preset preset = preset();
    if (exactlyOnce) {
      preset.flinkOptions().put("execution.checkpointing.interval", checkpointInterval);
    }
    broker.createTopics(ticks);
    try (JobTopics topics = new JobTopics(broker, ticks, name)) {
      JobSpec spec =
          jobs.spec(preset, variant, model, broker, topics)
              .with("lstm.sink.delivery-guarantee", guarantee)
              .with("lstm.sink.transactional-id-prefix", name);
      try (FlinkJob job = new FlinkJob(spec, jobs.jvmOptions());
          PacedSender sender = new PacedSender(broker, ticks, jobs.ticks());
          PredictionWatch watch =
              new PredictionWatch(
                  broker,
                  topics.predictions(),
                  exactlyOnce ? "read_committed" : "read_uncommitted")) {
        run(job, sender, watch, Collections.max(rates()), common.orElse(warmUp, 10, 1));
        for (int rate : rates()) {
          Histogram latencies = run(job, sender, watch, rate, common.orElse(seconds, 15, 2));
          results.add(new LatencyCase(guarantee, rate, variant), latencies);
          Progress.say(
              "  %,d/s: p50 %.2f ms, p99 %.2f ms",
              rate,
              latencies.getValueAtPercentile(50) / 1e6,
              latencies.getValueAtPercentile(99) / 1e6);
        }
        job.checkRunning();
      }
      topics.checkOnlyPredictions();
    } finally {
      broker.deleteTopics(ticks);
    }
  }

  private static Histogram run(
      FlinkJob job, PacedSender sender, PredictionWatch watch, int rate, int seconds)
      throws IOException, InterruptedException, ExecutionException {
    Phase phase = sender.plan((long) rate * seconds, rate);
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> {
              try {
                sender.send(phase);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    Histogram latencies =
        watch.await(
            phase,
            () -> {
              if (sending.isCompletedExceptionally()) {
                sending.join();
              }
              job.checkRunning();
            });
    sending.get();
    return latencies;
  }
}
