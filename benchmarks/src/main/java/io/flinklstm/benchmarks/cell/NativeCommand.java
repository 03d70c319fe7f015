package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.CommonOptions;
import io.flinklstm.benchmarks.harness.RandomWeights;
import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.Table;
import io.flinklstm.benchmarks.harness.Table.Column;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures only the C++ step, with all of its variants. */
@Command(
    name = "native",
    description =
        "Only the C++ step, with every blocking variant that it tries; the cell benchmark measures"
            + " the fastest of them.")
public final class NativeCommand implements Callable<Integer> {

  private static final int INPUTS = 64;

  @Mixin private CommonOptions common;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "LAYERSxHIDDEN",
      converter = CellSize.Converter.class,
      description = "Default: 1x32,1x64,1x128,1x256; quick: 1x64.")
  private List<CellSize> sizes;

  @Override
  public Integer call() throws Exception {
    Report report = new Report("native: nanoseconds of one step and its head in C++");
    Table table =
        report.table(
            "native",
            "The fastest variant of each",
            new Column("size", "size", 0),
            new Column("contender", "contender", 0),
            new Column("ns_per_step", "ns/step", 1),
            new Column("g_fma_per_second", "G fma/s", 1),
            new Column("variant", "variant", 0));
    Table trials =
        report.table(
            "variants",
            "All variants, measured briefly",
            new Column("variant", "variant", 0),
            new Column("size", "size", 0),
            new Column("contender", "contender", 0),
            new Column("ns_per_step", "ns/step", 1));
    Plan plan = common.isQuick() ? new Plan(1, 3, 50) : new Plan(3, 15, 100);
    try (TemporaryFolder folder = new TemporaryFolder()) {
      Contenders contenders = new Contenders(List.of("cpp", "cpp-avx512"), report, folder);
      for (CellSize size :
          common.orElse(
              sizes,
              CellSize.parseAll("1x32", "1x64", "1x128", "1x256"),
              CellSize.parseAll("1x64"))) {
        contenders.differences(size, contenders.names());
        for (Map.Entry<String, NativeStep> contender : contenders.natives().entrySet()) {
          byte[] model =
              NativeModelFile.of(size.weights(), RandomWeights.inputs(INPUTS, CellSize.INPUT_SIZE));
          NativeStep.Run run = contender.getValue().run(model, plan);
          table
              .row()
              .put("size", size.toString())
              .put("contender", contender.getKey())
              .put("ns_per_step", run.timing().nanos())
              .put("g_fma_per_second", size.multiplyAdds() / run.timing().nanos())
              .put("variant", run.timing().variant());
          run.trials()
              .properties()
              .forEach(
                  trial ->
                      trials
                          .row()
                          .put("variant", trial.getKey())
                          .put("size", size.toString())
                          .put("contender", contender.getKey())
                          .put("ns_per_step", trial.getValue().asDouble()));
        }
      }
    }
    report.publish(common);
    return 0;
  }
}
