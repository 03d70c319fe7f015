package io.flinklstm.jobs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.ConfigOption;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the broker, before the job is submitted, whether it is there and has the topics. */
final class KafkaPreflight {

  private static final int TIMEOUT_SECONDS = 10;

  private KafkaPreflight() {}

  /**
   * @throws JobConfigurationException if the broker does not answer or a topic is missing
   */
  static void check(ForecastJobConfig config) {
    Properties properties = config.kafkaProperties();
    properties.setProperty("request.timeout.ms", Integer.toString(TIMEOUT_SECONDS * 1000));
    properties.setProperty("default.api.timeout.ms", Integer.toString(TIMEOUT_SECONDS * 1000));
    Map<String, ConfigOption<String>> topics = new LinkedHashMap<>();
    topics.put(config.get(ForecastJobOptions.SOURCE_TOPIC), ForecastJobOptions.SOURCE_TOPIC);
    topics.put(config.get(ForecastJobOptions.SINK_TOPIC), ForecastJobOptions.SINK_TOPIC);
    topics.put(config.get(ForecastJobOptions.LATE_TOPIC), ForecastJobOptions.LATE_TOPIC);
    topics.put(
        config.get(ForecastJobOptions.DEAD_LETTER_TOPIC), ForecastJobOptions.DEAD_LETTER_TOPIC);
    try (Admin admin = Admin.create(properties)) {
      Map<String, KafkaFuture<TopicDescription>> found =
          admin.describeTopics(topics.keySet()).topicNameValues();
      topics.forEach((topic, option) -> checkTopic(config, option, found.get(topic)));
    } catch (KafkaException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.KAFKA_PROPERTIES_PREFIX
              + "*: expected the settings of a Kafka client, got: "
              + rootMessage(e),
          e);
    }
  }

  private static void checkTopic(
      ForecastJobConfig config,
      ConfigOption<String> option,
      KafkaFuture<TopicDescription> description) {
    String topic = config.get(option);
    String servers = config.get(ForecastJobOptions.BOOTSTRAP_SERVERS);
    try {
      description.get(TIMEOUT_SECONDS + 5, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new JobConfigurationException(
            option.key()
                + ": expected the topic to exist at "
                + servers
                + ", got none named "
                + topic
                + "; create it: kafka-topics.sh --bootstrap-server "
                + servers
                + " --create --topic "
                + topic,
            e);
      }
      if (e.getCause() instanceof ApiException && !(e.getCause() instanceof RetriableException)) {
        throw new JobConfigurationException(
            option.key()
                + ": expected to see topic "
                + topic
                + " at "
                + servers
                + ", got: "
                + rootMessage(e.getCause()),
            e);
      }
      throw unreachable(servers, e.getCause(), e);
    } catch (TimeoutException e) {
      throw unreachable(servers, e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(servers, e, e);
    }
  }

  private static JobConfigurationException unreachable(
      String servers, Throwable reason, Throwable cause) {
    return new JobConfigurationException(
        ForecastJobOptions.BOOTSTRAP_SERVERS.key()
            + ": expected a Kafka broker that answers at "
            + servers
            + " within "
            + TIMEOUT_SECONDS
            + " s, got: "
            + rootMessage(reason),
        cause);
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
