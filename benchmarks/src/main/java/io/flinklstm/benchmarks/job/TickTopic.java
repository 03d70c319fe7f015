package io.flinklstm.benchmarks.job;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills a topic with ticks before the measurement. */
public final class TickTopic {

  private TickTopic() {}

  public static void fill(Broker broker, String topic, Ticks ticks, long count) throws IOException {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", broker.address(), "linger.ms", "20", "batch.size", "262144");
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long k = 0; k < count && failure.get() == null; k++) {
        producer.send(
            ticks.next(topic),
            (metadata, exception) -> {
              if (exception != null) {
                failure.set(exception);
              }
            });
      }
    }
    if (failure.get() != null) {
      throw new IOException("filling topic " + topic, failure.get());
    }
  }
}
