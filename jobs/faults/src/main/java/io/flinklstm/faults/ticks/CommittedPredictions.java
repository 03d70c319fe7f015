package io.flinklstm.faults.ticks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** Tracks, as a read_committed consumer, how far the predictions have got. */
public final class CommittedPredictions implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AtomicLongArray ends; // by partition of the input topic
  private final Thread thread;
  private volatile RuntimeException failure;

  /** Starts watching. */
  public CommittedPredictions(String bootstrapServers, int partitions) {
    this.ends = new AtomicLongArray(partitions);
    this.consumer = Topics.consumer(bootstrapServers);
    List<TopicPartition> assigned = Topics.partitions(consumer, Topics.PREDICTIONS);
    consumer.assign(assigned);
    this.thread = new Thread(this::watch, "committed predictions");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void watch() {
    try {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          ends.accumulateAndGet(
              Integer.parseInt(Topics.header(record, "__flink.source.partition")),
              Long.parseLong(Topics.header(record, "__flink.source.offset")) + 1,
              Math::max);
        }
      }
    } catch (WakeupException closing) {
      // Thrown because of close().
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      consumer.close();
    }
  }

  /**
   * Whether any partition, or every one, has a prediction for a record at or after these offsets.
   *
   * @param offsets by partition of the input topic
   */
  public boolean haveReached(long[] offsets, boolean all) {
    if (failure != null) {
      throw new IllegalStateException("reading predictions: " + failure.getMessage(), failure);
    }
    boolean every = true;
    boolean any = false;
    for (int p = 0; p < offsets.length; p++) {
      boolean reached = ends.get(p) > offsets[p];
      every &= reached;
      any |= reached;
    }
    return all ? every : any;
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
