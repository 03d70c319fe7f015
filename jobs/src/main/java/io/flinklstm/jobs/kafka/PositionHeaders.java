package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.SourcePosition;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Adds the headers with the source position of a prediction's observation. Usually only the offset
 * changes from one to the next, so the other headers are cached. Not thread-safe.
 */
final class PositionHeaders {

  private static final String TOPIC = CopyHeaders.SOURCE + RecordHeaders.TOPIC;
  private static final String PARTITION = CopyHeaders.SOURCE + RecordHeaders.PARTITION;
  private static final String OFFSET = CopyHeaders.SOURCE + RecordHeaders.OFFSET;
  private static final String INDEX = CopyHeaders.SOURCE + RecordHeaders.INDEX;

  private String topic = "";
  private int partition = -1;
  private Header topicHeader = header(TOPIC, topic);
  private Header partitionHeader = header(PARTITION, Integer.toString(partition));

  void add(ProducerRecord<byte[], byte[]> record, SourcePosition position) {
    if (position.partition() != partition || !position.topic().equals(topic)) {
      topic = position.topic();
      partition = position.partition();
      topicHeader = header(TOPIC, topic);
      partitionHeader = header(PARTITION, Integer.toString(partition));
    }
    record
        .headers()
        .add(topicHeader)
        .add(partitionHeader)
        .add(header(OFFSET, Long.toString(position.offset())));
    if (position.index() != SourcePosition.WHOLE_RECORD) {
      record.headers().add(header(INDEX, Integer.toString(position.index())));
    }
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
