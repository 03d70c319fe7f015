package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.Ledger.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Compares every outcome with its original record, found by the offset in the outcome's headers,
 * and counts outcomes. Does not use AssertJ, because it compares a million times.
 */
final class OutcomeChecks implements ForecastPath.Outcomes {

  private static final String SOURCE = "__flink.source.";
  private static final String ERRORS = "__flink.errors.";

  private final int fieldCount;
  private final long maxBytes;
  private final UndisturbedStream undisturbed;
  private final Map<Long, ConsumerRecord<byte[], byte[]>> open = new HashMap<>();
  private final Map<Entry, Long> counts = new EnumMap<>(Entry.class);
  private final Map<RejectionCode, Long> codes = new EnumMap<>(RejectionCode.class);
  private final Map<String, Long> cuts = new TreeMap<>();

  OutcomeChecks(int fieldCount, long maxBytes, UndisturbedStream undisturbed) {
    this.fieldCount = fieldCount;
    this.maxBytes = maxBytes;
    this.undisturbed = undisturbed;
  }

  /** Registers a record; call it before the record is sent. Keeps copies of its bytes. */
  void sent(ConsumerRecord<byte[], byte[]> record) {
    counts.merge(Entry.READ, 1L, Long::sum);
    open.put(
        record.offset(),
        new ConsumerRecord<>(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            record.timestampType(),
            0,
            0,
            record.key() == null ? null : record.key().clone(),
            record.value() == null ? null : record.value().clone(),
            copy(record.headers()),
            record.leaderEpoch()));
  }

  private static Headers copy(Headers headers) {
    Headers copy = new RecordHeaders();
    for (Header header : headers) {
      copy.add(header.key(), header.value() == null ? null : header.value().clone());
    }
    return copy;
  }

  @Override
  public void observed(Observation observation) {
    check(observation.defect(fieldCount) == null, "observation without defect", observation);
  }

  @Override
  public void predicted(Prediction prediction, ProducerRecord<byte[], byte[]> record) {
    settle(Entry.PREDICTIONS, SOURCE, record);
    boolean finite = Double.isFinite(prediction.lastValue());
    for (double forecast : prediction.forecasts()) {
      finite &= Double.isFinite(forecast);
    }
    check(finite, "finite numbers", prediction);
    String key = new String(record.key(), StandardCharsets.UTF_8);
    check(key.equals(prediction.key()), "the prediction's key", key);
    if (UndisturbedStream.owns(prediction)) {
      undisturbed.check(prediction);
    }
  }

  @Override
  public void late(ProducerRecord<byte[], byte[]> record) {
    checkCopy(settle(Entry.LATE, SOURCE, record), record, SOURCE);
  }

  @Override
  public void duplicate(ProducerRecord<byte[], byte[]> record) {
    checkCopy(settle(Entry.DUPLICATES, SOURCE, record), record, SOURCE);
  }

  @Override
  public void refused(DeadLetter letter, ProducerRecord<byte[], byte[]> record) {
    checkCopy(settle(Entry.DEAD_LETTERS, ERRORS, record), record, ERRORS);
    codes.merge(letter.rejection().code(), 1L, Long::sum);
    counts.merge(Entry.UNUSABLE, letter.stage().equals(DeadLetter.PARSE) ? 1L : 0L, Long::sum);
    String code = header(record, ERRORS + "code");
    check(code.equals(letter.rejection().code().name()), "the letter's code", code);
    String message = header(record, ERRORS + "message");
    check(message.contains("expected") && message.length() < 600, "a short reason", message);
  }

  /** The original record of an outcome, which must not have had one before. */
  private ConsumerRecord<byte[], byte[]> settle(
      Entry outcome, String prefix, ProducerRecord<byte[], byte[]> record) {
    counts.merge(outcome, 1L, Long::sum);
    String offset = header(record, prefix + "offset");
    ConsumerRecord<byte[], byte[]> original = open.remove(Long.parseLong(offset));
    check(original != null, "one outcome", record);
    check(header(record, prefix + "topic").equals("ticks"), "topic ticks", record);
    check(header(record, prefix + "partition").equals("3"), "partition 3", record);
    return original;
  }

  /** The copy must be identical byte for byte; above the limit, it must be a marked beginning. */
  private void checkCopy(
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

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static void check(boolean holds, String expected, Object actual) {
    if (!holds) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  /** The number of records without an outcome so far. */
  int open() {
    return open.size();
  }

  long count(Entry outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  Map<RejectionCode, Long> codes() {
    return codes;
  }

  /** The number of copies that lack part of their value, headers or key. */
  Map<String, Long> cuts() {
    return cuts;
  }

  /** The text of {@link io.flinklstm.stream.Ledger#balance} with the counts made here. */
  String balance() {
    return String.format(
        Locale.ROOT,
        "read %d = skipped 0 + unusable %d + usable %d; observations %d = predictions %d + late %d"
            + " + duplicates %d + rejected %d + buffered %d",
        count(Entry.READ),
        count(Entry.UNUSABLE),
        count(Entry.READ) - count(Entry.UNUSABLE),
        count(Entry.READ) - count(Entry.UNUSABLE),
        count(Entry.PREDICTIONS),
        count(Entry.LATE),
        count(Entry.DUPLICATES),
        count(Entry.DEAD_LETTERS) - count(Entry.UNUSABLE),
        open());
  }
}
