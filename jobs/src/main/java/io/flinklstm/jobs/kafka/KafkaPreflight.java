package io.flinklstm.jobs.kafka;

import static java.util.Objects.requireNonNull;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.SourceTopics;
import io.flinklstm.jobs.config.TransactionTimeout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.ConfigOption;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks, before the job is submitted, that the broker answers, has the topics, and would accept
 * what the job writes.
 */
public final class KafkaPreflight {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaPreflight.class);
  private static final int TIMEOUT_SECONDS = 10;

  private KafkaPreflight() {}

  /**
   * @param copyTopics the topics that receive copies of records
   * @return by copy topic: the record timestamps that it keeps
   * @throws JobConfigurationException if the broker does not answer, or a topic is missing or would
   *     refuse what the job writes
   */
  public static Map<String, TimestampLimits> check(
      ForecastJobConfig config, List<ConfigOption<String>> copyTopics) {
    Properties properties = config.kafkaProperties();
    properties.setProperty("request.timeout.ms", Integer.toString(TIMEOUT_SECONDS * 1000));
    properties.setProperty("default.api.timeout.ms", Integer.toString(TIMEOUT_SECONDS * 1000));
    Map<String, ConfigOption<String>> topics = new LinkedHashMap<>();
    try (Admin admin = Admin.create(properties)) {
      sourceTopics(config, admin)
          .forEach(topic -> topics.put(topic, config.sourceTopics().option()));
      topics.put(config.get(ForecastJobOptions.SINK_TOPIC), ForecastJobOptions.SINK_TOPIC);
      copyTopics.forEach(option -> topics.put(config.get(option), option));
      Map<String, KafkaFuture<TopicDescription>> found =
          VisibleTopics.describe(
              admin,
              topics.keySet(),
              new DescribeTopicsOptions().includeAuthorizedOperations(true),
              VisibleTopics.BRIEFLY);
      topics.forEach(
          (topic, option) -> checkTopic(config, option, topic, requireNonNull(found.get(topic))));
      if (config.isExactlyOnce()) {
        checkTransactionTimeout(config, admin);
      }
      return limits(config, admin, copyTopics);
    } catch (KafkaException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.KAFKA_PROPERTIES_PREFIX
              + "*: expected the settings of a Kafka client, got: "
              + rootMessage(e),
          e);
    }
  }

  private static Collection<String> sourceTopics(ForecastJobConfig config, Admin admin) {
    SourceTopics source = config.sourceTopics();
    if (source.pattern() == null) {
      return source.names();
    }
    try {
      return MatchingTopics.of(
          config,
          await(config, VisibleTopics.list(admin, source::includes, VisibleTopics.BRIEFLY)));
    } catch (AuthenticationException e) {
      throw refused(config.get(ForecastJobOptions.BOOTSTRAP_SERVERS), e);
    }
  }

  private static void checkTransactionTimeout(ForecastJobConfig config, Admin admin) {
    List<ConfigResource> brokers =
        await(config, admin.describeCluster().nodes()).stream()
            .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
            .toList();
    try {
      for (Config broker : await(config, admin.describeConfigs(brokers).all()).values()) {
        TransactionTimeout.checkBrokerLimit(
            config,
            TimestampLimits.number(broker, TransactionTimeout.BROKER_LIMIT, Long.MAX_VALUE));
      }
    } catch (ApiException refusal) {
      LOG.warn(
          "Expected to read {} of the brokers, got: {}; if {} is above it, the job fails again and"
              + " again. Allow the job DescribeConfigs on the cluster",
          TransactionTimeout.BROKER_LIMIT,
          rootMessage(refusal),
          TransactionTimeout.of(config));
    }
  }

  private static Map<String, TimestampLimits> limits(
      ForecastJobConfig config, Admin admin, List<ConfigOption<String>> copyTopics) {
    Map<String, TimestampLimits> limits = new LinkedHashMap<>();
    Map<ConfigResource, ConfigOption<String>> options = new LinkedHashMap<>();
    for (ConfigOption<String> option : copyTopics) {
      options.put(new ConfigResource(ConfigResource.Type.TOPIC, config.get(option)), option);
      limits.put(config.get(option), TimestampLimits.BROKER_DEFAULTS);
    }
    Map<ConfigResource, KafkaFuture<Config>> found =
        admin.describeConfigs(options.keySet()).values();
    List<String> unknown = new ArrayList<>();
    options.forEach(
        (resource, option) -> {
          try {
            Config settings = await(config, requireNonNull(found.get(resource)));
            new CopyTopic(option, resource.name(), settings).check(config);
            limits.put(resource.name(), TimestampLimits.of(settings));
          } catch (ApiException refusal) {
            unknown.add(resource.name() + ": " + rootMessage(refusal));
          }
        });
    if (!unknown.isEmpty()) {
      LOG.warn(
          "Expected to read the settings of the topics that get copies of records, got none of {};"
              + " assuming the broker's defaults. If a topic has other settings, the broker may"
              + " refuse a copy and fail the job. Allow the job DescribeConfigs on these topics",
          unknown);
    }
    return limits;
  }

  private static void checkTopic(
      ForecastJobConfig config,
      ConfigOption<String> option,
      String topic,
      KafkaFuture<TopicDescription> description) {
    String servers = config.get(ForecastJobOptions.BOOTSTRAP_SERVERS);
    try {
      requirePermission(config, option, topic, await(config, description).authorizedOperations());
    } catch (AuthenticationException e) {
      throw refused(servers, e);
    } catch (UnknownTopicOrPartitionException e) {
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
    } catch (ApiException e) {
      throw new JobConfigurationException(
          option.key()
              + ": expected to see topic "
              + topic
              + " at "
              + servers
              + ", got: "
              + rootMessage(e),
          e);
    }
  }

  /**
   * A user who can see a topic may still lack the right to read or write it, which would fail the
   * running job.
   */
  private static void requirePermission(
      ForecastJobConfig config,
      ConfigOption<String> option,
      String topic,
      @Nullable Set<AclOperation> granted) {
    AclOperation needed =
        option == config.sourceTopics().option() ? AclOperation.READ : AclOperation.WRITE;
    // Null from brokers that do not report it.
    if (granted != null && !granted.contains(needed)) {
      throw new JobConfigurationException(
          option.key()
              + ": expected the permission to "
              + needed
              + " topic "
              + topic
              + ", got "
              + new TreeSet<>(granted)
              + "; grant it: kafka-acls.sh --bootstrap-server "
              + config.get(ForecastJobOptions.BOOTSTRAP_SERVERS)
              + " --add --allow-principal User:NAME --operation "
              + needed
              + " --topic "
              + topic);
    }
  }

  private static JobConfigurationException refused(String servers, AuthenticationException e) {
    boolean tls = e instanceof SslAuthenticationException;
    return new JobConfigurationException(
        ForecastJobOptions.KAFKA_PROPERTIES_PREFIX
            + (tls ? "ssl.*: expected a TLS connection to " : "sasl.*: expected to log in at ")
            + servers
            + ", got: "
            + rootMessage(e),
        e);
  }

  /**
   * @throws ApiException if the broker refuses to answer, or does not know the topic
   * @throws JobConfigurationException if there is no answer
   */
  private static <T> T await(ForecastJobConfig config, KafkaFuture<T> answer) {
    String servers = config.get(ForecastJobOptions.BOOTSTRAP_SERVERS);
    try {
      return answer.get(TIMEOUT_SECONDS + 5, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refusal
          && (!(refusal instanceof RetriableException)
              || refusal instanceof UnknownTopicOrPartitionException)) {
        throw refusal;
      }
      throw unreachable(servers, e);
    } catch (TimeoutException e) {
      throw unreachable(servers, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(servers, e);
    }
  }

  private static JobConfigurationException unreachable(String servers, Throwable cause) {
    return new JobConfigurationException(
        ForecastJobOptions.BOOTSTRAP_SERVERS.key()
            + ": expected a Kafka broker that answers at "
            + servers
            + " within "
            + TIMEOUT_SECONDS
            + " s, got: "
            + rootMessage(cause),
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
