package io.flinklstm.local.ticks;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.local.console.Progress;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.kafka.KafkaClientOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends the rows of a CSV file, or the dead letters of a topic, to a topic, in order. */
@Command(
    name = "replay",
    description = {
      "Sends the rows of a CSV file (plain or gzip, with a header line) to a topic, as the JSON"
          + " that the forecast job reads by default (lstm.source.format: json): key, event_time in"
          + " ms, and the other columns under their own names.",
      "Or sends dead letters, in any format, back to where they came from, with their original key,"
          + " value, headers, timestamp and partition."
    },
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {

  private static final String DEFAULT_TOPIC = "ticks";

  private final Resources resources;

  @Spec private CommandSpec spec;

  @Mixin private KafkaClientOptions kafka;

  @Option(
      names = "--topic",
      description =
          "The topic to send to. Default: "
              + DEFAULT_TOPIC
              + "; for dead letters, the one that each came from.")
  private String topic;

  @ArgGroup(exclusive = false, heading = "%nFrom a file:%n")
  private FileOptions fromFile;

  @ArgGroup(exclusive = false, heading = "%nFrom a dead-letter topic:%n")
  private DeadLetterOptions fromDeadLetters;

  public ReplayCommand(Resources resources) {
    this.resources = resources;
  }

  /** The options for a CSV file. */
  private static final class FileOptions extends ColumnOptions {

    @Option(names = "--file", description = "Required. The CSV file.")
    private Path file;

    @Option(
        names = "--speed",
        defaultValue = "max",
        converter = Speed.class,
        description =
            "Pace: 1x follows the event times, 60x is a minute per second, max is as fast as"
                + " possible. Default: ${DEFAULT-VALUE}.")
    private double speed;
  }

  /** The options for dead letters. */
  private static final class DeadLetterOptions {

    @Option(
        names = "--dead-letters",
        paramLabel = "<topic>",
        description = "Required. The dead-letter topic, which is read to its current end.")
    private String topic;

    @Option(
        names = "--code",
        split = ",",
        description = "Send only dead letters of these codes, for example MALFORMED,INVALID_TIME.")
    private Set<RejectionCode> codes = Set.of();

    @Option(
        names = "--group",
        defaultValue = "flink-lstm-replay",
        description =
            "Consumer group that remembers what was read, whether sent or left out. Default:"
                + " ${DEFAULT-VALUE}.")
    private String group;

    @Option(names = "--from-beginning", description = "Read again what the group has already read.")
    private boolean fromBeginning;
  }

  /** Parses 1x, 60x or max. */
  public static final class Speed implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      if (text.equals("max")) {
        return Double.POSITIVE_INFINITY;
      }
      double speed =
          text.matches("[0-9]*[.]?[0-9]+x")
              ? Double.parseDouble(text.substring(0, text.length() - 1))
              : 0;
      if (!(speed > 0)) {
        throw new picocli.CommandLine.TypeConversionException(
            "expected 1x, 60x, 0.5x or max, got " + text);
      }
      return speed;
    }
  }

  @Override
  public Integer call() throws IOException {
    if (fromFile != null && fromDeadLetters != null) {
      throw new IllegalArgumentException(
          "expected the options of --file or those of --dead-letters, got both: " + given());
    }
    if (fromFile != null) {
      require(fromFile.file, "--file");
      require(fromFile.hasTime() ? fromFile : null, "--time-field");
      replayFile(fromFile, topic == null ? DEFAULT_TOPIC : topic);
    } else if (fromDeadLetters != null) {
      require(fromDeadLetters.topic, "--dead-letters");
      replayDeadLetters(fromDeadLetters);
    } else {
      throw new IllegalArgumentException("expected --file or --dead-letters, got neither");
    }
    return 0;
  }

  private void require(Object value, String name) {
    if (value == null) {
      throw new ParameterException(
          spec.commandLine(), "expected " + name + " too, got only " + given());
    }
  }

  /** The names of the options on the command line. */
  private String given() {
    return spec.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .collect(Collectors.joining(" "));
  }

  private void replayFile(FileOptions from, String to) throws IOException {
    CsvTicks.Columns columns = from.columns(null);
    if (!Files.isRegularFile(from.file)) {
      throw new IllegalArgumentException("--file: expected a file, got none at " + from.file);
    }
    Progress progress = new Progress(System.out);
    long start = System.nanoTime();
    try (CsvTicks ticks =
        new CsvTicks(Files.newInputStream(from.file), from.file.toString(), columns)) {
      TickProducer producer = resources.add(new TickProducer(kafka.properties(), to, from.speed));
      while (ticks.hasNext() && !resources.isClosing()) {
        producer.send(ticks.next());
        progress.update(() -> line(producer.sent(), to, start));
      }
      producer.flush();
      progress.finish(line(producer.sent(), to, start));
    }
  }

  private static String line(long sent, String topic, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT, "%,d rows, %,.0f rows/s, to %s", sent, sent / Math.max(seconds, 1e-3), topic);
  }

  private void replayDeadLetters(DeadLetterOptions from) throws IOException {
    DeadLetterReplay replay =
        resources.add(
            new DeadLetterReplay(
                kafka.properties(),
                new DeadLetterReplay.Request(
                    from.topic, topic, from.codes, from.group, from.fromBeginning)));
    Progress progress = new Progress(System.out);
    DeadLetterCounts counts = replay.run(so -> progress.update(so::toString));
    progress.finish(
        counts.isEmpty()
            ? "0 dead letters: nothing in "
                + from.topic
                + (from.fromBeginning ? "" : " that group " + from.group + " has not read")
            : counts.toString());
  }
}
