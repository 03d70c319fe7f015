package io.flinklstm.benchmarks.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.benchmarks.job.Models;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.ForecastSettings;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.LstmForecastOperator;
import io.flinklstm.stream.StreamTypes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Flink's JVM: runs a job with many keys and measures it from within. */
final class ScaleMain {

  static final String RESULT = "RESULT ";

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ScaleMain() {}

  public static void main(String[] arguments) throws Exception {
    ChildJvm.endWithParent();
    ObjectMapper json = new ObjectMapper();
    ScaleSpec spec = json.readValue(Path.of(arguments[0]).toFile(), ScaleSpec.class);
    Configuration configuration = Configuration.fromMap(spec.flinkOptions());
    JobGraph graph = graph(spec, configuration);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .build());
    cluster.start();
    cluster.submitJob(graph).get();
    cluster
        .requestJobResult(graph.getJobID())
        .thenAccept(
            failed -> {
              failed.getSerializedThrowable().ifPresent(Throwable::printStackTrace);
              System.exit(1); // The job ends by itself only if it fails.
            });
    ScaleResult result = measure(spec, cluster, graph.getJobID());
    System.out.println(RESULT + json.writeValueAsString(result));
    Thread.currentThread().join();
  }

  private static JobGraph graph(ScaleSpec spec, Configuration configuration) throws IOException {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(1);
    ForecastModel model = Models.model(Models.card(null), spec.hiddenSize(), 1);
    ForecastSettings settings =
        new ForecastSettings(
            StreamPolicy.of(model.card()),
            Duration.ZERO,
            ForecastSettings.DEFAULT_MAX_BUFFERED_EVENTS,
            KernelType.valueOf(spec.kernel().toUpperCase(Locale.ROOT)),
            OnModelChange.FAIL);
    env.fromSequence(0, Long.MAX_VALUE)
        .map(new KeyedObservations(spec.keys(), spec.uniform()))
        .returns(StreamTypes.OBSERVATION)
        .keyBy(Observation::key)
        .transform(
            "lstm-forecast",
            StreamTypes.PREDICTION,
            new LstmForecastOperator(new LstmForecastFunction(model, settings)))
        .filter(new CountingFunction())
        .sinkTo(new DiscardingSink<>());
    return env.getStreamGraph().getJobGraph();
  }

  private static ScaleResult measure(ScaleSpec spec, MiniCluster cluster, JobID job)
      throws Exception {
    await(cluster, job, () -> CountingFunction.count() > 0);
    long start = System.nanoTime();
    long fillEnd = start + TimeUnit.SECONDS.toNanos(spec.fillSeconds());
    await(
        cluster,
        job,
        () -> CountingFunction.count() >= spec.keys() || System.nanoTime() >= fillEnd);
    long filled = CountingFunction.count();
    double fillSeconds = (System.nanoTime() - start) / 1e9;

    long cpu = SYSTEM.getProcessCpuTime();
    long wall = System.nanoTime();
    long count = CountingFunction.count();
    Thread.sleep(TimeUnit.SECONDS.toMillis(spec.seconds()));
    double events = CountingFunction.count() - count;
    double seconds = (System.nanoTime() - wall) / 1e9;
    double cpuSeconds = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;

    cluster.triggerCheckpoint(job, CheckpointType.FULL).get();
    CompletedCheckpointStats checkpoint =
        cluster
            .getExecutionGraph(job)
            .get()
            .getCheckpointStatsSnapshot()
            .getHistory()
            .getLatestCompletedCheckpoint();
    long keys = Math.min(spec.keys(), CountingFunction.count());
    Path savepoint =
        Path.of(
            URI.create(
                cluster
                    .triggerSavepoint(
                        job, spec.savepointFolder(), false, SavepointFormatType.CANONICAL)
                    .get()));
    System.gc();
    return new ScaleResult(
        keys,
        filled / fillSeconds,
        events / seconds,
        events / cpuSeconds,
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        residentBytes(),
        bytesIn(savepoint),
        checkpoint.getStateSize(),
        checkpoint.getEndToEndDuration());
  }

  /** Waits for a condition; fails if the job has failed, which would never meet it. */
  private static void await(MiniCluster cluster, JobID job, BooleanSupplier condition)
      throws Exception {
    while (!condition.getAsBoolean()) {
      JobStatus status = cluster.getJobStatus(job).get();
      if (status.isTerminalState()) {
        throw new IllegalStateException("job: expected it to run, got " + status);
      }
      Thread.sleep(1);
    }
  }

  private static long bytesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(-1);
    }
  }
}
