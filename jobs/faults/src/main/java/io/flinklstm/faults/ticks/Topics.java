package io.flinklstm.faults.ticks;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topics of a run, and consumers for them. */
public final class Topics {

  public static final String TICKS = "ticks";
  public static final String PREDICTIONS = "predictions";
  public static final String LATE = "ticks.late";
  public static final String DUPLICATES = "ticks.duplicates";
  public static final String DEAD_LETTERS = "ticks.dead-letters";

  public static final List<String> ALL =
      List.of(TICKS, PREDICTIONS, LATE, DUPLICATES, DEAD_LETTERS);

  private Topics() {}

  static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    // Reconnects soon to a broker that comes back.
    properties.put("reconnect.backoff.max.ms", "200");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All partitions of a topic, in order. */
  static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .sorted(java.util.Comparator.comparingInt(TopicPartition::partition))
        .toList();
  }

  /** Passes on all committed records of a topic up to its current end, partition by partition. */
  static void read(
      String bootstrapServers, String topic, Consumer<ConsumerRecord<byte[], byte[]>> receiver) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
      for (TopicPartition partition : partitions(consumer, topic)) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofMillis(200)).forEach(receiver);
        }
      }
    }
  }

  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
