package io.flinklstm.jobs.config;

import static io.flinklstm.jobs.config.ForecastJobOptions.KAFKA_PROPERTIES_PREFIX;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.stream.ForecastSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The job's configuration, checked: every key is known, every value is of its option's type, what
 * is required is there. {@code --lstm.key value} takes precedence over {@code --config file.yaml},
 * and that over the defaults.
 */
public final class ForecastJobConfig {

  /** The second name is for Flink's entry points, which take --config for their own --configDir. */
  private static final List<String> CONFIG_FILE = List.of("config", "job-config");

  private static final String PREFIX = "lstm.";
  private static final String MAX_REQUEST_SIZE = "max.request.size";
  private static final String DEFAULT_MAX_REQUEST_SIZE = "1048576";
  private static final Duration MAX_IDLENESS = Duration.ofDays(366);

  /** Room in a record for the headers that we add to it. */
  public static final int OWN_HEADERS_BYTES = 16 * 1024;

  private final Configuration options;
  private final Map<String, String> kafkaProperties;

  private ForecastJobConfig(Map<String, String> values) {
    this.options = new Configuration();
    this.kafkaProperties = new LinkedHashMap<>();
    values.forEach(this::set);
    ForecastJobOptions.ALL.forEach(this::checkValue);
    checkTogether();
  }

  /**
   * Reads the command line.
   *
   * @throws JobConfigurationException if anything on it, or in the file it names, is wrong
   */
  public static ForecastJobConfig fromArguments(String... arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> overrides = new LinkedHashMap<>();
    for (int k = 0; k < arguments.length; k++) {
      String argument = arguments[k];
      if (!argument.startsWith("--")) {
        throw new JobConfigurationException(
            "argument "
                + (k + 1)
                + ": expected --config file.yaml or --lstm.some.key value, got "
                // Not what follows: there could be a secret in it.
                + argument.replaceFirst("=.*", "=..."));
      }
      int equals = argument.indexOf('=');
      String key = argument.substring(2, equals < 0 ? argument.length() : equals);
      if (equals < 0 && k + 1 == arguments.length) {
        throw new JobConfigurationException(argument + ": expected a value after it, got none");
      }
      String value = equals < 0 ? arguments[++k] : argument.substring(equals + 1);
      if (CONFIG_FILE.contains(key)) {
        values.putAll(readYaml(Path.of(value)));
      } else {
        overrides.put(key, value);
      }
    }
    values.putAll(overrides);
    return new ForecastJobConfig(values);
  }

  /** Whether the command line asks for help rather than for a job. */
  public static boolean asksForHelp(String... arguments) {
    return List.of(arguments).contains("--help");
  }

  private static Map<String, String> readYaml(Path file) {
    try {
      Object document =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromString(Files.readString(file));
      Map<String, String> values = new LinkedHashMap<>();
      if (document != null) {
        flatten("", document, file, values);
      }
      return values;
    } catch (NoSuchFileException e) {
      throw new JobConfigurationException("--config: expected a file, got none at " + file);
    } catch (IOException e) {
      throw new JobConfigurationException("--config " + file + ": expected to read it, got " + e);
    } catch (MarkedYamlEngineException e) {
      // Not its whole message, which shows the line: there could be a secret in it.
      throw new JobConfigurationException(
          "--config "
              + file
              + e.getProblemMark()
                  .map(
                      mark -> " line " + (mark.getLine() + 1) + " column " + (mark.getColumn() + 1))
                  .orElse("")
              + ": expected valid YAML, got: "
              + e.getProblem());
    } catch (YamlEngineException e) {
      throw new JobConfigurationException(
          "--config " + file + ": expected valid YAML, got " + e.getClass().getSimpleName());
    }
  }

  private static void flatten(String path, Object node, Path file, Map<String, String> values) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) ->
              flatten(path.isEmpty() ? "" + key : path + "." + key, value, file, values));
    } else if (path.isEmpty() || node instanceof List) {
      throw new JobConfigurationException(
          "--config "
              + file
              + ": expected keys and values"
              + (path.isEmpty() ? "" : " below " + path)
              + ", got "
              + (node instanceof List ? "a list" : "a single value"));
    } else if (values.put(path, node == null ? "" : node.toString()) != null) {
      throw new JobConfigurationException(
          "--config " + file + ": expected " + path + " once, got it twice");
    }
  }

  private void set(String key, String value) {
    if (key.startsWith(KAFKA_PROPERTIES_PREFIX)) {
      String name = key.substring(KAFKA_PROPERTIES_PREFIX.length());
      KafkaProperties.refusePlainSecret(KAFKA_PROPERTIES_PREFIX, name, value);
      kafkaProperties.put(name, value);
      return;
    }
    boolean known = ForecastJobOptions.ALL.stream().anyMatch(option -> option.key().equals(key));
    if (!known) {
      throw new JobConfigurationException(
          key
              + ": expected a known option, got this; did you mean "
              + nearest(key)
              + "?"
              + (key.startsWith(PREFIX)
                  ? ""
                  : " Options of Flink belong into its configuration, or behind -D"));
    }
    options.setString(key, value);
  }

  private static String nearest(String key) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return Stream.concat(
            ForecastJobOptions.ALL.stream().map(ConfigOption::key),
            Stream.of(KAFKA_PROPERTIES_PREFIX + "*"))
        .min(java.util.Comparator.comparingInt(known -> distance.apply(key, known)))
        .orElseThrow();
  }

  private void checkValue(ConfigOption<?> option) {
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

  private void checkTogether() {
    require(ForecastJobOptions.BOOTSTRAP_SERVERS);
    require(ForecastJobOptions.MODEL_PATH);
    Duration maxAhead = get(ForecastJobOptions.MAX_AHEAD);
    if (maxAhead.isNegative() || maxAhead.compareTo(Duration.ofMillis(Long.MAX_VALUE)) > 0) {
      throw new JobConfigurationException(
          ForecastJobOptions.MAX_AHEAD.key()
              + ": expected a duration of 0 to 2^63 - 1 ms, got "
              + get(ForecastJobOptions.MAX_AHEAD));
    }
    Duration idleness = get(ForecastJobOptions.IDLENESS);
    if (idleness.isNegative() || idleness.compareTo(MAX_IDLENESS) > 0) {
      throw new JobConfigurationException(
          ForecastJobOptions.IDLENESS.key()
              + ": expected a duration of 0 to "
              + MAX_IDLENESS
              + ", got "
              + idleness);
    }
    Duration ttl = get(ForecastJobOptions.TTL);
    if (ttl != null && ttl.compareTo(maxAhead) <= 0) {
      // One record so far ahead would let the watermark pass the ttl of streams that are busy.
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
    checkDeadLetterMaxBytes();
    KafkaSettings.check(this, kafkaProperties);
    Map<String, String> topics = new LinkedHashMap<>();
    for (ConfigOption<String> option : topicOptions()) {
      require(option);
      String other = topics.put(get(option), option.key());
      if (other != null) {
        throw new JobConfigurationException(
            option.key()
                + ": expected a topic of its own, got "
                + get(option)
                + ", which is "
                + other
                + " too");
      }
    }
  }

  /** The options of the topics that the job reads and writes. */
  List<ConfigOption<String>> topicOptions() {
    List<ConfigOption<String>> topics = new ArrayList<>();
    topics.add(ForecastJobOptions.SOURCE_TOPIC);
    topics.add(ForecastJobOptions.SINK_TOPIC);
    topics.addAll(copyTopicOptions());
    return topics;
  }

  /** The options of the topics that get copies of records. */
  public List<ConfigOption<String>> copyTopicOptions() {
    List<ConfigOption<String>> topics = new ArrayList<>();
    topics.add(ForecastJobOptions.LATE_TOPIC);
    topics.add(ForecastJobOptions.DEAD_LETTER_TOPIC);
    if (getOrNull(ForecastJobOptions.DUPLICATE_TOPIC) != null) {
      topics.add(ForecastJobOptions.DUPLICATE_TOPIC);
    }
    return topics;
  }

  /** A dead letter that the producer refuses would fail the job again and again. */
  private void checkDeadLetterMaxBytes() {
    long maxBytes = get(ForecastJobOptions.DEAD_LETTER_MAX_BYTES).getBytes();
    String requestSize = kafkaProperties.getOrDefault(MAX_REQUEST_SIZE, DEFAULT_MAX_REQUEST_SIZE);
    long limit = parseRequestSize(requestSize) - OWN_HEADERS_BYTES;
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

  private void require(ConfigOption<String> option) {
    String value = get(option);
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

  public <T> T get(ConfigOption<T> option) {
    return options.get(option);
  }

  public boolean isExactlyOnce() {
    return get(ForecastJobOptions.DELIVERY_GUARANTEE)
        == ForecastJobOptions.OutputGuarantee.EXACTLY_ONCE;
  }

  /** The value, or null if it is empty. */
  public String getOrNull(ConfigOption<String> option) {
    String value = get(option);
    return value == null || value.isEmpty() ? null : value;
  }

  /**
   * How the forecast function runs; what is not configured is as the model card says.
   *
   * @throws JobConfigurationException if a duration is out of its range or does not fit another
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
          get(ForecastJobOptions.ON_MODEL_CHANGE));
    } catch (IllegalArgumentException e) {
      throw new JobConfigurationException("lstm.stream." + e.getMessage(), e);
    }
  }

  /** The properties for every Kafka client, secrets unresolved: {@link KafkaProperties}. */
  public Properties kafkaProperties() {
    Properties properties = new Properties();
    properties.putAll(KafkaProperties.withProviders(kafkaProperties));
    properties.setProperty("bootstrap.servers", get(ForecastJobOptions.BOOTSTRAP_SERVERS));
    return properties;
  }
}
