package io.flinklstm.jobs.config;

import static io.flinklstm.jobs.config.ForecastJobOptions.KAFKA_PROPERTIES_PREFIX;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;

/** Rejects Kafka client settings that the job controls itself or that break exactly-once. */
final class KafkaSettings {

  /** Characters that need no quoting in metrics, ACLs and logs. */
  private static final Pattern TRANSACTIONAL_ID_PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

  /** Read by the source itself, not by a Kafka client. */
  private static final String DISCOVERY_INTERVAL =
      KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key();

  /** Settings that the job's own options overwrite. */
  private static final Map<String, ConfigOption<?>> GIVEN_BY_OPTIONS =
      Map.of(
          "bootstrap.servers", ForecastJobOptions.BOOTSTRAP_SERVERS,
          "group.id", ForecastJobOptions.GROUP_ID,
          "auto.offset.reset", ForecastJobOptions.STARTING_OFFSETS,
          "transactional.id", ForecastJobOptions.TRANSACTIONAL_ID_PREFIX);

  private static final List<String> GIVEN_BY_THE_JOB =
      List.of("key.serializer", "value.serializer", "key.deserializer", "value.deserializer");

  /** A setting and the values it may have. */
  private record Rule(String property, String expected, Predicate<String> holds) {}

  private static final List<Rule> EXACTLY_ONCE =
      List.of(
          new Rule("acks", "all", text -> text.equals("all") || text.equals("-1")),
          new Rule("enable.idempotence", "true", text -> text.equalsIgnoreCase("true")),
          new Rule(
              "max.in.flight.requests.per.connection", "1 to 5", text -> text.matches("[1-5]")),
          new Rule("retries", "more than 0", text -> !text.equals("0")),
          // Otherwise an aborted observation would be applied, and its forecast committed.
          new Rule(
              "isolation.level",
              "read_committed",
              text -> text.equalsIgnoreCase("read_committed")));

  private KafkaSettings() {}

  /**
   * @throws JobConfigurationException if a setting would have no effect or would break the
   *     guarantee
   */
  static void check(ForecastJobConfig config) {
    Map<String, String> given = config.givenKafkaProperties();
    GIVEN_BY_OPTIONS.forEach(
        (property, option) -> refuse(given, property, "; give " + option.key() + " instead"));
    GIVEN_BY_THE_JOB.forEach(
        property -> refuse(given, property, "; the job reads and writes bytes"));
    check(
        given,
        new Rule("enable.auto.commit", "false", text -> text.equalsIgnoreCase("false")),
        "; offsets are committed at checkpoints");
    check(
        given,
        new Rule(
            DISCOVERY_INTERVAL,
            "a whole number of milliseconds",
            text -> text.matches("-?[0-9]{1,18}")),
        "; 0 or less switches the search for new partitions off");
    if (config.isExactlyOnce()) {
      EXACTLY_ONCE.forEach(
          rule ->
              check(
                  given,
                  rule,
                  ", with which "
                      + ForecastJobOptions.DELIVERY_GUARANTEE.key()
                      + " cannot be exactly-once; leave it out"));
      checkTransactionalIdPrefix(config.get(ForecastJobOptions.TRANSACTIONAL_ID_PREFIX));
      TransactionTimeout.of(config);
    }
  }

  private static void refuse(Map<String, String> given, String property, String cure) {
    if (given.containsKey(property)) {
      throw new JobConfigurationException(
          KAFKA_PROPERTIES_PREFIX
              + property
              + ": expected none, got "
              + given.get(property)
              + cure);
    }
  }

  private static void check(Map<String, String> given, Rule rule, String cure) {
    String text = given.get(rule.property);
    // A config provider's value is known only where the clients run.
    if (text != null && !text.startsWith("${") && !rule.holds.test(text.strip())) {
      throw new JobConfigurationException(
          KAFKA_PROPERTIES_PREFIX
              + rule.property
              + ": expected "
              + rule.expected
              + ", got "
              + text
              + cure);
    }
  }

  private static void checkTransactionalIdPrefix(String prefix) {
    if (!TRANSACTIONAL_ID_PREFIX.matcher(prefix).matches()) {
      throw new JobConfigurationException(
          ForecastJobOptions.TRANSACTIONAL_ID_PREFIX.key()
              + ": expected 1 to 200 letters, digits, dots, dashes and underscores, got "
              + (prefix.isEmpty() ? "none" : prefix));
    }
  }
}
