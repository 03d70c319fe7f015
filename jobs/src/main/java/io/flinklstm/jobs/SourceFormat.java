package io.flinklstm.jobs;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;

/** Makes the format of the source's records ready where the job is submitted. */
final class SourceFormat {

  private SourceFormat() {}

  /**
   * @param fields the fields of the model card in its order
   * @throws JobConfigurationException if the records could not have every field that is wanted
   */
  static RecordFormat load(ForecastJobConfig config, List<String> fields) {
    RecordFormat format = config.recordFormat();
    RecordEncoding encoding = config.get(ForecastJobOptions.SOURCE_FORMAT);
    refuseUnless(encoding == RecordEncoding.CSV, ForecastJobOptions.CSV_COLUMNS, config);
    return switch (encoding) {
      case JSON -> format;
      case CSV -> checked(csv(config, format, fields), fields, ForecastJobOptions.CSV_COLUMNS);
    };
  }

  /** An option that nothing reads is a mistake that would show as a topic of dead letters. */
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
    return format.with(
        ValueLayout.csv(
            columns == null
                ? List.copyOf(wanted(format, fields))
                : Arrays.stream(columns.split(",", -1)).map(String::strip).toList()));
  }

  /** Every field that an observation is made of, each once. */
  private static Set<String> wanted(RecordFormat format, List<String> fields) {
    Set<String> wanted = new LinkedHashSet<>();
    Stream.of(format.keyField(), format.timeField(), format.sequenceField())
        .filter(Objects::nonNull)
        .forEach(wanted::add);
    wanted.addAll(fields);
    return wanted;
  }

  private static RecordFormat checked(
      RecordFormat format, List<String> fields, ConfigOption<String> option) {
    try {
      ObservationReader.of(fields, format);
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(option.key() + ": " + e.getMessage(), e);
    }
    return format;
  }
}
