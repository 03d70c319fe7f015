package io.flinklstm.benchmarks;

import io.flinklstm.benchmarks.cell.CellCommand;
import io.flinklstm.benchmarks.cell.NativeCommand;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import io.flinklstm.benchmarks.latency.LatencyCommand;
import io.flinklstm.benchmarks.pipeline.PipelineCommand;
import io.flinklstm.benchmarks.scale.ScaleCommand;
import io.flinklstm.benchmarks.train.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The command line of the benchmarks. */
@Command(
    name = "benchmarks/run",
    description = "Measures the cost of a step, the job, its state and training on this machine.",
    subcommands = {
      CellCommand.class,
      NativeCommand.class,
      PipelineCommand.class,
      LatencyCommand.class,
      ScaleCommand.class,
      TrainCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "BENCHMARK",
    commandListHeading = "%nBenchmarks:%n",
    footer = "%nUse BENCHMARK --help for its options.")
public final class BenchmarksCommand {

  private BenchmarksCommand() {}

  public static void main(String[] arguments) {
    TemporaryFolder.deleteOwnAtExit();
    CommandLine command = new CommandLine(new BenchmarksCommand());
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failure.printStackTrace();
          return failed.getCommandSpec().exitCodeOnExecutionException();
        });
    command.setParameterExceptionHandler(BenchmarksCommand::explain);
    System.exit(command.execute(arguments));
  }

  private static int explain(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    System.err.println("Error: " + failure.getMessage());
    System.err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
