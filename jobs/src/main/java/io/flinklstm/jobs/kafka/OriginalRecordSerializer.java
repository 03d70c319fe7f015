package io.flinklstm.jobs.kafka;

import static java.util.Objects.requireNonNull;

import io.flinklstm.forecast.Observation;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Late observations and duplicates as Kafka records: the original record plus headers with its
 * source position.
 */
public final class OriginalRecordSerializer implements KafkaRecordSerializationSchema<Observation> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private final long maxBytes;
  private final TimestampLimits limits;

  public OriginalRecordSerializer(String topic, long maxBytes, TimestampLimits limits) {
    this.topic = topic;
    this.maxBytes = maxBytes;
    this.limits = limits;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Observation observation, KafkaSinkContext context, @Nullable Long timestamp) {
    return SourceRecordCopy.of(
        requireNonNull(observation.source()), CopyHeaders.SOURCE, topic, maxBytes, limits);
  }
}
