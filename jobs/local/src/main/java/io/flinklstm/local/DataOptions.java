package io.flinklstm.local;

import io.flinklstm.jobs.ForecastJobConfig;
import io.flinklstm.jobs.HistoryReader;
import io.flinklstm.jobs.JobConfigurationException;
import io.flinklstm.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where the history is that a model learns from or is judged by. */
final class DataOptions {

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
            "CSV files, plain or gzip, with a header line; of a folder all its *.csv and"
                + " *.csv.gz, by name. A stream's rows are in the order of time.")
    private List<Path> paths;

    @Option(
        names = "--key-from-file-name",
        description = "Each file is a stream of its own, which has the file's name.")
    private boolean keyFromFileName;

    CsvTicks.Columns columns(Path file) {
      if (!hasTime()) {
        throw new IllegalArgumentException("expected --time-field with --data, got none");
      }
      if (keyFromFileName && hasKey()) {
        throw new IllegalArgumentException(
            "expected one of --key-field, --key and --key-from-file-name, got two");
      }
      return columns(
          keyFromFileName
              ? file.getFileName().toString().replaceFirst("(?i)(\\.csv)?(\\.gz)?$", "")
              : null);
    }

    /** The files, those of folders in the order of their names. */
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
        description = "A topic of observations, read from its beginning to its present end.")
    private String topic;

    @Option(
        names = "--source-config",
        paramLabel = "FILE",
        description =
            "A job's configuration, whose lstm.source options say how the records are written, and"
                + " lstm.kafka.properties how to reach the broker. Default: as replay writes them.")
    private String sourceConfig;
  }

  /**
   * Reads all of it, and tells the user what could not be used.
   *
   * @param fields the fields of the model card in its order
   * @throws IllegalArgumentException if an option is wrong, or nothing can be used
   */
  History read(List<String> fields, Resources resources) throws IOException {
    boolean hasFiles = files != null && files.paths != null;
    boolean hasTopic = topic != null && topic.topic != null;
    if (hasFiles == hasTopic) {
      throw new IllegalArgumentException(
          "expected one of --data and --topic, got " + (hasFiles ? "both" : "neither"));
    }
    HistoryReader reader;
    String source;
    if (hasFiles) {
      reader = new HistoryReader(config(null), fields);
      CsvHistory.read(files.files(), files::columns, fields, reader, resources);
      source = "--data";
    } else {
      ForecastJobConfig config = config(topic.sourceConfig);
      reader = new HistoryReader(config, fields);
      Map<String, Object> properties = new LinkedHashMap<>();
      config.kafkaProperties().forEach((name, value) -> properties.put(name + "", value));
      properties.putAll(kafka.properties());
      new TopicHistory(topic.topic, properties).read(reader, resources);
      source = "--topic " + topic.topic;
    }
    reader
        .refused()
        .forEach(
            (code, refused) ->
                System.out.printf(
                    Locale.ROOT,
                    "Refused: %,d x %s, the first one: %s%n",
                    refused.count(),
                    code,
                    refused.first()));
    if (reader.history().rows() == 0) {
      throw new IllegalArgumentException(
          source
              + ": expected observations that can be used, got "
              + (reader.refused().isEmpty() ? "no rows" : "none"));
    }
    return reader.history();
  }

  /** A job's configuration of which nothing but the source is of interest. */
  private static ForecastJobConfig config(String file) {
    List<String> arguments = new ArrayList<>();
    if (file != null) {
      arguments.addAll(List.of("--config", file));
    }
    arguments.addAll(List.of("--lstm.kafka.bootstrap-servers", "-", "--lstm.model.path", "-"));
    try {
      return ForecastJobConfig.fromArguments(arguments.toArray(String[]::new));
    } catch (JobConfigurationException e) {
      throw new IllegalArgumentException("--source-config " + file + ": " + e.getMessage(), e);
    }
  }
}
