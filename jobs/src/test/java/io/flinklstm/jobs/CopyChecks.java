package io.flinklstm.jobs;

import static io.flinklstm.jobs.OutcomeChecks.ERRORS;
import static io.flinklstm.jobs.OutcomeChecks.check;
import static io.flinklstm.jobs.OutcomeChecks.header;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Compares copies of records in other topics with the originals. */
final class CopyChecks {

  private final long maxBytes;
  private final Map<String, Long> cuts = new TreeMap<>();

  CopyChecks(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The copy must be identical byte for byte; above the limit, it must be a marked beginning. */
  void compare(
      ConsumerRecord<byte[], byte[]> original, ProducerRecord<byte[], byte[]> copy, String prefix) {
    Header[] all = original.headers().toArray();
    List<Header> headers = Arrays.asList(copy.headers().toArray());
    int ours = headers.size() - 1;
    while (!headers.get(ours).key().equals(prefix + "topic")) {
      ours--;
    }
    Header[] kept = headers.subList(0, ours).toArray(Header[]::new);
    boolean marked =
        headers.subList(ours, headers.size()).stream()
            .anyMatch(header -> header.key().equals(ERRORS + "cut"));
    if (!marked) {
      boolean same =
          Arrays.equals(original.key(), copy.key())
              && Arrays.equals(original.value(), copy.value())
              && Arrays.equals(all, kept);
      check(same, "the bytes that were read", copy);
      check(size(original, 1, 0) <= maxBytes, "a mark on what is larger than allowed", copy);
      return;
    }
    // The size of a header is rounded up: three bytes per char, ten for its lengths.
    check(size(original, 3, 10) > maxBytes, "no mark on what is small enough", copy);
    boolean begins =
        begins(original.key(), copy.key())
            && begins(original.value(), copy.value())
            && kept.length <= all.length
            && Arrays.equals(Arrays.copyOf(all, kept.length), kept);
    check(begins, "the beginning of what was read", copy);
    long size = size(copy.key()) + size(copy.value());
    for (Header header : kept) {
      size += header.key().length() + size(header.value());
    }
    check(size <= maxBytes, "a size within the bound", size);
    checkMark(original, copy, all.length, kept.length);
  }

  private void checkMark(
      ConsumerRecord<byte[], byte[]> original,
      ProducerRecord<byte[], byte[]> copy,
      int headers,
      int keptHeaders) {
    List<String> marks = new ArrayList<>();
    if (size(copy.value()) < size(original.value())) {
      marks.add("value=" + original.value().length);
      cuts.merge("value", 1L, Long::sum);
    }
    if (keptHeaders < headers) {
      marks.add("headers=" + headers);
      cuts.merge("headers", 1L, Long::sum);
    }
    if (size(copy.key()) < size(original.key())) {
      marks.add("key=" + original.key().length);
      cuts.merge("key", 1L, Long::sum);
    }
    String mark = String.join(",", marks);
    check(mark.equals(header(copy, ERRORS + "cut")), mark, copy);
  }

  private static long size(ConsumerRecord<byte[], byte[]> record, int perChar, int perHeader) {
    long size = size(record.key()) + size(record.value());
    for (Header header : record.headers()) {
      size += (long) perChar * header.key().length() + size(header.value()) + perHeader;
    }
    return size;
  }

  private static long size(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static boolean begins(byte[] whole, byte[] part) {
    return whole == null || part == null
        ? whole == part
        : part.length <= whole.length && Arrays.equals(whole, 0, part.length, part, 0, part.length);
  }

  /** The number of copies that lack part of their value, headers or key. */
  Map<String, Long> cuts() {
    return cuts;
  }
}
