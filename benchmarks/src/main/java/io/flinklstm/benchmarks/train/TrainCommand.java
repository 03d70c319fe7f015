package io.flinklstm.benchmarks.train;

import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.benchmarks.harness.CommonOptions;
import io.flinklstm.benchmarks.harness.Progress;
import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.Samples;
import io.flinklstm.benchmarks.harness.Table;
import io.flinklstm.benchmarks.harness.Table.Column;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the cost of an epoch of training, compared with PyTorch. */
@Command(
    name = "train",
    description =
        "CPU seconds per epoch of training, hidden size 64, on one thread, alternating with PyTorch"
            + " if Python has it (Debian: python3-torch).")
public final class TrainCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(
      names = "--tasks",
      split = ",",
      defaultValue = "fx,etth1,bitstamp",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<TrainTask> tasks;

  @Option(names = "--rounds", description = "Default: 5; quick: 1.")
  private Integer rounds;

  @Option(
      names = "--python",
      defaultValue = "python3",
      description = "The interpreter; default: ${DEFAULT-VALUE}.")
  private String python;

  @Override
  public Integer call() throws IOException {
    Report report = new Report("train: an epoch of training");
    PyTorch torch = new PyTorch(python);
    String version = torch.version();
    report.note(version == null ? python + " has no PyTorch" : "PyTorch " + version);
    Table table =
        report.table(
            "train",
            "CPU-seconds of an epoch, medians",
            new Column("task", "task", 0),
            new Column("flink_lstm", "flink-lstm", 3),
            new Column("flink_lstm_spread", "spread %", 0),
            new Column("pytorch", "PyTorch", 3),
            new Column("pytorch_spread", "spread %", 0),
            new Column("ratio", "ours / PyTorch", 2));
    for (TrainTask task : tasks) {
      Samples ours = new Samples();
      Samples theirs = new Samples();
      for (int round = 1; round <= common.orElse(rounds, 5, 1); round++) {
        Progress.say("%s, round %d", task.label(), round);
        ours.add(epochSeconds(task));
        if (version != null) {
          theirs.add(torch.epochSeconds(task, 1, measured()));
        }
      }
      table
          .row()
          .put("task", task.label())
          .put("flink_lstm", ours.median())
          .put("flink_lstm_spread", ours.spreadPercent())
          .put("pytorch", theirs.median())
          .put("pytorch_spread", theirs.spreadPercent())
          .put("ratio", ours.median() / theirs.median());
    }
    report.publish(common);
    return 0;
  }

  private int measured() {
    return common.isQuick() ? 1 : 10;
  }

  private double epochSeconds(TrainTask task) throws IOException {
    try (TemporaryFolder folder = new TemporaryFolder();
        ChildJvm jvm =
            new ChildJvm(
                TrainMain.class,
                folder.path(),
                List.of("-Xmx1g"),
                task.name(),
                // Enough epochs for the JIT compiler to finish.
                common.isQuick() ? "1" : "10",
                Integer.toString(measured()))) {
      return Double.parseDouble(jvm.await(TrainMain.RESULT));
    }
  }
}
