package io.flinklstm.jobs.config;

import io.flinklstm.jobs.record.AvroSchemas;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.ValueFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;

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
    RecordFormat json =
        new RecordFormat(
            config.getOrNull(ForecastJobOptions.KEY_FIELD),
            config.getOrNull(ForecastJobOptions.TIME_FIELD),
            config.get(ForecastJobOptions.TIME_FORMAT),
            config.getOrNull(ForecastJobOptions.SEQUENCE_FIELD),
            config.get(ForecastJobOptions.MAX_AHEAD));
    return switch (valueFormat) {
      case JSON -> json;
      case CSV -> csv(config, json, fields);
      case AVRO -> avro(config, json, fields);
    };
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
    try {
      String schema =
          file == null
              ? AvroSchemas.ofObservations(format, fields)
              : new String(file, StandardCharsets.UTF_8);
      return checked(format.asAvro(schema), fields);
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.AVRO_SCHEMA.key()
              + (path == null ? "" : " " + path)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Every field that an observation needs, once each. */
  private static Set<String> wanted(RecordFormat format, List<String> fields) {
    Set<String> wanted = new LinkedHashSet<>();
    Stream.of(format.keyField(), format.timeField(), format.sequenceField())
        .filter(Objects::nonNull)
        .forEach(wanted::add);
    wanted.addAll(fields);
    return wanted;
  }

  /** Returns the format after checking that the tasks can create a reader for it. */
  private static RecordFormat checked(RecordFormat format, List<String> fields) {
    ObservationReader.of(fields, format);
    return format;
  }
}
