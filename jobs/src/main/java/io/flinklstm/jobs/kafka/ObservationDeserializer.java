package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.StreamTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Turns Kafka records into observations, or into dead letters if they cannot be used; no content
 * makes it fail. It runs inside the source because only there does each partition have its own
 * watermark, which needs the observation's event time.
 */
public final class ObservationDeserializer
    implements KafkaRecordDeserializationSchema<Either<Observation, DeadLetter>> {

  private static final long serialVersionUID = 1L;

  public static final TypeInformation<Either<Observation, DeadLetter>> TYPE =
      new EitherTypeInfo<>(StreamTypes.OBSERVATION, StreamTypes.DEAD_LETTER);

  private final List<String> fields;
  private final RecordFormat format;

  private transient ObservationReader reader;

  public ObservationDeserializer(List<String> fields, RecordFormat format) {
    this.fields = fields;
    this.format = format;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    reader = ObservationReader.of(fields, format);
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> record, Collector<Either<Observation, DeadLetter>> out) {
    out.collect(parse(source(record)));
  }

  /** The record as it travels with its observation. */
  public static SourceRecord source(ConsumerRecord<byte[], byte[]> record) {
    return new SourceRecord(
        new SourcePosition(record.topic(), record.partition(), record.offset()),
        record.timestamp(),
        record.key(),
        record.value(),
        headers(record.headers()));
  }

  private Either<Observation, DeadLetter> parse(SourceRecord source) {
    try {
      return Either.Left(reader.parse(source));
    } catch (RejectedRecordException e) {
      return Either.Right(new DeadLetter(DeadLetter.PARSE, e.rejection(), null, source));
    }
  }

  private static List<SourceRecord.Header> headers(Headers headers) {
    Header[] array = headers.toArray();
    if (array.length == 0) {
      return List.of();
    }
    List<SourceRecord.Header> list = new ArrayList<>(array.length);
    for (Header header : array) {
      list.add(new SourceRecord.Header(header.key(), header.value()));
    }
    return list;
  }

  /** The event time of an observation; a dead letter does not move the watermark. */
  public static long eventTime(Either<Observation, DeadLetter> record) {
    return record.isLeft() ? record.left().eventTime() : TimestampAssigner.NO_TIMESTAMP;
  }

  @Override
  public TypeInformation<Either<Observation, DeadLetter>> getProducedType() {
    return TYPE;
  }
}
