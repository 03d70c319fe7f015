package io.flinklstm.jobs;

import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.stream.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The block of headers that a copy of a record has behind the original ones.
 *
 * <pre>
 *   dead letter   __flink.errors.topic, .partition, .offset, [.cut], .stage, .code, .message
 *   late record   __flink.source.topic, .partition, .offset, [__flink.errors.cut]
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
 * @param original the headers of the original, in order; not all of them if it was cut
 */
public record CopyHeaders(
    SourcePosition position, String code, boolean cut, List<Header> original) {

  /** Prefix of the block of a dead letter. */
  static final String ERRORS = "__flink.errors.";

  /** Prefix of the block of a record that could be used, but was not applied. */
  static final String SOURCE = "__flink.source.";

  static final String CUT = ERRORS + "cut";

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
  public static CopyHeaders ofDeadLetter(Headers headers) {
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
    SourcePosition position = position(block);
    String code = block.get(CODE);
    return position == null || code == null
        ? null
        : new CopyHeaders(position, code, block.containsKey(CUT), all.subList(0, begin));
  }

  /** Index of the block's first header, or -1. */
  static int begin(List<Header> headers, String prefix) {
    int begin = headers.size() - 1;
    while (begin >= 0 && !headers.get(begin).key().equals(prefix + "topic")) {
      begin--;
    }
    return begin;
  }

  private static SourcePosition position(Map<String, String> block) {
    try {
      SourcePosition position =
          new SourcePosition(
              block.getOrDefault(ERRORS + "topic", ""),
              Integer.parseInt(block.getOrDefault(ERRORS + "partition", "")),
              Long.parseLong(block.getOrDefault(ERRORS + "offset", "")));
      return position.topic().isEmpty() || position.partition() < 0 || position.offset() < 0
          ? null
          : position;
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }
}
