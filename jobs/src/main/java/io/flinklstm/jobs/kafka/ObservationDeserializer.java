package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.stream.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
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
    implements KafkaRecordDeserializationSchema<ParsedRecord> {

  private static final long serialVersionUID = 1L;

  private final List<String> fields;
  private final RecordFormat format;

  private transient ObservationReader reader;
  private transient Parsed sink;

  public ObservationDeserializer(List<String> fields, RecordFormat format) {
    this.fields = fields;
    this.format = format;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    reader = RecordCodecs.reader(fields, format);
    sink = new Parsed();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ParsedRecord> out) {
    sink.out = out;
    reader.read(source(record), sink);
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

  /** The event time of an observation; nothing else moves the watermark. */
  public static long eventTime(ParsedRecord record) {
    Observation observation = record.observation();
    return observation == null ? TimestampAssigner.NO_TIMESTAMP : observation.eventTime();
  }

  @Override
  public TypeInformation<ParsedRecord> getProducedType() {
    return ParsedRecord.TYPE;
  }

  /** Passes on what the reader finds. */
  private static final class Parsed implements ObservationReader.Sink {

    private Collector<ParsedRecord> out;

    @SuppressWarnings("NullAway.Init")
    private Parsed() {}

    @Override
    public void observation(Observation observation) {
      out.collect(ParsedRecord.of(observation));
    }

    @Override
    public void rejected(Rejection rejection, SourceRecord record) {
      out.collect(ParsedRecord.of(new DeadLetter(DeadLetter.PARSE, rejection, null, record)));
    }

    @Override
    public void skipped(SourcePosition position) {
      out.collect(ParsedRecord.skipped(position));
    }
  }
}
