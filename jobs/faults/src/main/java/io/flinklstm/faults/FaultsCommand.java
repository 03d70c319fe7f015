package io.flinklstm.faults;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The main class of jobs/faults/run. */
@Command(
    name = "jobs/faults/run",
    description = "Tests the job jar on real processes.",
    subcommands = {CampaignCommand.class, CyclesCommand.class, CommandLine.HelpCommand.class},
    mixinStandardHelpOptions = true)
public final class FaultsCommand {

  private FaultsCommand() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new FaultsCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }
}
