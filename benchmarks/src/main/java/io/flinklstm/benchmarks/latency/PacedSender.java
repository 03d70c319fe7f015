package io.flinklstm.benchmarks.latency;

import io.flinklstm.benchmarks.job.Broker;
import io.flinklstm.benchmarks.job.Ticks;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends ticks to a topic that nobody else writes to, each when it is due. Not thread-safe. */
final class PacedSender implements AutoCloseable {

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final Ticks ticks;
  private long sent;
  private volatile Exception failure;

  PacedSender(Broker broker, String topic, Ticks ticks) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", broker.address(), "linger.ms", "0");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.ticks = ticks;
  }

  /** A phase that begins soon. */
  Phase plan(long count, int rate) {
    return new Phase(sent, count, System.nanoTime() + 10_000_000, rate);
  }

  /** Sends the ticks of a phase; one that is late does not hold back those after it. */
  void send(Phase phase) throws IOException {
    for (long k = 0; k < phase.count(); k++) {
      long due = phase.dueNanos(sent);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      producer.send(
          ticks.next(topic),
          (metadata, exception) -> {
            if (exception != null) {
              failure = exception;
            }
          });
      sent++;
    }
    producer.flush();
    if (failure != null) {
      throw new IOException("sending ticks", failure);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
