package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.SourcePosition;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Headers that we write, all as UTF-8 text. */
final class RecordHeaders {

  /** Names of the position headers, after the prefix. */
  static final String TOPIC = "topic";

  static final String PARTITION = "partition";
  static final String OFFSET = "offset";

  /** Only if the record is one element of the record at the offset. */
  static final String INDEX = "index";

  private RecordHeaders() {}

  static void add(ProducerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  static void addPosition(
      ProducerRecord<byte[], byte[]> record, String prefix, SourcePosition position) {
    add(record, prefix + TOPIC, position.topic());
    add(record, prefix + PARTITION, Integer.toString(position.partition()));
    add(record, prefix + OFFSET, Long.toString(position.offset()));
    if (position.index() != SourcePosition.WHOLE_RECORD) {
      add(record, prefix + INDEX, Integer.toString(position.index()));
    }
  }
}
