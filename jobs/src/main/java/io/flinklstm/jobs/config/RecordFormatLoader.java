package io.flinklstm.jobs.config;

import io.flinklstm.formula.FieldPath;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.jobs.record.avro.AvroSchemas;
import io.flinklstm.jobs.registry.RegistrySettings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/** Builds the format of the source's records from the options when the job is submitted. */
public final class RecordFormatLoader {

  private RecordFormatLoader() {}

  /**
   * @param fields the fields of the model card, in its order
   * @throws JobConfigurationException if the format lacks a required field
   */
  public static RecordFormat load(ForecastJobConfig config, List<String> fields) {
    ValueFormat valueFormat = config.get(ForecastJobOptions.SOURCE_FORMAT);
    refuseUnless(valueFormat == ValueFormat.CSV, ForecastJobOptions.CSV_COLUMNS, config);
    refuseUnless(valueFormat == ValueFormat.AVRO, ForecastJobOptions.AVRO_SCHEMA, config);
    refuseUnless(valueFormat == ValueFormat.AVRO, ForecastJobOptions.REGISTRY_URL, config);
    refuseUnless(valueFormat == ValueFormat.JSON, ForecastJobOptions.PARSE, config);
    refuseUnless(valueFormat != ValueFormat.CSV, ForecastJobOptions.RECORDS, config);
    RecordFormat json =
        new RecordFormat(
            names(config),
            new RecordFormat.Selection(
                path(config, ForecastJobOptions.RECORDS),
                config.getOrNull(ForecastJobOptions.WHERE),
                paths(ForecastJobOptions.PARSE, config.get(ForecastJobOptions.PARSE)),
                config.get(ForecastJobOptions.LENIENT_NUMBERS)),
            new RecordFormat.Times(
                config.timeFormat(),
                config.get(ForecastJobOptions.MAX_AHEAD),
                config.earliestTime()),
            RecordFormat.Encoding.of(valueFormat));
    return switch (valueFormat) {
      case JSON -> json(json, fields);
      case CSV -> csv(config, json, fields);
      case AVRO -> avro(config, json, fields);
    };
  }

  private static RecordFormat.FieldNames names(ForecastJobConfig config) {
    String constant = config.getOrNull(ForecastJobOptions.KEY_CONSTANT);
    if (constant != null && config.isGiven(ForecastJobOptions.KEY_FIELD)) {
      throw new JobConfigurationException(
          ForecastJobOptions.KEY_CONSTANT.key()
              + ": expected it without "
              + ForecastJobOptions.KEY_FIELD.key()
              + ", got both");
    }
    String key = config.getOrNull(ForecastJobOptions.KEY_FIELD);
    return new RecordFormat.FieldNames(
        constant != null || key == null ? List.of() : keys(key.strip()),
        constant,
        path(config, ForecastJobOptions.TIME_FIELD),
        path(config, ForecastJobOptions.SEQUENCE_FIELD));
  }

  /** {@code [exchange, symbol]} is a list; {@code [0]} and {@code ["a.b"]} are paths. */
  private static List<String> keys(String option) {
    if (option.startsWith("[") && option.endsWith("]")) {
      try {
        return List.of(FieldPath.parse(option).toString());
      } catch (IllegalArgumentException list) {
        return paths(ForecastJobOptions.KEY_FIELD, option.substring(1, option.length() - 1));
      }
    }
    return paths(ForecastJobOptions.KEY_FIELD, option);
  }

  /** Paths separated by commas. */
  private static List<String> paths(ConfigOption<String> option, String text) {
    return FieldPath.split(text).stream().map(path -> path(option, path)).toList();
  }

  private static @Nullable String path(ForecastJobConfig config, ConfigOption<String> option) {
    String text = config.getOrNull(option);
    return text == null ? null : path(option, text);
  }

  private static String path(ConfigOption<String> option, String text) {
    try {
      return FieldPath.parse(text).toString();
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(option.key() + ": " + e.getMessage(), e);
    }
  }

  private static RecordFormat json(RecordFormat format, List<String> fields) {
    try {
      return checked(format, fields);
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(e.getMessage(), e);
    }
  }

  /** An option that nothing reads is a mistake that would turn every record into a dead letter. */
  private static void refuseUnless(
      boolean read, ConfigOption<String> option, ForecastJobConfig config) {
    if (!read && config.getOrNull(option) != null) {
      throw new JobConfigurationException(
          option.key()
              + ": expected it only with the format that it describes, got "
              + ForecastJobOptions.SOURCE_FORMAT.key()
              + " "
              + config.get(ForecastJobOptions.SOURCE_FORMAT).name().toLowerCase(Locale.ROOT));
    }
  }

  private static RecordFormat csv(
      ForecastJobConfig config, RecordFormat format, List<String> fields) {
    String columns = config.getOrNull(ForecastJobOptions.CSV_COLUMNS);
    RecordFormat csv =
        format.asCsv(
            columns == null
                ? List.copyOf(wanted(format, fields))
                : Arrays.stream(columns.split(",", -1)).map(String::strip).toList());
    try {
      return checked(csv, fields);
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.CSV_COLUMNS.key() + ": " + e.getMessage(), e);
    }
  }

  private static RecordFormat avro(
      ForecastJobConfig config, RecordFormat format, List<String> fields) {
    String path = config.getOrNull(ForecastJobOptions.AVRO_SCHEMA);
    byte[] file = path == null ? null : SubmittedFile.read(path, ForecastJobOptions.AVRO_SCHEMA);
    String text = file == null ? "" : new String(file, StandardCharsets.UTF_8);
    RegistrySettings registry = RegistryOptions.source(config);
    try {
      if (registry != null) {
        return checked(format.asFramedAvro(text, registry), fields);
      }
      return checked(
          format.asAvro(file == null ? AvroSchemas.ofObservations(format, fields) : text), fields);
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.AVRO_SCHEMA.key()
              + (path == null ? "" : " " + path)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** The columns of every field that an observation needs, once each. */
  private static Set<String> wanted(RecordFormat format, List<String> fields) {
    RecordFormat.FieldNames names = format.names();
    return Stream.of(
            names.key().stream(), Stream.of(names.time(), names.sequence()), fields.stream())
        .flatMap(Function.identity())
        .filter(Objects::nonNull)
        .map(FieldPath::parse)
        .filter(FieldPath::isInValue)
        .map(FieldPath::flatName)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Returns the format after checking that the tasks can create a reader for it. */
  private static RecordFormat checked(RecordFormat format, List<String> fields) {
    RecordCodecs.reader(fields, format);
    return format;
  }
}
