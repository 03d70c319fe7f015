package io.flinklstm.jobs.kafka;

import static java.util.Objects.requireNonNull;

import io.flinklstm.stream.DeadLetter;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as Kafka records: the original record plus headers that say what was wrong with it.
 */
public final class DeadLetterRecordSerializer
    implements KafkaRecordSerializationSchema<DeadLetter> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private final long maxBytes;
  private final TimestampLimits limits;

  public DeadLetterRecordSerializer(String topic, long maxBytes, TimestampLimits limits) {
    this.topic = topic;
    this.maxBytes = maxBytes;
    this.limits = limits;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
    ProducerRecord<byte[], byte[]> record =
        SourceRecordCopy.of(
            requireNonNull(letter.source()), CopyHeaders.ERRORS, topic, maxBytes, limits);
    CopyHeaders.addReason(record, letter);
    return record;
  }
}
