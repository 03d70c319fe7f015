package io.flinklstm.local.ticks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends ticks to a topic, as fast as possible or at a multiple of the pace of their event times.
 */
public final class TickProducer implements AutoCloseable {

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final double speed;
  private long firstEventTime;
  private long startNanos;
  private long sent;
  private volatile Exception failure;

  /**
   * @param clientProperties of the Kafka client
   * @param speed multiple of the pace of the event times, or infinity
   */
  public TickProducer(Map<String, String> clientProperties, String topic, double speed) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("linger.ms", "5");
    properties.put("batch.size", "131072");
    // A missing broker or topic shows only as a wait; the default of a minute would be long.
    properties.put("max.block.ms", "15000");
    properties.putAll(clientProperties);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.speed = speed;
  }

  /** Sends a tick when it is due. */
  public void send(Tick tick) throws IOException {
    checkFailure();
    if (sent == 0) {
      firstEventTime = tick.eventTime();
      startNanos = System.nanoTime();
    }
    awaitTimeOf(tick);
    producer.send(
        new ProducerRecord<>(topic, tick.key().getBytes(StandardCharsets.UTF_8), tick.toJson()),
        (metadata, exception) -> {
          if (exception != null) {
            failure = exception;
          }
        });
    sent++;
  }

  private void awaitTimeOf(Tick tick) {
    if (Double.isInfinite(speed)) {
      return;
    }
    double due = (tick.eventTime() - firstEventTime) * (double) TimeUnit.MILLISECONDS.toNanos(1);
    long dueNanos = startNanos + (long) (due / speed);
    if (dueNanos - System.nanoTime() > 0) {
      producer.flush();
    }
    for (long left = dueNanos - System.nanoTime();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  public long sent() {
    return sent;
  }

  /** Waits until the broker has everything. */
  public void flush() throws IOException {
    producer.flush();
    checkFailure();
  }

  private void checkFailure() throws IOException {
    if (failure != null) {
      throw new IOException(
          "sending: expected a broker that answers and has topic "
              + topic
              + ", got: "
              + failure.getMessage(),
          failure);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
