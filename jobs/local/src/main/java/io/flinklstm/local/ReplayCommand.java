package io.flinklstm.local;

import io.flinklstm.jobs.TimeFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends the rows of a CSV file to a topic, in the file's order. */
@Command(
    name = "replay",
    description = {
      "Sends the rows of a CSV file (plain or gzip, with a header line) to a topic, as the JSON"
          + " that the forecast job reads by default: key, event_time in ms, and the other columns"
          + " under their own names."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

  private final Resources resources;

  @Mixin private KafkaClientOptions kafka;

  @Option(names = "--file", required = true, description = "The CSV file.")
  private Path file;

  @Option(
      names = "--topic",
      defaultValue = "ticks",
      description = "The topic. Default: ${DEFAULT-VALUE}.")
  private String topic;

  @Option(names = "--key-field", description = "Column of the stream's name.")
  private String keyField;

  @Option(names = "--key", description = "The stream of all rows, if no column names it.")
  private String key;

  @Option(names = "--time-field", required = true, description = "Column of the event time.")
  private String timeField;

  @Option(
      names = "--time-format",
      defaultValue = "ms",
      description = "What that column holds: ms, s, us or iso. Default: ${DEFAULT-VALUE}.")
  private TimeFormat timeFormat;

  @Option(
      names = "--speed",
      defaultValue = "max",
      converter = Speed.class,
      description =
          "Pace: 1x as the event times say, 60x a minute in a second, max. Default:"
              + " ${DEFAULT-VALUE}.")
  private double speed;

  ReplayCommand(Resources resources) {
    this.resources = resources;
  }

  /** Reads 1x, 60x, max. */
  static final class Speed implements ITypeConverter<Double> {
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
  public Integer call() throws Exception {
    if ((keyField == null) == (key == null)) {
      throw new IllegalArgumentException(
          "expected one of --key-field and --key, got " + (key == null ? "neither" : "both"));
    }
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("--file: expected a file, got none at " + file);
    }
    Progress progress = new Progress(System.out);
    long start = System.nanoTime();
    try (CsvTicks ticks =
        new CsvTicks(
            Files.newInputStream(file),
            file.toString(),
            new CsvTicks.Columns(keyField, key, timeField, timeFormat))) {
      TickProducer producer = resources.add(new TickProducer(kafka.properties(), topic, speed));
      while (ticks.hasNext() && !resources.isClosing()) {
        producer.send(ticks.next());
        progress.update(() -> line(producer.sent(), start));
      }
      producer.flush();
      progress.finish(line(producer.sent(), start));
    }
    return 0;
  }

  private String line(long sent, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return String.format(
        Locale.ROOT, "%,d rows to %s, %,.0f rows/s", sent, topic, sent / Math.max(seconds, 1e-3));
  }
}
