package io.flinklstm.benchmarks.pipeline;

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
import io.flinklstm.benchmarks.job.TickTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the whole job, from Kafka to Kafka, with and without the forecast. */
@Command(
    name = "pipeline",
    description =
        "The whole forecast job, Kafka to Flink to Kafka: with a pass-through function and with the"
            + " LSTM. The broker has its own JVM; Flink gets a new one for each round and variant,"
            + " and its CPU time is measured. One partition, parallelism 1.")
public final class PipelineCommand implements Callable<Integer> {

  private static final String TICKS = "ticks";
  private static final int SAMPLE_MILLIS = 50;

  @Mixin private CommonOptions common;
  @Mixin private JobOptions jobs;

  @Option(names = "--rounds", description = "Default: 5; quick: 1.")
  private Integer rounds;

  @Option(names = "--events", description = "Measured events; default: 1,000,000; quick: 30,000.")
  private Integer events;

  @Option(
      names = "--warm-up",
      description = "Events before measuring; default: 300,000; quick: 5,000.")
  private Integer warmUp;

  @Option(
      names = "--hidden",
      split = ",",
      description = "Hidden sizes, one layer; default: 32,64; quick: 32.")
  private List<Integer> hidden;

  @Option(
      names = "--kernels",
      split = ",",
      description = "Default: plain,vector.",
      defaultValue = "plain,vector")
  private List<String> kernels;

  @Option(
      names = "--one-by-one",
      description = "Also measure each kernel without advancing several keys at once.")
  private boolean oneByOne;

  @Option(
      names = "--jfr",
      paramLabel = "FOLDER",
      description = "Record each variant with Java Flight Recorder (settings: profile).")
  private Path jfr;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("pipeline: events per second, Kafka to Flink to Kafka");
    List<JobVariant> variants = variants(report);
    PipelineResults results = new PipelineResults(variants);
    int roundCount = common.orElse(rounds, 5, 1);
    long total = (long) warmUpEvents() + common.orElse(events, 1_000_000, 30_000);
    if (jfr != null) {
      Files.createDirectories(jfr);
    }
    try (TemporaryFolder folder = new TemporaryFolder();
        Broker broker = new Broker(folder)) {
      Map<Integer, Path> models = new HashMap<>();
      for (JobVariant variant : variants) {
        models.put(
            variant.hiddenSize(),
            Models.write(
                Models.model(jobs.card(), variant.hiddenSize(), 1), folder.folder("models")));
      }
      broker.createTopics(TICKS);
      TickTopic.fill(broker, TICKS, jobs.ticks(), total);
      for (int round = 1; round <= roundCount; round++) {
        for (JobVariant variant : variants) {
          String name = variant + "-" + round;
          Throughput throughput =
              measure(broker, variant, models.get(variant.hiddenSize()), name, total);
          Progress.say(
              "round %d: %s %,.0f events per CPU-second, %,.0f per second",
              round, variant, throughput.perCpuSecond(), throughput.perSecond());
          results.add(variant, throughput);
        }
      }
    }
    report.note(
        "Rounds: " + roundCount + "; " + warmUpEvents() + " events to warm up, then to " + total);
    report.note(jobs.describe(preset()));
    results.fill(report);
    report.publish(common);
    return 0;
  }

  private Preset preset() throws IOException {
    return jobs.preset(Preset.THROUGHPUT);
  }

  private int warmUpEvents() {
    return common.orElse(warmUp, 300_000, 5_000);
  }

  private List<JobVariant> variants(Report report) {
    List<Integer> sizes = common.orElse(hidden, List.of(32, 64), List.of(32));
    List<JobVariant> variants = new ArrayList<>();
    variants.add(JobVariant.passThrough(sizes.get(0)));
    for (String kernel : kernels) {
      String whyNot = Kernels.whyNot(kernel);
      if (whyNot != null) {
        report.note("Left out: " + whyNot);
        continue;
      }
      for (int size : sizes) {
        variants.add(JobVariant.forecast(kernel, size));
        if (oneByOne) {
          variants.add(JobVariant.oneByOne(kernel, size));
        }
      }
    }
    return variants;
  }

  private Throughput measure(Broker broker, JobVariant variant, Path model, String name, long total)
      throws IOException, InterruptedException {
    List<String> jvmOptions = new ArrayList<>(jobs.jvmOptions());
    if (jfr != null) {
      jvmOptions.add(
          "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
              + jfr.resolve(name + ".jfr").toAbsolutePath());
    }
    try (JobTopics topics = new JobTopics(broker, TICKS, name)) {
      JobSpec spec = jobs.spec(preset(), variant, model, broker, topics);
      List<Sample> samples = new ArrayList<>();
      try (FlinkJob job = new FlinkJob(spec, jvmOptions)) {
        long records = 0;
        while (records < total) {
          Thread.sleep(SAMPLE_MILLIS);
          job.checkRunning();
          records = broker.endOffset(topics.predictions());
          samples.add(new Sample(records, job.cpuTime().toNanos(), System.nanoTime()));
        }
      }
      topics.checkOnlyPredictions();
      return Throughput.of(samples, warmUpEvents(), total);
    }
  }
}
