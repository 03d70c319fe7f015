package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.SourceRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record handed on as it was read: timestamp, and key, value and headers byte for byte. A
 * timestamp that the topic would not keep stands in the header {@value CopyHeaders#TIMESTAMP}
 * instead, and the record gets the current one. A record that is too large for the broker would
 * fail the job again and again, so beyond a bound the value is cut first, then headers are left out
 * from the last on, then the key is cut; the header {@value CopyHeaders#CUT} says what was cut and
 * how large it was.
 */
final class SourceRecordCopy {

  private SourceRecordCopy() {}

  /**
   * @param prefix of the block that {@link CopyHeaders} begins behind the original headers
   * @param maxBytes bound of key, value and original headers together
   * @param limits of the topic
   */
  static ProducerRecord<byte[], byte[]> of(
      SourceRecord source, String prefix, String topic, long maxBytes, TimestampLimits limits) {
    List<String> cuts = new ArrayList<>();
    long excess = size(source) - maxBytes;
    byte[] value = cut(source.value(), excess, "value", cuts);
    excess -= length(source.value()) - length(value);
    List<SourceRecord.Header> headers = new ArrayList<>(source.headers());
    while (excess > 0 && !headers.isEmpty()) {
      excess -= size(headers.remove(headers.size() - 1));
    }
    if (headers.size() < source.headers().size()) {
      cuts.add("headers=" + source.headers().size());
    }
    byte[] key = cut(source.key(), excess, "key", cuts);
    boolean keeps = limits.keeps(source.timestamp(), System.currentTimeMillis());
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, null, keeps ? source.timestamp() : null, key, value);
    headers.forEach(header -> record.headers().add(header.name(), header.value()));
    CopyHeaders.begin(record, prefix, source.position());
    if (!cuts.isEmpty()) {
      CopyHeaders.addCut(record, String.join(",", cuts));
    }
    if (!keeps && source.timestamp() >= 0) {
      CopyHeaders.addTimestamp(record, source.timestamp());
    }
    return record;
  }

  private static byte @Nullable [] cut(
      byte @Nullable [] bytes, long excess, String name, List<String> cuts) {
    if (bytes == null || bytes.length == 0 || excess <= 0) {
      return bytes;
    }
    cuts.add(name + "=" + bytes.length);
    return Arrays.copyOf(bytes, (int) Math.max(0, bytes.length - excess));
  }

  private static long size(SourceRecord source) {
    long size = length(source.key()) + length(source.value());
    for (SourceRecord.Header header : source.headers()) {
      size += size(header);
    }
    return size;
  }

  private static long size(SourceRecord.Header header) {
    // Three bytes are the most that UTF-8 takes for a char; the lengths take up to five each.
    return 3L * header.name().length() + length(header.value()) + 10;
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
