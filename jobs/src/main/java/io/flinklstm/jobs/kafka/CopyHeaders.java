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
 * The block of headers that a copy of a record has behind the original ones.
 *
 * <pre>
 *   dead letter   __flink.errors.topic .partition .offset [cut] [timestamp] .stage .code .message
 *   late record   __flink.source.topic .partition .offset [cut] [timestamp]
 *
 *   [cut]         __flink.errors.cut, if the copy lacks a part of the original
 *   [timestamp]   __flink.errors.timestamp, if the copy could not have that of the original
 * </pre>
 *
 * Its first header, the topic, stands nowhere else in it. So what begins with the last header of
 * that name is the block, and what stands before are the original headers, even of a record that
 * was a dead letter before.
 *
 * @param position where the original was read
 * @param code of the rejection, as {@link io.flinklstm.forecast.RejectionCode} names it or another
 *     version does
 * @param cut whether the copy lacks a part of the original
 * @param timestamp of the original in epoch ms, where the copy has another; else {@link
 *     SourceRecord#NO_TIMESTAMP}
 * @param original the headers of the original, in order; not all of them if it was cut
 */
public record CopyHeaders(
    SourcePosition position, String code, boolean cut, long timestamp, List<Header> original) {

  /** Prefix of the block of a dead letter. */
  static final String ERRORS = "__flink.errors.";

  /** Prefix of the block of a record that could be used, but was not applied. */
  static final String SOURCE = "__flink.source.";

  static final String CUT = ERRORS + "cut";
  static final String TIMESTAMP = ERRORS + "timestamp";

  /** So that the block stays within {@link ForecastJobConfig#OWN_HEADERS_BYTES}. */
  private static final int MAX_MESSAGE_LENGTH = 4096;

  private static final String CODE = ERRORS + "code";

  /** Begins the block; the original headers must be there, and all others of ours come behind. */
  static void begin(ProducerRecord<byte[], byte[]> record, String prefix, SourcePosition position) {
    RecordHeaders.addPosition(record, prefix, position);
  }

  /**
   * @param what was cut and how large it was
   */
  static void addCut(ProducerRecord<byte[], byte[]> record, String what) {
    RecordHeaders.add(record, CUT, what);
  }

  /**
   * @param timestamp of the original, in epoch ms, if the copy cannot have it as its own
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

  /** Takes the block of a dead letter off its headers; null if there is none, or none of ours. */
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
              Long.parseLong(block.getOrDefault(ERRORS + RecordHeaders.OFFSET, "")));
      String code = block.get(CODE);
      String none = Long.toString(SourceRecord.NO_TIMESTAMP);
      long timestamp = Long.parseLong(block.getOrDefault(TIMESTAMP, none));
      if (code == null
          || position.topic().isEmpty()
          || position.partition() < 0
          || position.offset() < 0) {
        return null;
      }
      return new CopyHeaders(position, code, block.containsKey(CUT), timestamp, original);
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }
}
