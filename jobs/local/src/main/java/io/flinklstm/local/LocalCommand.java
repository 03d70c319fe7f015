package io.flinklstm.local;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line of the local jar. */
@Command(
    name = "java -jar flink-lstm-local.jar",
    description = "Stateful LSTM forecasting for Apache Flink, on one machine.",
    mixinStandardHelpOptions = true,
    versionProvider = LocalCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = "%nCOMMAND --help tells more. -Dflink-lstm.log=INFO before -jar shows the log.")
public final class LocalCommand {

  private static final int INTERRUPTED = 130;

  private LocalCommand() {}

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = LocalCommand.class.getPackage().getImplementationVersion();
      return new String[] {"flink-lstm " + (version == null ? "(development)" : version)};
    }
  }

  public static void main(String[] arguments) {
    Resources resources = new Resources();
    Runtime.getRuntime().addShutdownHook(new Thread(resources::close, "close"));
    int exitCode;
    try {
      exitCode = commandLine(resources).execute(arguments);
    } finally {
      resources.close();
    }
    System.exit(exitCode);
  }

  static CommandLine commandLine(Resources resources) {
    return new CommandLine(new LocalCommand())
        .addSubcommand("demo", new DemoCommand(resources))
        .addSubcommand("replay", new ReplayCommand(resources))
        .addSubcommand("consume", new ConsumeCommand(resources))
        .addSubcommand(
            "submit-local",
            new CommandLine(new SubmitLocalCommand(resources))
                .setUnmatchedOptionsArePositionalParams(true))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (resources.isClosing()) {
                return INTERRUPTED;
              }
              System.err.println("Error: " + message(failure));
              return command.getCommandSpec().exitCodeOnExecutionException();
            })
        .setParameterExceptionHandler(LocalCommand::explain);
  }

  private static String message(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static int explain(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    System.err.println("Error: " + failure.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    System.err.println("Try: java -jar flink-lstm-local.jar " + subcommand(command) + "--help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static String subcommand(CommandLine command) {
    return command.getParent() == null ? "" : command.getCommandName() + " ";
  }
}
