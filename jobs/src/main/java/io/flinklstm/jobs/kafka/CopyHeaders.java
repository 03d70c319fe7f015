package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.stream.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The block of headers that a copied record has after the original ones.
 *
 * <pre>
 *   dead letter   __flink.errors.topic .partition .offset [index] [cut] [timestamp] .stage .code
 *                 .message
 *   late record   __flink.source.topic .partition .offset [index] [cut] [timestamp]
 *
 *   [index]       .index, if the copy holds one element of the original record only
 *   [cut]         __flink.errors.cut, if the copy lacks part of the original
 *   [timestamp]   __flink.errors.timestamp, if the copy cannot have the original's timestamp
 * </pre>
 *
 * The block's first header, the topic, occurs only once in it. So the block starts at the last
 * header of that name, and everything before it is an original header, even if the record was a
 * dead letter before.
 *
 * @param position of the original in its topic
 * @param code of the rejection, as named by {@link io.flinklstm.forecast.RejectionCode} in this or
 *     another version
 * @param cut whether the copy lacks part of the original
 * @param timestamp of the original in epoch ms if the copy has a different one; otherwise {@link
 *     SourceRecord#NO_TIMESTAMP}
 * @param original the headers of the original, in order; incomplete if it was cut
 */
public record CopyHeaders(
    SourcePosition position, String code, boolean cut, long timestamp, List<Header> original) {

  /** Prefix of a dead letter's block. */
  static final String ERRORS = "__flink.errors.";

  /** Prefix of the block of a usable record that was not applied. */
  static final String SOURCE = "__flink.source.";

  static final String CUT = ERRORS + "cut";
  static final String TIMESTAMP = ERRORS + "timestamp";

  /** Keeps the block within {@link ForecastJobConfig#OWN_HEADERS_BYTES}. */
  private static final int MAX_MESSAGE_LENGTH = 4096;

  private static final String CODE = ERRORS + "code";

  /** Begins the block; the original headers must already be there, and our other headers follow. */
  static void begin(ProducerRecord<byte[], byte[]> record, String prefix, SourcePosition position) {
    RecordHeaders.addPosition(record, prefix, position);
  }

  /**
   * @param what the parts that were cut, with their original sizes
   */
  static void addCut(ProducerRecord<byte[], byte[]> record, String what) {
    RecordHeaders.add(record, CUT, what);
  }

  /**
   * @param timestamp of the original, in epoch ms, which the copy cannot have as its own
   */
  static void addTimestamp(ProducerRecord<byte[], byte[]> record, long timestamp) {
    RecordHeaders.add(record, TIMESTAMP, Long.toString(timestamp));
  }

  static void addReason(ProducerRecord<byte[], byte[]> record, DeadLetter letter) {
    String message = letter.rejection().message();
    RecordHeaders.add(record, ERRORS + "stage", letter.stage());
    RecordHeaders.add(record, CODE, letter.rejection().code().name());
    RecordHeaders.add(
        record,
        ERRORS + "message",
        message.length() <= MAX_MESSAGE_LENGTH
            ? message
            : message.substring(0, MAX_MESSAGE_LENGTH) + "...");
  }

  /**
   * Separates a dead letter's block from its original headers; null if there is no block of ours.
   */
  public static @Nullable CopyHeaders ofDeadLetter(Headers headers) {
    List<Header> all = List.of(headers.toArray());
    int begin = begin(all, ERRORS);
    if (begin < 0) {
      return null;
    }
    Map<String, String> block = new HashMap<>();
    for (Header header : all.subList(begin, all.size())) {
      if (header.value() != null) {
        block.putIfAbsent(header.key(), new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    return read(block, all.subList(0, begin));
  }

  /** Index of the block's first header, or -1. */
  static int begin(List<Header> headers, String prefix) {
    int begin = headers.size() - 1;
    while (begin >= 0 && !headers.get(begin).key().equals(prefix + RecordHeaders.TOPIC)) {
      begin--;
    }
    return begin;
  }

  private static @Nullable CopyHeaders read(Map<String, String> block, List<Header> original) {
    try {
      SourcePosition position =
          new SourcePosition(
              block.getOrDefault(ERRORS + RecordHeaders.TOPIC, ""),
              Integer.parseInt(block.getOrDefault(ERRORS + RecordHeaders.PARTITION, "")),
              Long.parseLong(block.getOrDefault(ERRORS + RecordHeaders.OFFSET, "")),
              Integer.parseInt(
                  block.getOrDefault(
                      ERRORS + RecordHeaders.INDEX,
                      Integer.toString(SourcePosition.WHOLE_RECORD))));
      String code = block.get(CODE);
      String none = Long.toString(SourceRecord.NO_TIMESTAMP);
      long timestamp = Long.parseLong(block.getOrDefault(TIMESTAMP, none));
      if (code == null
          || position.topic().isEmpty()
          || position.partition() < 0
          || position.offset() < 0
          || position.index() < SourcePosition.WHOLE_RECORD) {
        return null;
      }
      return new CopyHeaders(position, code, block.containsKey(CUT), timestamp, original);
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }
}
