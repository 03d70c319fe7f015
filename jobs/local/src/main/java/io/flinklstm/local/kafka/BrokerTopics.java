package io.flinklstm.local.kafka;

import io.flinklstm.jobs.kafka.TimestampLimits;
import io.flinklstm.jobs.kafka.VisibleTopics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of a broker; each one that exists is looked up only once. */
public final class BrokerTopics implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 10;

  private final Admin admin;
  private final Map<String, Topic> topics = new HashMap<>();

  /**
   * What a producer needs to know about a topic.
   *
   * @param partitions their number
   * @param limits on the timestamps that it keeps
   */
  public record Topic(int partitions, TimestampLimits limits) {}

  /**
   * @param clientProperties of the Kafka client
   */
  public BrokerTopics(Map<String, String> clientProperties) {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put("request.timeout.ms", Integer.toString(PATIENCE_SECONDS * 1000));
    properties.put("default.api.timeout.ms", Integer.toString(PATIENCE_SECONDS * 1000));
    this.admin = Admin.create(properties);
  }

  /**
   * A topic, or null if the broker has none of that name.
   *
   * @throws IOException if the broker does not answer
   * @throws IllegalArgumentException if the broker refuses
   */
  public Topic find(String name) throws IOException {
    Topic topic = topics.get(name);
    if (topic == null) {
      topic = ask(name);
      if (topic != null) {
        topics.put(name, topic);
      }
    }
    return topic;
  }

  /**
   * Creates the missing topics, with the broker's default number of partitions, and waits until the
   * broker shows all of them. They keep their records forever, whatever the records' timestamps.
   *
   * @return the topics that were created
   * @throws IOException if the broker does not answer, or does not show a topic in time
   * @throws IllegalArgumentException if the broker refuses
   */
  public List<String> createMissing(Collection<String> names) throws IOException {
    List<String> created = new ArrayList<>();
    for (String name : names) {
      NewTopic topic =
          new NewTopic(name, Optional.empty(), Optional.empty())
              .configs(Map.of("retention.ms", "-1", "retention.bytes", "-1"));
      try {
        await(admin.createTopics(List.of(topic)).all());
        created.add(name);
      } catch (TopicExistsException there) {
        continue;
      } catch (ApiException e) {
        throw new IllegalArgumentException(
            "topic " + name + ": expected to create it, got: " + e.getMessage(), e);
      }
    }
    awaitVisible(names);
    return created;
  }

  private void awaitVisible(Collection<String> names) throws IOException {
    Map<String, KafkaFuture<TopicDescription>> answers =
        VisibleTopics.describe(
            admin, names, new DescribeTopicsOptions(), Duration.ofSeconds(PATIENCE_SECONDS));
    for (String name : names) {
      try {
        await(answers.get(name));
      } catch (UnknownTopicOrPartitionException e) {
        throw new IOException(
            "topic "
                + name
                + ": expected the broker to show it within "
                + PATIENCE_SECONDS
                + " s after it was created, got: "
                + e.getMessage(),
            e);
      } catch (ApiException e) {
        throw unseen(name, e);
      }
    }
  }

  private Topic ask(String name) throws IOException {
    try {
      int partitions =
          await(
                  VisibleTopics.describe(
                          admin, List.of(name), new DescribeTopicsOptions(), VisibleTopics.BRIEFLY)
                      .get(name))
              .partitions()
              .size();
      return new Topic(partitions, limits(name));
    } catch (UnknownTopicOrPartitionException | InvalidTopicException none) {
      return null;
    } catch (ApiException e) {
      throw unseen(name, e);
    }
  }

  private static IllegalArgumentException unseen(String name, ApiException refusal) {
    return new IllegalArgumentException(
        "topic " + name + ": expected to see it, got: " + refusal.getMessage(), refusal);
  }

  private TimestampLimits limits(String name) throws IOException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    try {
      return TimestampLimits.of(
          await(admin.describeConfigs(List.of(resource)).values().get(resource)));
    } catch (ApiException notAllowed) {
      return TimestampLimits.BROKER_DEFAULTS;
    }
  }

  private static <T> T await(KafkaFuture<T> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refusal
          && (!(refusal instanceof RetriableException)
              || refusal instanceof UnknownTopicOrPartitionException)) {
        throw refusal;
      }
      throw new IOException(
          "--bootstrap-server: expected a Kafka broker that answers within "
              + PATIENCE_SECONDS
              + " s, got: "
              + e.getCause().getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("--bootstrap-server: expected an answer, got interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
