package io.flinklstm.jobs.config;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/**
 * The topics that the job reads: those of a list, or all whose whole name matches a pattern.
 *
 * @param names of the list; empty if there is a pattern
 * @param pattern null if there is a list
 */
public record SourceTopics(List<String> names, @Nullable Pattern pattern) implements Serializable {

  /**
   * @throws JobConfigurationException if the options name no topics
   */
  static SourceTopics of(ForecastJobConfig config) {
    ConfigOption<String> list = ForecastJobOptions.SOURCE_TOPIC;
    ConfigOption<String> pattern = ForecastJobOptions.SOURCE_TOPIC_PATTERN;
    if (!config.isGiven(pattern)) {
      return new SourceTopics(names(config.get(list)), null);
    }
    String text = config.get(pattern);
    if (config.isGiven(list)) {
      throw new JobConfigurationException(
          pattern.key()
              + ": expected none beside "
              + list.key()
              + ", which is "
              + config.get(list)
              + ", got "
              + text
              + "; give only one of them");
    }
    try {
      return new SourceTopics(List.of(), Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      throw new JobConfigurationException(
          pattern.key()
              + ": expected a regular expression, got "
              + text
              + ", which has an error near index "
              + e.getIndex()
              + ": "
              + e.getDescription(),
          e);
    }
  }

  private static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String name = part.strip();
      if (name.isEmpty() || names.contains(name)) {
        throw new JobConfigurationException(
            ForecastJobOptions.SOURCE_TOPIC.key()
                + ": expected names of topics, each once, separated by commas, got "
                + text);
      }
      names.add(name);
    }
    return List.copyOf(names);
  }

  /** The option that names the topics. */
  public ConfigOption<String> option() {
    return pattern == null
        ? ForecastJobOptions.SOURCE_TOPIC
        : ForecastJobOptions.SOURCE_TOPIC_PATTERN;
  }

  /** Whether the job is to read a topic. */
  public boolean includes(String topic) {
    return pattern == null ? names.contains(topic) : pattern.matcher(topic).matches();
  }

  /** The option and its value, for messages. */
  @Override
  public String toString() {
    return option().key() + ": " + (pattern == null ? String.join(", ", names) : pattern);
  }
}
