package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.PredictionWriter;
import io.flinklstm.jobs.record.ValueFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Predictions as Kafka records: the stream's key, the prediction in the configured format, and the
 * observation's source position as headers. Kafka sets the record timestamp: if it were an old
 * event time, the broker's retention would delete a replay's predictions at once.
 */
public final class PredictionRecordSerializer
    implements KafkaRecordSerializationSchema<Prediction> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private final ValueFormat format;
  private final @Nullable Integer schemaId;
  private transient @Nullable PredictionWriter writer; // created with the first record
  private transient @Nullable PositionHeaders headers;

  /** Predictions as JSON. */
  public PredictionRecordSerializer(String topic) {
    this(topic, ValueFormat.JSON, null);
  }

  /**
   * @param schemaId in the registry, with which values begin; null for none
   */
  PredictionRecordSerializer(String topic, ValueFormat format, @Nullable Integer schemaId) {
    this.topic = topic;
    this.format = format;
    this.schemaId = schemaId;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Prediction prediction, KafkaSinkContext context, @Nullable Long timestamp) {
    if (writer == null || headers == null) {
      writer = schemaId == null ? RecordCodecs.writer(format) : RecordCodecs.framedWriter(schemaId);
      headers = new PositionHeaders();
    }
    try {
      byte[] key = prediction.key().getBytes(StandardCharsets.UTF_8);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, key, writer.write(prediction));
      SourcePosition source = prediction.source();
      if (source != null) {
        headers.add(record, source);
      }
      return record;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
