package io.flinklstm.benchmarks.cell;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One run of {@link CellBenchmark} in its own JVM. */
final class JmhFork {

  private static final String BYTES_PER_STEP = "gc.alloc.rate.norm";

  private JmhFork() {}

  static Timing measure(String contender, CellSize size, Plan plan) throws RunnerException {
    TimeValue time = TimeValue.milliseconds(plan.milliseconds());
    Options options =
        new OptionsBuilder()
            .include(CellBenchmark.class.getName())
            .param("contender", contender)
            .param("size", size.toString())
            .forks(1)
            .jvmArgs(
                "-Xms512m",
                "-Xmx512m",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"))
            .warmupIterations(plan.warmUps())
            .warmupTime(time)
            .measurementIterations(plan.iterations())
            .measurementTime(time)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    RunResult result = new Runner(options).runSingle();
    Result<?> bytes = result.getSecondaryResults().get(BYTES_PER_STEP);
    return new Timing(
        result.getPrimaryResult().getStatistics().getPercentile(50),
        bytes == null ? Double.NaN : bytes.getScore(),
        null);
  }
}
