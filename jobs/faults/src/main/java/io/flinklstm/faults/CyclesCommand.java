package io.flinklstm.faults;

import io.flinklstm.faults.campaign.SubmitCycles;
import io.flinklstm.faults.campaign.SubmitCycles.Footprint;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows whether jobs leave anything behind in a cluster. */
@Command(
    name = "cycles",
    description =
        "Submits the job to one cluster and cancels it, again and again, and prints what the"
            + " processes hold after a collection of garbage.",
    mixinStandardHelpOptions = true)
final class CyclesCommand implements Callable<Integer> {

  @Mixin private RunOptions options;

  @Option(names = "--cycles", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
  private int cycles;

  @Option(
      names = "--every",
      defaultValue = "10",
      description = "Measures after every so many. Default: ${DEFAULT-VALUE}.")
  private int every;

  @Override
  public Integer call() throws Exception {
    List<Footprint> footprints =
        new SubmitCycles(options.setup(), options.folder(), System.out::println).run(cycles, every);
    return footprints.isEmpty() ? 1 : 0;
  }
}
