package io.flinklstm.jobs;

import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Predictions as Kafka records: the stream's key, JSON, and where the observation came from as
 * headers. The record's timestamp is left to Kafka: with old event times as timestamps a broker's
 * retention would delete a replay's predictions at once.
 */
final class PredictionRecordSerializer implements KafkaRecordSerializationSchema<Prediction> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private transient PredictionJson json;

  PredictionRecordSerializer(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Prediction prediction, KafkaSinkContext context, Long timestamp) {
    if (json == null) {
      json = new PredictionJson();
    }
    try {
      byte[] key = prediction.key().getBytes(StandardCharsets.UTF_8);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, key, json.write(prediction));
      SourcePosition source = prediction.source();
      if (source != null) {
        RecordHeaders.addPosition(record, "__flink.source.", source);
      }
      return record;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
