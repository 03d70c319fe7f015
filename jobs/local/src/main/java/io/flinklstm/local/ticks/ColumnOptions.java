package io.flinklstm.local.ticks;

import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.record.TimeZones;
import java.time.ZoneId;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
      converter = FormatConverter.class,
      description =
          "Format of the event time: ms, s, us, ns, iso, or a pattern such as dd.MM.yyyy HH:mm."
              + " Default: ${DEFAULT-VALUE}.")
  private TimeFormat timeFormat;

  @Option(
      names = "--time-zone",
      defaultValue = "UTC",
      converter = ZoneConverter.class,
      description =
          "Time zone of times without an offset: a region such as America/New_York, or an offset"
              + " such as +05:30. Default: ${DEFAULT-VALUE}.")
  private ZoneId timeZone;

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
    return new CsvTicks.Columns(
        keyField, key == null ? otherKey : key, timeField, timeFormat.in(timeZone));
  }

  private static final class FormatConverter implements ITypeConverter<TimeFormat> {
    @Override
    public TimeFormat convert(String text) {
      return converted(TimeFormat::of, text);
    }
  }

  private static final class ZoneConverter implements ITypeConverter<ZoneId> {
    @Override
    public ZoneId convert(String text) {
      return converted(TimeZones::of, text);
    }
  }

  private static <T> T converted(Function<String, T> converter, String text) {
    try {
      return converter.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
