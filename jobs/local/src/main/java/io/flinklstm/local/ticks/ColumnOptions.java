package io.flinklstm.local.ticks;

import io.flinklstm.jobs.record.TimeFormat;
import picocli.CommandLine.Option;

/**
 * The options that say what the columns of a CSV file mean, shared by the commands that read one.
 */
public class ColumnOptions {

  @Option(names = "--key-field", description = "Column with the stream's name.")
  private String keyField;

  @Option(names = "--key", description = "One stream name for all rows, instead of a column.")
  private String key;

  @Option(names = "--time-field", description = "Required. Column with the event time.")
  private String timeField;

  @Option(
      names = "--time-format",
      defaultValue = "ms",
      description = "Format of the event time: ms, s, us or iso. Default: ${DEFAULT-VALUE}.")
  private TimeFormat timeFormat;

  public boolean hasTime() {
    return timeField != null;
  }

  public boolean hasKey() {
    return keyField != null || key != null;
  }

  /**
   * @param otherKey the stream of all rows if neither a column nor {@code --key} names it, or null
   * @throws IllegalArgumentException unless exactly one of them does
   */
  public CsvTicks.Columns columns(String otherKey) {
    boolean none = !hasKey() && otherKey == null;
    if (none || keyField != null && key != null) {
      throw new IllegalArgumentException(
          "expected one of --key-field and --key, got " + (none ? "neither" : "both"));
    }
    return new CsvTicks.Columns(keyField, key == null ? otherKey : key, timeField, timeFormat);
  }
}
