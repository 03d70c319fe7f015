package io.flinklstm.local.kafka;

import io.flinklstm.jobs.kafka.VisibleTopics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** The partitions of a topic that a command reads. */
public final class TopicPartitions {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private TopicPartitions() {}

  /**
   * @throws IllegalArgumentException if the broker does not answer or has no such topic
   */
  public static List<TopicPartition> of(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    List<PartitionInfo> partitions;
    try {
      partitions = consumer.partitionsFor(topic, PATIENCE);
      long deadline = System.nanoTime() + VisibleTopics.BRIEFLY.toNanos();
      while (partitions.isEmpty() && System.nanoTime() < deadline) {
        LockSupport.parkNanos(PAUSE.toNanos());
        partitions = consumer.partitionsFor(topic, PATIENCE);
      }
    } catch (TimeoutException e) {
      throw new IllegalArgumentException(
          "--bootstrap-server: expected a Kafka broker that answers within "
              + PATIENCE.toSeconds()
              + " s, got none",
          e);
    }
    if (partitions.isEmpty()) {
      throw new IllegalArgumentException("--topic: expected a topic, got none named " + topic);
    }
    return partitions.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }
}
