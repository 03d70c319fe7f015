package io.flinklstm.faults;

import io.flinklstm.faults.campaign.SubmitCycles;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checks whether jobs leave anything behind in a cluster. */
@Command(
    name = "cycles",
    description =
        "Repeatedly submits the job to one cluster and cancels it, and prints what the processes"
            + " hold after a garbage collection. Exits with code 1 if that grows.",
    mixinStandardHelpOptions = true)
final class CyclesCommand implements Callable<Integer> {

  @Mixin private RunOptions options;
  @Spec private CommandSpec command;

  @Option(names = "--cycles", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
  private int cycles;

  @Option(
      names = "--every",
      defaultValue = "10",
      description = "Number of cycles between measurements. Default: ${DEFAULT-VALUE}.")
  private int every;

  @Override
  public Integer call() throws Exception {
    if (cycles < 2 * every) {
      throw new ParameterException(
          command.commandLine(),
          "--cycles: expected at least twice --every, because growth needs two measurements, got "
              + cycles
              + " and "
              + every);
    }
    List<String> complaints =
        SubmitCycles.complaints(
            new SubmitCycles(options.setup(), options.folder(), System.out::println)
                .run(cycles, every));
    System.out.println(complaints.isEmpty() ? "Flat." : String.join("\n", complaints));
    return complaints.isEmpty() ? 0 : 1;
  }
}
