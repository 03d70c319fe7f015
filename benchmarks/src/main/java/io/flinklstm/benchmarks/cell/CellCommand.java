package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.CommonOptions;
import io.flinklstm.benchmarks.harness.Progress;
import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures one LSTM step with its head: our kernels, ONNX Runtime, handwritten C++. */
@Command(
    name = "cell",
    description =
        "One LSTM step and its linear head, 8 features, float32: our kernels, ONNX Runtime with one"
            + " thread, and handwritten C++ as the practical limit. In each round every contender"
            + " runs in its own process; results are medians over the rounds.")
public final class CellCommand implements Callable<Integer> {

  private static final List<String> ODD_CONTENDERS = List.of("plain", "vector");

  @Mixin private CommonOptions common;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "LAYERSxHIDDEN",
      converter = CellSize.Converter.class,
      description = "Default: 1x32,1x64,1x128,1x256,2x64,2x128,3x256; quick: 1x64.")
  private List<CellSize> sizes;

  @Option(
      names = "--odd-sizes",
      split = ",",
      paramLabel = "LAYERSxHIDDEN",
      converter = CellSize.Converter.class,
      description =
          "Compared with the next multiple of 16 on the kernels plain and vector. Default:"
              + " 1x17,1x50,1x100; quick: 1x17; none if --sizes is given.")
  private List<CellSize> oddSizes;

  @Option(
      names = "--contenders",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "ejml,plain,vector,onnxruntime,cpp,cpp-avx512",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<String> contenders;

  @Option(names = "--rounds", description = "Default: 3; quick: 1.")
  private Integer rounds;

  @Option(
      names = "--iterations",
      description = "Measured iterations per process; default: 5; quick: 1.")
  private Integer iterations;

  @Option(
      names = "--warm-ups",
      description = "Warm-up iterations per process; default: 5; quick: 1.")
  private Integer warmUps;

  @Option(
      names = "--milliseconds",
      description = "Duration of an iteration; default: 200; quick: 100.")
  private Integer milliseconds;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("cell: nanoseconds of one step and its head");
    List<CellSize> mainSizes =
        common.orElse(
            sizes,
            CellSize.parseAll("1x32", "1x64", "1x128", "1x256", "2x64", "2x128", "3x256"),
            CellSize.parseAll("1x64"));
    List<CellSize> odd =
        sizes != null && oddSizes == null
            ? List.of()
            : common.orElse(
                oddSizes, CellSize.parseAll("1x17", "1x50", "1x100"), CellSize.parseAll("1x17"));
    Plan plan =
        new Plan(
            common.orElse(warmUps, 5, 1),
            common.orElse(iterations, 5, 1),
            common.orElse(milliseconds, 200, 100));
    int roundCount = common.orElse(rounds, 3, 1);
    try (TemporaryFolder folder = new TemporaryFolder()) {
      Contenders present = new Contenders(contenders, report, folder);
      CellResults results = new CellResults();
      for (CellSize size : mainSizes) {
        results.setDifferences(size, present.differences(size, present.names()));
      }
      for (CellSize size : odd) {
        present.differences(size, present.names(ODD_CONTENDERS));
        present.differences(size.padded(), present.names(ODD_CONTENDERS));
      }
      for (int round = 1; round <= roundCount; round++) {
        measure(present, mainSizes, odd, plan, round, results);
      }
      report.note(
          "Rounds: "
              + roundCount
              + "; in each process "
              + plan.warmUps()
              + " + "
              + plan.iterations()
              + " iterations of "
              + plan.milliseconds()
              + " ms");
      report.note(
          "All outputs of 100 steps agree with the plain kernel's: vector to the bit, C++ within"
              + " 1e-5, others within 1e-4.");
      results.fill(report, mainSizes, odd, present.names());
    }
    report.publish(common);
    return 0;
  }

  private static void measure(
      Contenders contenders,
      List<CellSize> sizes,
      List<CellSize> oddSizes,
      Plan plan,
      int round,
      CellResults results)
      throws Exception {
    Set<CellSize> all = new LinkedHashSet<>(sizes);
    for (CellSize odd : oddSizes) {
      all.add(odd);
      all.add(odd.padded());
    }
    for (CellSize size : all) {
      List<String> names =
          sizes.contains(size) ? contenders.names() : contenders.names(ODD_CONTENDERS);
      for (String name : names) {
        measure(contenders, name, size, plan, round, results);
      }
    }
  }

  private static void measure(
      Contenders contenders, String name, CellSize size, Plan plan, int round, CellResults results)
      throws java.io.IOException, InterruptedException, RunnerException {
    Timing timing = contenders.measure(name, size, plan);
    Progress.say("round %d: %s %s %,.0f ns", round, size, name, timing.nanos());
    results.add(size, name, timing);
  }
}
