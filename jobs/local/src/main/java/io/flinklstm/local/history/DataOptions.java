package io.flinklstm.local.history;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.formula.FieldPath;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.local.history.HistoryReader.Refused;
import io.flinklstm.local.kafka.KafkaClientOptions;
import io.flinklstm.local.ticks.ColumnOptions;
import io.flinklstm.local.ticks.CsvTicks;
import io.flinklstm.train.data.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name the history that a model is trained or judged on. */
public final class DataOptions {

  @ArgGroup(exclusive = false, heading = "%nData from CSV files:%n")
  private FileOptions files;

  @ArgGroup(exclusive = false, heading = "%nData from a topic:%n")
  private TopicOptions topic;

  @Mixin private KafkaClientOptions kafka;

  /** The options for CSV files. */
  private static final class FileOptions extends ColumnOptions {

    @Option(
        names = "--data",
        arity = "1..*",
        paramLabel = "FILE",
        description =
            "CSV files, plain or gzip, with a header line; for a folder, all its *.csv and *.csv.gz"
                + " files in name order. The rows of a stream must be in time order.")
    private List<Path> paths;

    @Option(
        names = "--key-from-file-name",
        description = "Each file is one stream, named after the file without .csv and .gz.")
    private boolean keyFromFileName;

    CsvTicks.Columns columns(Path file) {
      if (!hasTime()) {
        throw new IllegalArgumentException("expected --time-field with --data, got none");
      }
      if (keyFromFileName == hasKey()) {
        throw new IllegalArgumentException(
            "expected one of --key-field, --key and --key-from-file-name, got "
                + (keyFromFileName ? "two" : "none"));
      }
      return columns(
          keyFromFileName
              ? file.getFileName().toString().replaceFirst("(?i)(\\.csv)?(\\.gz)?$", "")
              : null);
    }

    /** The files; those of a folder in name order. */
    List<Path> files() throws IOException {
      List<Path> all = new ArrayList<>();
      for (Path path : paths) {
        if (Files.isDirectory(path)) {
          try (Stream<Path> inside = Files.list(path)) {
            all.addAll(inside.filter(FileOptions::isCsv).sorted().toList());
          }
        } else {
          all.add(path);
        }
      }
      if (all.isEmpty()) {
        throw new IllegalArgumentException(
            "--data: expected *.csv or *.csv.gz files, got none in " + paths);
      }
      return all;
    }

    private static boolean isCsv(Path file) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      return Files.isRegularFile(file) && (name.endsWith(".csv") || name.endsWith(".csv.gz"));
    }
  }

  /** The options for a topic. */
  private static final class TopicOptions {

    @Option(
        names = "--topic",
        description = "A topic of observations, read from its beginning to its current end.")
    private String topic;

    @Option(
        names = "--source-config",
        paramLabel = "FILE",
        description =
            "A job's configuration file: its lstm.source options describe the record format, its"
                + " lstm.kafka.properties how to reach the broker. Default: what replay writes.")
    private String sourceConfig;
  }

  /**
   * Reads the whole history and tells the user what could not be used.
   *
   * @param fields the fields of the model card, in its order
   * @throws IllegalArgumentException if an option is wrong, or nothing can be used
   */
  public History read(List<String> fields, Resources resources) throws IOException {
    boolean hasFiles = files != null && files.paths != null;
    boolean hasTopic = topic != null && topic.topic != null;
    if (hasFiles == hasTopic) {
      throw new IllegalArgumentException(
          "expected one of --data and --topic, got " + (hasFiles ? "both" : "neither"));
    }
    if (hasFiles && topic != null) {
      throw new IllegalArgumentException("--source-config: expected it with --topic, got --data");
    }
    if (hasTopic && files != null) {
      throw new IllegalArgumentException(
          "--topic: expected none of --key-field, --key, --key-from-file-name, --time-field and"
              + " --time-format with it, got one; the lstm.source options of --source-config say"
              + " what the fields of a topic mean");
    }
    HistoryReader reader = hasFiles ? readFiles(fields, resources) : readTopic(fields, resources);
    reader.refused().forEach((code, refused) -> Terminal.print("Refused: " + line(code, refused)));
    if (reader.skipped() > 0) {
      Terminal.print(
          String.format(Locale.ROOT, "Skipped by lstm.source.where: %,d", reader.skipped()));
    }
    if (reader.history().rows() == 0) {
      throw new IllegalArgumentException(
          (hasFiles ? "--data" : "--topic " + topic.topic)
              + ": expected observations that can be used, got "
              + whyNone(reader.refused()));
    }
    return reader.history();
  }

  private HistoryReader readFiles(List<String> fields, Resources resources) throws IOException {
    List<String> columns = fields.stream().map(field -> FieldPath.parse(field).flatName()).toList();
    // A column's name is one name, whatever is in it.
    HistoryReader reader =
        HistoryReader.ofFiles(config(null), columns.stream().map(FieldPath::quote).toList());
    CsvHistory.read(files.files(), files::columns, columns, reader, resources);
    return reader;
  }

  private HistoryReader readTopic(List<String> fields, Resources resources) {
    HistoryReader reader;
    Map<String, Object> properties = new LinkedHashMap<>();
    try {
      ForecastJobConfig config = config(topic.sourceConfig);
      reader = new HistoryReader(config, fields);
      config.kafkaProperties().forEach((name, value) -> properties.put(name + "", value));
    } catch (JobConfigurationException e) {
      throw new IllegalArgumentException(
          "--source-config " + topic.sourceConfig + ": " + e.getMessage(), e);
    }
    properties.putAll(kafka.properties());
    new TopicHistory(topic.topic, properties).read(reader, resources);
    return reader;
  }

  private static String line(RejectionCode code, Refused refused) {
    return String.format(
        Locale.ROOT, "%,d x %s, the first one: %s", refused.count(), code, refused.first());
  }

  /** The most frequent reason, or that there were no rows at all. */
  private static String whyNone(Map<RejectionCode, Refused> refused) {
    return refused.entrySet().stream()
        .max(Comparator.comparingLong(reason -> reason.getValue().count()))
        .map(reason -> "none; most often " + line(reason.getKey(), reason.getValue()))
        .orElse("no rows");
  }

  /** A job's configuration, of which only the source options are used. */
  private static ForecastJobConfig config(String file) {
    List<String> arguments = new ArrayList<>();
    if (file != null) {
      arguments.addAll(List.of("--config", file));
    }
    arguments.addAll(List.of("--lstm.kafka.bootstrap-servers", "-", "--lstm.model.path", "-"));
    return ForecastJobConfig.fromArguments(arguments.toArray(String[]::new));
  }
}
