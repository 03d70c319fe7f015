package io.flinklstm.faults.ticks;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends the records of a run from its own thread, at a steady pace, whatever happens. */
public final class TickFeed implements AutoCloseable {

  /** Header with the number of a record. */
  static final String NUMBER = "number";

  private static final String TEN_MINUTES_MILLIS = "600000";

  private final TickRecords records;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicLongArray ends;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong flooded = new AtomicLong();
  private final Thread thread;
  private volatile double ticksPerSecond;
  private volatile long limit = Long.MAX_VALUE;
  private volatile Exception failure;
  private volatile boolean closing;
  private long sent; // used only by the thread

  /** Starts sending. */
  public TickFeed(
      String bootstrapServers, TickRecords records, int partitions, double ticksPerSecond) {
    this.records = records;
    this.ticksPerSecond = ticksPerSecond;
    this.ends = new AtomicLongArray(partitions);
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("linger.ms", "5");
    properties.put("delivery.timeout.ms", TEN_MINUTES_MILLIS);
    properties.put("max.block.ms", TEN_MINUTES_MILLIS);
    properties.put("reconnect.backoff.max.ms", "200");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.thread = new Thread(this::run, "tick feed");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void run() {
    try {
      sendAtPace();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void sendAtPace() {
    long start = System.nanoTime();
    long sentAtStart = 0;
    double pace = ticksPerSecond;
    while (!closing && failure == null && sent < limit) {
      if (pace != ticksPerSecond) {
        pace = ticksPerSecond;
        start = System.nanoTime();
        sentAtStart = sent;
      }
      double due = (System.nanoTime() - start) / 1e9 * pace + sentAtStart;
      if (sent < due) {
        send(sent++);
      } else {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private void send(long number) {
    TickRecords.Tick tick = records.tick(number);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.TICKS, tick.key(), tick.value());
    record
        .headers()
        .add(new RecordHeader(NUMBER, Long.toString(number).getBytes(StandardCharsets.UTF_8)));
    producer.send(record, this::acknowledge);
  }

  private void acknowledge(RecordMetadata metadata, Exception exception) {
    if (exception != null) {
      failure = exception;
      return;
    }
    acknowledged.incrementAndGet();
    ends.accumulateAndGet(metadata.partition(), metadata.offset() + 1, Math::max);
  }

  /** Sends unusable records as fast as possible, alongside the others. */
  public void flood(int count) {
    for (int k = 0; k < count; k++) {
      send(-flooded.incrementAndGet());
    }
  }

  /**
   * The ends of the input topic's partitions, as acknowledged by the broker so far.
   *
   * @throws IllegalStateException if a tick could not be sent
   */
  public long[] ends() {
    checkSent();
    long[] copy = new long[ends.length()];
    for (int p = 0; p < copy.length; p++) {
      copy[p] = ends.get(p);
    }
    return copy;
  }

  /** The number of records that the broker has acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Sends as fast as possible until the given number of ticks has been sent, and waits until the
   * broker has them all.
   *
   * @throws IllegalStateException if a tick could not be sent
   */
  public void finish(long ticks) {
    ticksPerSecond = 1e9;
    limit = ticks;
    join();
    producer.flush();
    checkSent();
  }

  private void checkSent() {
    if (failure != null) {
      throw new IllegalStateException("sending ticks: " + failure.getMessage(), failure);
    }
  }

  private void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending ticks", e);
    }
  }

  @Override
  public void close() {
    closing = true;
    producer.close(java.time.Duration.ZERO);
  }
}
