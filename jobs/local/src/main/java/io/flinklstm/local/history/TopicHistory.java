package io.flinklstm.local.history;

import io.flinklstm.local.console.Progress;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.kafka.TopicPartitions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning to its current end, as the job would. */
final class TopicHistory {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String topic;
  private final Map<String, Object> properties;

  /**
   * @param properties of the Kafka client
   */
  TopicHistory(String topic, Map<String, Object> properties) {
    this.topic = topic;
    this.properties = new HashMap<>(properties);
    this.properties.putIfAbsent("isolation.level", "read_committed");
    this.properties.put("enable.auto.commit", "false");
    this.properties.put("allow.auto.create.topics", "false");
    this.properties.put("auto.offset.reset", "earliest");
  }

  /**
   * @param reader receives every record, those of a partition in order
   * @throws IllegalArgumentException if the broker does not answer or has no such topic
   */
  void read(HistoryReader reader, Resources resources) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      resources.add(consumer::wakeup);
      List<TopicPartition> partitions = TopicPartitions.of(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Progress progress = new Progress(System.out);
      long rows = 0;
      long lastNanos = System.nanoTime();
      // Positions, not records: the last offsets of a topic may be markers of transactions.
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
        if (!records.isEmpty()) {
          lastNanos = System.nanoTime();
        } else if (System.nanoTime() - lastNanos > PATIENCE.toNanos()) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "--topic %s: expected more records, got none for %d s after the first %,d",
                  topic,
                  PATIENCE.toSeconds(),
                  rows));
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
            reader.add(record);
            rows++;
          }
        }
        long soFar = rows;
        progress.update(() -> String.format(Locale.ROOT, "%,d records read", soFar));
      }
      progress.end();
    } catch (WakeupException closing) {
      throw new IllegalStateException("--topic " + topic + ": stopped while reading", closing);
    } catch (KafkaException e) {
      throw new IllegalArgumentException(
          "--topic " + topic + ": expected to read it to its end, got: " + e.getMessage(), e);
    }
  }
}
