package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.SourceRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a record as it was read: same timestamp, and key, value and headers byte for byte. If
 * the topic would not keep the timestamp, it goes into the header {@value CopyHeaders#TIMESTAMP}
 * instead and the copy gets the current time. A record too large for the broker would fail the job
 * after every restart, so above a size limit the value is cut first, then headers are dropped from
 * the last one on, then the key is cut; the header {@value CopyHeaders#CUT} lists what was cut and
 * its original size.
 */
final class SourceRecordCopy {

  private SourceRecordCopy() {}

  /**
   * @param prefix of the {@link CopyHeaders} block that follows the original headers
   * @param maxBytes limit for key, value and original headers together
   * @param limits of the topic's timestamps
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
    // UTF-8 takes at most three bytes per char; the two lengths take at most five bytes each.
    return 3L * header.name().length() + length(header.value()) + 10;
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
