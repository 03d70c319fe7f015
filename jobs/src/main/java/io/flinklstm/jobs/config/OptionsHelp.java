package io.flinklstm.jobs.config;

import io.flinklstm.forecast.ModelCard;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.description.Formatter;
import org.apache.flink.configuration.description.HtmlFormatter;

/** The text of {@code --help} and the table in docs/options.md, from the options themselves. */
public final class OptionsHelp {

  /** Line width when the terminal's width is unknown. */
  private static final int WIDTH = 80;

  private OptionsHelp() {}

  /** Lists every option with its type, default and meaning. */
  public static String text() {
    return text(WIDTH);
  }

  /** The same, in lines of at most {@code width} characters; longer words stay whole. */
  public static String text(int width) {
    StringBuilder text = new StringBuilder();
    append(
        text, "", "The flink-lstm forecast job: Kafka -> one LSTM step per event -> Kafka", width);
    text.append('\n');
    append(
        text,
        "",
        "Usage: flink run flink-lstm-job.jar [--config file.yaml] [--lstm.key value ...]",
        width);
    text.append('\n');
    append(
        text,
        "",
        "Options, on the command line or in the file; the command line takes precedence:",
        width);
    for (ConfigOption<?> option : ForecastJobOptions.ALL) {
      text.append('\n');
      append(text, "  ", "--" + option.key() + "  <" + type(option) + ">", width);
      append(text, "      ", description(option), width);
      append(text, "      ", "Default: " + defaultValue(option), width);
    }
    text.append('\n');
    append(text, "  ", "--" + ForecastJobOptions.KAFKA_PROPERTIES_PREFIX + "*  <text>", width);
    append(
        text,
        "      ",
        "Passed to every Kafka client unchanged, without the prefix, for example security.protocol."
            + " Secrets only as ${env:NAME}, ${file:path:name} or ${dir:path:file}.",
        width);
    return text.toString();
  }

  private static void append(StringBuilder text, String indent, String paragraph, int width) {
    for (String line : WordWrap.lines(paragraph, width - indent.length())) {
      text.append(indent).append(line).append('\n');
    }
  }

  /** The table of options in docs/options.md. */
  public static String markdown() {
    StringBuilder text = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
    for (ConfigOption<?> option : ForecastJobOptions.ALL) {
      text.append("| `")
          .append(option.key())
          .append("` | ")
          .append(option.hasDefaultValue() ? "`" + defaultValue(option) + "`" : "")
          .append(" | ")
          .append(description(option))
          .append(" |\n");
    }
    return text.toString();
  }

  /** Types of the options without a default; Flink does not expose an option's type. */
  private static final Map<ConfigOption<?>, Class<?>> WITHOUT_DEFAULT =
      Map.of(
          ForecastJobOptions.GAP, Duration.class,
          ForecastJobOptions.GAP_POLICY, ModelCard.GapPolicy.class,
          ForecastJobOptions.TTL, Duration.class);

  static String type(ConfigOption<?> option) {
    Class<?> type =
        option.hasDefaultValue()
            ? option.defaultValue().getClass()
            : WITHOUT_DEFAULT.getOrDefault(option, String.class);
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(OptionsHelp::name)
          .collect(Collectors.joining(" | "));
    }
    if (type == Duration.class) {
      return "duration, for example 10 s";
    }
    if (type == Boolean.class) {
      return "true | false";
    }
    if (type == Integer.class) {
      return "whole number";
    }
    return type == MemorySize.class ? "size, for example 900 kb" : "text";
  }

  static String description(ConfigOption<?> option) {
    Formatter formatter = new HtmlFormatter();
    // Our descriptions are plain text, so the formatter adds no mark-up but HTML escapes.
    return formatter
        .format(option.description())
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  private static String defaultValue(ConfigOption<?> option) {
    if (!option.hasDefaultValue()) {
      return "none";
    }
    Object value = option.defaultValue();
    if (value instanceof Enum) {
      return name(value);
    }
    String text = ConfigurationUtils.convertValue(value, String.class);
    return text.isEmpty() ? "\"\"" : text;
  }

  private static String name(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }
}
