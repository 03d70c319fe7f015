package io.flinklstm.jobs;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.stream.StreamTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Takes records from Kafka as they are; it cannot fail, whatever they hold. */
final class SourceRecordDeserializer implements KafkaRecordDeserializationSchema<SourceRecord> {

  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
    out.collect(
        new SourceRecord(
            new SourcePosition(record.topic(), record.partition(), record.offset()),
            record.timestamp(),
            record.key(),
            record.value(),
            headers(record.headers())));
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

  @Override
  public TypeInformation<SourceRecord> getProducedType() {
    return StreamTypes.SOURCE_RECORD;
  }
}
