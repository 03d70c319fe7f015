package io.flinklstm.local;

import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.jobs.config.ModelCure;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.demo.DemoCommand;
import io.flinklstm.local.embedded.SubmitLocalCommand;
import io.flinklstm.local.model.CardCommand;
import io.flinklstm.local.model.ModelCommand;
import io.flinklstm.local.ticks.ConsumeCommand;
import io.flinklstm.local.ticks.ReplayCommand;
import io.flinklstm.local.train.BacktestCommand;
import io.flinklstm.local.train.TrainCommand;
import io.flinklstm.local.train.VectorJvm;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line of the local jar. */
@Command(
    description = "Stateful LSTM forecasting for Apache Flink, on one machine.",
    mixinStandardHelpOptions = true,
    versionProvider = LocalCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n")
public final class LocalCommand {

  /** Commands that are heavy on arithmetic and do not depend on how the JVM was started. */
  private static final Set<String> FASTER_WITH_VECTORS = Set.of("train", "backtest");

  private LocalCommand() {}

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = LocalCommand.class.getPackage().getImplementationVersion();
      return new String[] {"flink-lstm " + (version == null ? "(development)" : version)};
    }
  }

  public static void main(String[] arguments) throws Exception {
    Terminal.eraseIncubatorWarning();
    Resources resources = new Resources();
    Runtime.getRuntime().addShutdownHook(new Thread(resources::close, "close"));
    int exitCode;
    try {
      exitCode =
          arguments.length > 0 && FASTER_WITH_VECTORS.contains(arguments[0]) && VectorJvm.isOfUse()
              ? resources.add(VectorJvm.start(LocalCommand.class, arguments)).await()
              : commandLine(resources).execute(arguments);
    } finally {
      resources.close();
    }
    System.exit(exitCode);
  }

  public static CommandLine commandLine(Resources resources) {
    CommandLine commandLine = new CommandLine(new LocalCommand());
    commandLine
        .getCommandSpec()
        .usageMessage()
        .footer(
            "%nRun COMMAND --help for details. JVM options go "
                + CommandText.placeOfJvmOptions()
                + ": -Xmx4g for more memory, -Dflink-lstm.log=INFO for logging.");
    return commandLine
        .setCommandName(CommandText.name())
        .addSubcommand("demo", new DemoCommand(resources))
        .addSubcommand("replay", new ReplayCommand(resources))
        .addSubcommand("consume", new ConsumeCommand(resources))
        .addSubcommand(
            "submit-local",
            new CommandLine(new SubmitLocalCommand(resources))
                .setUnmatchedOptionsArePositionalParams(true))
        .addSubcommand("train", new TrainCommand(resources))
        .addSubcommand("backtest", new BacktestCommand(resources))
        .addSubcommand("model", new ModelCommand())
        .addSubcommand("card", new CardCommand())
        .setUsageHelpWidth(Terminal.helpWidth())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(parsed -> execute(parsed, resources))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (resources.isClosing()) {
                return CommandText.INTERRUPTED;
              }
              Terminal.printError("Error: " + message(failure));
              return command.getCommandSpec().exitCodeOnExecutionException();
            })
        .setParameterExceptionHandler(LocalCommand::explain);
  }

  /** Reports running out of memory as an error, so that it does not look like a result. */
  private static int execute(ParseResult parsed, Resources resources) {
    String lack;
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) {
      lack =
          String.format(
              Locale.ROOT,
              "not enough memory, got %,d MB (%s); raise the limit with -Xmx %s",
              Runtime.getRuntime().maxMemory() >> 20,
              e.getMessage(),
              CommandText.placeOfJvmOptions());
    } catch (StackOverflowError e) {
      lack =
          "not enough stack memory; raise the limit with -Xss " + CommandText.placeOfJvmOptions();
    }
    if (resources.isClosing()) {
      return CommandText.INTERRUPTED;
    }
    Terminal.printError("Error: " + lack);
    List<CommandLine> commands = parsed.asCommandLineList();
    return commands.get(commands.size() - 1).getCommandSpec().exitCodeOnExecutionException();
  }

  private static String message(Exception failure) {
    if (failure instanceof ModelFileException refusal) {
      return ModelCure.message(refusal, "--card");
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static int explain(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    Terminal.printError("Error: " + failure.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    System.err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
