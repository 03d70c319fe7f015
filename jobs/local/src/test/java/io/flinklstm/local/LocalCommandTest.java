package io.flinklstm.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.Resources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What the user reads after a mistake; no command gets as far as starting or reaching a broker. */
@Isolated("System.out, System.err and the temporary folder belong to the whole JVM.")
class LocalCommandTest {

  private static final int FAILED = 1;
  private static final int NOT_UNDERSTOOD = 2;

  @TempDir private Path folder;
  private final Resources resources = new Resources();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private PrintStream outBefore;
  private PrintStream errBefore;
  private String temporaryFolderBefore;

  @BeforeEach
  void capture() {
    outBefore = System.out;
    errBefore = System.err;
    temporaryFolderBefore = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
  }

  @AfterEach
  void restore() {
    resources.close();
    System.setOut(outBefore);
    System.setErr(errBefore);
    System.setProperty("java.io.tmpdir", temporaryFolderBefore);
  }

  @Test
  void unknownCommandIsNamedWithTheNearest() {
    assertThat(execute("repaly")).isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).startsWith("Error: ").contains("'repaly'", "replay", "Try: lstm --help");
  }

  @Test
  void missingCommandIsNamed() {
    assertThat(execute()).isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).startsWith("Error: Missing required subcommand");
  }

  @Test
  void missingOptionsAreNamed() {
    assertThat(execute("replay", "--key", "k")).isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).contains("expected --file too", "Try: lstm replay --help");
  }

  @Test
  void unknownOptionIsNamedWithTheNearest() {
    assertThat(execute("consume", "--topics", "t")).isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).contains("'--topics'", "--topic");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "0x", "-1x", "60", "1.2.3x", "x", "", "..x"})
  void badSpeedIsExplained(String speed) {
    assertThat(execute("demo", "--speed", speed)).isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).contains("--speed").contains("expected 1x, 60x, 0.5x or max, got " + speed);
  }

  @Test
  void badTimeFormatNamesTheChoices() {
    assertThat(execute("replay", "--file=f", "--time-field=t", "--key=k", "--time-format=min"))
        .isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).contains("--time-format", "ms, s, us, ns, iso", "min");
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1001,1", "1,0", "1,100001"})
  void demoNamesItsBounds(String keys, String rows) {
    assertThat(execute("demo", "--keys", keys, "--rows", rows)).isEqualTo(FAILED);
    assertThat(err())
        .isEqualTo(
            "Error: expected --keys of 1 to 1000 and --rows of 1 to 100000, got %s and %s\n"
                .formatted(keys, rows));
  }

  @Test
  void replayWantsOneOfKeyAndKeyField() {
    assertThat(execute("replay", "--file=f", "--time-field=t")).isEqualTo(FAILED);
    assertThat(execute("replay", "--file=f", "--time-field=t", "--key=k", "--key-field=s"))
        .isEqualTo(FAILED);
    assertThat(err())
        .isEqualTo(
            "Error: expected one of --key-field and --key, got neither\n"
                + "Error: expected one of --key-field and --key, got both\n");
  }

  @Test
  void replayWantsOneOfFileAndDeadLetters() {
    assertThat(execute("replay", "--topic=t")).isEqualTo(FAILED);
    assertThat(
            execute(
                "replay",
                "--dead-letters=d",
                "--file=f",
                "--time-field=t",
                "--key=k",
                "--code=empty_value"))
        .isEqualTo(FAILED);
    assertThat(err())
        .isEqualTo(
            "Error: expected --file or --dead-letters, got neither\n"
                + "Error: expected the options of --file or those of --dead-letters, got both:"
                + " --dead-letters --file --time-field --key --code\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--code=MALFORMED,--dead-letters",
    "--group=g,--dead-letters",
    "--from-beginning,--dead-letters",
    "--speed=1x,--file",
    "--file=f,--time-field"
  })
  void optionsOfAReplayDoNotStandAlone(String option, String missing) {
    assertThat(execute("replay", option)).isEqualTo(NOT_UNDERSTOOD);
    assertThat(err())
        .isEqualTo(
            "Error: expected %s too, got only %s\n".formatted(missing, option.split("=")[0])
                + "Try: lstm replay --help\n");
  }

  @Test
  void optionsForAFileMeanNothingToDeadLetters() {
    assertThat(execute("replay", "--dead-letters=d", "--key-field=k")).isEqualTo(FAILED);
    assertThat(err())
        .isEqualTo(
            "Error: expected the options of --file or those of --dead-letters, got both:"
                + " --dead-letters --key-field\n");
  }

  @Test
  void badRejectionCodeNamesTheChoices() {
    assertThat(execute("replay", "--dead-letters=d", "--code=MALFORMED,LATE"))
        .isEqualTo(NOT_UNDERSTOOD);
    assertThat(err()).contains("--code", "TOMBSTONE, EMPTY_VALUE, MALFORMED", "LATE");
  }

  @Test
  void replayNamesABrokerThatDoesNotAnswer() {
    assertThat(execute("replay", "--dead-letters=d", "--bootstrap-server=localhost:1"))
        .isEqualTo(FAILED);
    assertThat(err())
        .startsWith("Error: --bootstrap-server: expected a Kafka broker that answers within 10 s")
        .hasLineCount(1);
  }

  @Test
  void replayNamesAMissingFile() {
    Path missing = folder.resolve("missing.csv");
    assertThat(execute("replay", "--file=" + missing, "--time-field=t", "--key=k"))
        .isEqualTo(FAILED);
    assertThat(err()).isEqualTo("Error: --file: expected a file, got none at " + missing + "\n");
  }

  @Test
  void unknownJobOptionIsNamedWithTheNearest() throws IOException {
    assertThat(execute("submit-local", "--lstm.kernl", "plain")).isEqualTo(FAILED);
    assertThat(err())
        .isEqualTo(
            "Error: lstm.kernl: expected a known option, got this; did you mean lstm.kernel?\n");
    resources.close();
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void missingJobOptionIsNamed() {
    assertThat(execute("submit-local", "--lstm.model.path", "m")).isEqualTo(FAILED);
    assertThat(err())
        .startsWith("Error: lstm.kafka.bootstrap-servers: expected a value, got none; give it as");
  }

  @Test
  void missingModelIsNamed() {
    Path missing = folder.resolve("model");
    assertThat(
            execute(
                "submit-local",
                "--lstm.kafka.bootstrap-servers=localhost:9",
                "--lstm.model.path=" + missing))
        .isEqualTo(FAILED);
    assertThat(err()).startsWith("Error: lstm.model.path: expected to read " + missing);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "replay",
        "consume",
        "submit-local",
        "model",
        "model inspect",
        "model convert",
        "model check",
        "card",
        "card init"
      })
  void everyCommandHasHelp(String command) {
    assertThat(execute((command + " --help").split(" "))).isZero();
    assertThat(out.toString(UTF_8)).contains("Usage: lstm " + command);
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"60,lstm", "80,bin/lstm", "80,java -jar jobs/target/flink-lstm-local.jar"})
  void helpFitsTheTerminal(int width, String name) {
    CommandLine command = LocalCommand.commandLine(resources).setCommandName(name);
    command.setUsageHelpWidth(width);
    assertHelpFits(command, width);
  }

  private static void assertHelpFits(CommandLine command, int width) {
    assertThat(command.getUsageMessage().lines()).allMatch(line -> line.length() <= width);
    command.getSubcommands().values().forEach(below -> assertHelpFits(below, width));
  }

  @Test
  void helpOfSubmitLocalHasTheOptionsOfTheJob() {
    execute("submit-local", "--help");
    assertThat(out.toString(UTF_8)).contains("--lstm.kafka.bootstrap-servers", "--lstm.kernel");
  }

  @Test
  void afterTheEndHasBegunFailuresAreOfNoInterest() {
    resources.close();
    assertThat(execute("demo", "--keys", "0")).isEqualTo(130);
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "heap | MB (Java heap space); raise the limit with -Xmx before -jar",
        "stack | not enough stack memory; raise the limit with -Xss before -jar"
      })
  void lackOfMemoryEndsInOneLineAndTheCommandsOwnExitCode(String what, String message) {
    CommandLine command = LocalCommand.commandLine(resources);
    command.addSubcommand(new LackingCommand());
    assertThat(command.execute("lacking", what)).isEqualTo(CommandText.REFUSED);
    assertThat(err()).startsWith("Error: not enough ").endsWith(message + "\n").hasLineCount(1);
  }

  @Command(name = "lacking", exitCodeOnExecutionException = CommandText.REFUSED)
  private static final class LackingCommand implements Runnable {
    @Parameters private String what;

    @Override
    public void run() {
      throw what.equals("heap")
          ? new OutOfMemoryError("Java heap space")
          : new StackOverflowError();
    }
  }

  private int execute(String... arguments) {
    return LocalCommand.commandLine(resources).execute(arguments);
  }

  private String err() {
    return err.toString(UTF_8).replace("\r\n", "\n");
  }
}
