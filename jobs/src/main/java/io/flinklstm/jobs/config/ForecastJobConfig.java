package io.flinklstm.jobs.config;

import static io.flinklstm.jobs.config.ForecastJobOptions.KAFKA_PROPERTIES_PREFIX;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.record.TimeZones;
import io.flinklstm.stream.ForecastSettings;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The job's settings, checked: every key is known, every value has its option's type, and required
 * options are set. Options the user did not set have their defaults.
 */
@PublicEvolving
public final class ForecastJobConfig {

  /** Bytes reserved in a record for the headers that we add. */
  public static final int OWN_HEADERS_BYTES = 16 * 1024;

  private final Configuration options = new Configuration();
  private final Map<String, String> kafkaProperties = new LinkedHashMap<>();

  private ForecastJobConfig(Map<String, String> values) {
    values.forEach(this::set);
    ConfigChecks.checkTypes(options);
    ConfigChecks.checkValues(this);
  }

  private void set(String key, String value) {
    ConfigChecks.checkKey(key, value);
    if (key.startsWith(KAFKA_PROPERTIES_PREFIX)) {
      kafkaProperties.put(key.substring(KAFKA_PROPERTIES_PREFIX.length()), value);
    } else {
      options.setString(key, value);
    }
  }

  /**
   * Reads the command line: {@code --lstm.key value} takes precedence over {@code --config
   * file.yaml}.
   *
   * @throws JobConfigurationException if anything on the command line or in the file is wrong
   */
  public static ForecastJobConfig fromArguments(String... arguments) {
    return new ForecastJobConfig(JobArguments.read(arguments));
  }

  /** Whether the command line asks for help rather than for a job. */
  public static boolean asksForHelp(String... arguments) {
    return List.of(arguments).contains("--help");
  }

  public <T> T get(ConfigOption<T> option) {
    return options.get(option);
  }

  /** The value, or null if it is empty or not set. */
  public @Nullable String getOrNull(ConfigOption<String> option) {
    String value = get(option);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Whether the user set the option to something. */
  boolean isGiven(ConfigOption<String> option) {
    return options.contains(option) && getOrNull(option) != null;
  }

  /**
   * The format of the time field, in its time zone.
   *
   * @throws JobConfigurationException if there is no such format or zone
   */
  public TimeFormat timeFormat() {
    ZoneId zone = parse(ForecastJobOptions.TIME_ZONE, TimeZones::of);
    return parse(ForecastJobOptions.TIME_FORMAT, text -> TimeFormat.of(text, zone));
  }

  /**
   * The earliest event time that is accepted, in epoch milliseconds, 0 or later.
   *
   * @throws JobConfigurationException if it is not a time
   */
  public long earliestTime() {
    if (getOrNull(ForecastJobOptions.MIN_TIME) == null) {
      return 0;
    }
    TimeFormat iso = TimeFormat.of("iso", timeFormat().zone());
    return parse(
        ForecastJobOptions.MIN_TIME,
        text -> {
          long time = iso.parse(text);
          if (time < 0) {
            throw new IllegalArgumentException("expected a time in 1970 or later, got " + text);
          }
          return time;
        });
  }

  private <T> T parse(ConfigOption<String> option, Function<String, T> parser) {
    try {
      return parser.apply(get(option));
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException(option.key() + ": " + e.getMessage(), e);
    }
  }

  public boolean isExactlyOnce() {
    return get(ForecastJobOptions.DELIVERY_GUARANTEE)
        == ForecastJobOptions.OutputGuarantee.EXACTLY_ONCE;
  }

  /** The topics that the job reads. */
  public SourceTopics sourceTopics() {
    return SourceTopics.of(this);
  }

  /** The options of the topics that the job writes. */
  public List<ConfigOption<String>> sinkTopicOptions() {
    List<ConfigOption<String>> topics = new ArrayList<>();
    topics.add(ForecastJobOptions.SINK_TOPIC);
    topics.addAll(copyTopicOptions());
    return topics;
  }

  /** The options of the topics that receive copies of records. */
  public List<ConfigOption<String>> copyTopicOptions() {
    List<ConfigOption<String>> topics = new ArrayList<>();
    topics.add(ForecastJobOptions.LATE_TOPIC);
    topics.add(ForecastJobOptions.DEAD_LETTER_TOPIC);
    if (getOrNull(ForecastJobOptions.DUPLICATE_TOPIC) != null) {
      topics.add(ForecastJobOptions.DUPLICATE_TOPIC);
    }
    return topics;
  }

  /**
   * The settings of the forecast function; the model card provides what is not configured.
   *
   * @throws JobConfigurationException if a duration is out of range or conflicts with another
   */
  public ForecastSettings settings(ModelCard card) {
    try {
      return new ForecastSettings(
          new StreamPolicy(
              options.getOptional(ForecastJobOptions.GAP).orElse(card.gap()),
              options.getOptional(ForecastJobOptions.GAP_POLICY).orElse(card.gapPolicy()),
              get(ForecastJobOptions.TTL)),
          get(ForecastJobOptions.MAX_OUT_OF_ORDERNESS),
          get(ForecastJobOptions.MAX_BUFFERED_EVENTS),
          get(ForecastJobOptions.KERNEL),
          get(ForecastJobOptions.ON_MODEL_CHANGE),
          ForecastJobOptions.ON_MODEL_CHANGE.key());
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException("lstm.stream." + e.getMessage(), e);
    }
  }

  /** The Kafka client properties that the user set, without prefix. */
  Map<String, String> givenKafkaProperties() {
    return Collections.unmodifiableMap(kafkaProperties);
  }

  /** The properties of every Kafka client, with unresolved secrets; see {@link KafkaProperties}. */
  public Properties kafkaProperties() {
    Properties properties = new Properties();
    properties.putAll(KafkaProperties.withProviders(kafkaProperties));
    properties.setProperty("bootstrap.servers", get(ForecastJobOptions.BOOTSTRAP_SERVERS));
    return properties;
  }
}
