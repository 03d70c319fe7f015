package io.flinklstm.benchmarks.latency;

import io.flinklstm.benchmarks.job.Broker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads predictions and records how long after its tick was due each became visible. */
final class PredictionWatch implements AutoCloseable {

  private static final String OFFSET_HEADER = "__flink.source.offset";
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long PATIENCE_NANOS = 600_000_000_000L;

  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param isolation read_committed or read_uncommitted
   */
  PredictionWatch(Broker broker, String topic, String isolation) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", broker.address(), "isolation.level", isolation);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
    consumer.assign(partition);
    consumer.seekToBeginning(partition);
  }

  /**
   * Reads until all predictions of a phase have arrived.
   *
   * @param check throws if they can no longer arrive
   * @return nanoseconds since each tick was due
   * @throws IOException if they do not arrive
   */
  Histogram await(Phase phase, Check check) throws IOException {
    Histogram latencies = new Histogram(3);
    long deadline = phase.dueNanos(phase.firstOffset() + phase.count()) + PATIENCE_NANOS;
    while (latencies.getTotalCount() < phase.count()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      long now = System.nanoTime();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        long offset = sourceOffset(record);
        if (phase.contains(offset)) {
          latencies.recordValue(now - phase.dueNanos(offset));
        }
      }
      check.run();
      if (now > deadline) {
        throw new IOException(
            "predictions: expected " + phase.count() + ", got " + latencies.getTotalCount());
      }
    }
    return latencies;
  }

  /** Throws if the run has failed. */
  interface Check {
    void run() throws IOException;
  }

  private static long sourceOffset(ConsumerRecord<byte[], byte[]> record) {
    return Long.parseLong(
        new String(record.headers().lastHeader(OFFSET_HEADER).value(), StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
