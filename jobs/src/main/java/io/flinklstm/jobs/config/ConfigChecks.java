package io.flinklstm.jobs.config;

import static io.flinklstm.jobs.config.ForecastJobOptions.KAFKA_PROPERTIES_PREFIX;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Checks the job's configuration before anything uses it. Every error names the key. */
final class ConfigChecks {

  private static final String PREFIX = "lstm.";
  private static final String MAX_REQUEST_SIZE = "max.request.size";
  private static final String DEFAULT_MAX_REQUEST_SIZE = "1048576";
  private static final Duration MAX_IDLENESS = Duration.ofDays(366);

  private ConfigChecks() {}

  /**
   * Rejects unknown keys and plain-text secrets.
   *
   * @throws JobConfigurationException whose message never shows a secret
   */
  static void checkKey(String key, String value) {
    RegistryOptions.refusePlainSecret(key, value);
    if (key.startsWith(KAFKA_PROPERTIES_PREFIX)) {
      String property = key.substring(KAFKA_PROPERTIES_PREFIX.length());
      KafkaProperties.refusePlainSecret(KAFKA_PROPERTIES_PREFIX, property, value);
    } else if (ForecastJobOptions.ALL.stream().noneMatch(option -> option.key().equals(key))) {
      throw new JobConfigurationException(
          key
              + ": expected a known option, got this; did you mean "
              + nearest(key)
              + "?"
              + (key.startsWith(PREFIX)
                  ? ""
                  : " Flink's own options belong in its configuration or after -D"));
    }
  }

  private static String nearest(String key) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return Stream.concat(
            ForecastJobOptions.ALL.stream().map(ConfigOption::key),
            Stream.of(KAFKA_PROPERTIES_PREFIX + "*"))
        .min(Comparator.comparingInt(known -> distance.apply(key, known)))
        .orElseThrow();
  }

  /**
   * Rejects values of the wrong type.
   *
   * @throws JobConfigurationException for the first such value
   */
  static void checkTypes(Configuration options) {
    ForecastJobOptions.ALL.forEach(option -> checkType(options, option));
  }

  private static void checkType(Configuration options, ConfigOption<?> option) {
    try {
      options.getOptional(option);
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(
          option.key()
              + ": expected "
              + OptionsHelp.type(option)
              + ", got "
              + options.toMap().get(option.key()),
          e);
    }
  }

  /**
   * Rejects values that are missing, out of range, or inconsistent with other options.
   *
   * @throws JobConfigurationException for the first such option
   */
  static void checkValues(ForecastJobConfig config) {
    require(config, ForecastJobOptions.BOOTSTRAP_SERVERS);
    require(config, ForecastJobOptions.MODEL_PATH);
    require(config, ForecastJobOptions.SOURCE_UID);
    config.timeFormat();
    config.earliestTime();
    checkDurations(config);
    checkDeadLetterMaxBytes(config);
    KafkaSettings.check(config);
    checkTopics(config);
  }

  private static void require(ForecastJobConfig config, ConfigOption<String> option) {
    String value = config.get(option);
    if (value == null || value.isBlank()) {
      throw new JobConfigurationException(
          option.key()
              + ": expected a value, got none; give it as --"
              + option.key()
              + " or in the --config file ("
              + OptionsHelp.description(option)
              + ")");
    }
  }

  private static void checkDurations(ForecastJobConfig config) {
    Duration maxAhead = config.get(ForecastJobOptions.MAX_AHEAD);
    if (maxAhead.isNegative() || maxAhead.compareTo(Duration.ofMillis(Long.MAX_VALUE)) > 0) {
      throw new JobConfigurationException(
          ForecastJobOptions.MAX_AHEAD.key()
              + ": expected a duration of 0 to 2^63 - 1 ms, got "
              + maxAhead);
    }
    Duration idleness = config.get(ForecastJobOptions.IDLENESS);
    if (idleness.isNegative() || idleness.compareTo(MAX_IDLENESS) > 0) {
      throw new JobConfigurationException(
          ForecastJobOptions.IDLENESS.key()
              + ": expected a duration of 0 to "
              + MAX_IDLENESS
              + ", got "
              + idleness);
    }
    Duration ttl = config.get(ForecastJobOptions.TTL);
    if (ttl != null && ttl.compareTo(maxAhead) <= 0) {
      // One record that far ahead would move the watermark past the ttl of busy streams.
      throw new JobConfigurationException(
          ForecastJobOptions.TTL.key()
              + ": expected more than "
              + ForecastJobOptions.MAX_AHEAD.key()
              + ", "
              + maxAhead
              + ", got "
              + ttl
              + "; lengthen the one or shorten the other");
    }
  }

  /** A dead letter that the producer refuses would fail the job after every restart. */
  private static void checkDeadLetterMaxBytes(ForecastJobConfig config) {
    long maxBytes = config.get(ForecastJobOptions.DEAD_LETTER_MAX_BYTES).getBytes();
    String requestSize =
        config.givenKafkaProperties().getOrDefault(MAX_REQUEST_SIZE, DEFAULT_MAX_REQUEST_SIZE);
    long limit = parseRequestSize(requestSize) - ForecastJobConfig.OWN_HEADERS_BYTES;
    if (maxBytes < 1024 || maxBytes > limit) {
      throw new JobConfigurationException(
          ForecastJobOptions.DEAD_LETTER_MAX_BYTES.key()
              + ": expected 1 kb to "
              + limit
              + " bytes ("
              + KAFKA_PROPERTIES_PREFIX
              + MAX_REQUEST_SIZE
              + " less room for headers), got "
              + maxBytes
              + " bytes");
    }
  }

  private static long parseRequestSize(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new JobConfigurationException(
          KAFKA_PROPERTIES_PREFIX + MAX_REQUEST_SIZE + ": expected a number of bytes, got " + text,
          e);
    }
  }

  /** The job must not read what it writes, nor write two kinds of records to one topic. */
  private static void checkTopics(ForecastJobConfig config) {
    if (!config.isGiven(ForecastJobOptions.SOURCE_TOPIC_PATTERN)) {
      require(config, ForecastJobOptions.SOURCE_TOPIC);
    }
    SourceTopics source = config.sourceTopics();
    String use = (source.names().size() > 1 ? "in " : "") + source.option().key();
    Map<String, String> uses = new LinkedHashMap<>();
    source.names().forEach(topic -> uses.put(topic, use));
    for (ConfigOption<String> option : config.sinkTopicOptions()) {
      require(config, option);
      String topic = config.get(option);
      if (source.pattern() != null && source.includes(topic)) {
        throw new JobConfigurationException(
            option.key()
                + ": expected a topic that "
                + source.option().key()
                + ", "
                + source.pattern()
                + ", does not match, got "
                + topic
                + "; the job would read what it writes. Rename the topic or narrow the pattern");
      }
      String other = uses.put(topic, option.key());
      if (other != null) {
        throw new JobConfigurationException(
            option.key()
                + ": expected a topic of its own, got "
                + topic
                + ", which is "
                + other
                + " too");
      }
    }
  }
}
