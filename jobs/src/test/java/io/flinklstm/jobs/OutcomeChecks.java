package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.testing.ElementChecks;
import io.flinklstm.jobs.testing.Read;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.Ledger.Entry;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Compares every outcome with its original record or element, found by the position in the
 * outcome's headers, and counts outcomes. Does not use AssertJ, because it compares a million
 * times.
 */
final class OutcomeChecks implements ForecastPath.Outcomes {

  private static final String SOURCE = "__flink.source.";
  static final String ERRORS = "__flink.errors.";

  private final int fieldCount;
  private final UndisturbedStream undisturbed;
  private final ObservationReader reader;
  private final ElementChecks elements;
  private final CopyChecks copies;
  private final Map<SourcePosition, Open> open = new HashMap<>();
  private final Map<Entry, Long> counts = new EnumMap<>(Entry.class);
  private final Map<RejectionCode, Long> codes = new EnumMap<>(RejectionCode.class);

  /**
   * A record or element without an outcome.
   *
   * @param original what a copy of it must equal
   * @param parsed what it is, read by itself
   */
  private record Open(ConsumerRecord<byte[], byte[]> original, Read.Outcome parsed) {}

  /**
   * @param fields of the model card
   */
  OutcomeChecks(
      List<String> fields, RecordFormat format, long maxBytes, UndisturbedStream undisturbed) {
    this.fieldCount = fields.size();
    this.reader = RecordCodecs.reader(fields, format);
    this.elements = new ElementChecks(fields, format);
    this.copies = new CopyChecks(maxBytes);
    this.undisturbed = undisturbed;
  }

  /** Registers a record; call it before the record is sent. Keeps copies of its bytes. */
  void sent(ConsumerRecord<byte[], byte[]> record) {
    SourceRecord source = ObservationDeserializer.source(copy(record, record.value()));
    List<Read.Outcome> parsed = Read.of(reader, source).outcomes;
    elements.check(source, parsed);
    counts.merge(Entry.READ, 1L, Long::sum);
    Entry became = Entry.SKIPPED;
    for (Read.Outcome outcome : parsed) {
      if (outcome.copy() != null) {
        open.put(outcome.position(), new Open(copy(record, outcome.copy().value()), outcome));
        boolean unusable = outcome.rejection() != null && isWhole(outcome.position());
        became = unusable ? Entry.UNUSABLE : Entry.USABLE;
        counts.merge(Entry.OBSERVATIONS, unusable ? 0L : 1L, Long::sum);
      }
    }
    counts.merge(became, 1L, Long::sum);
  }

  private static boolean isWhole(SourcePosition position) {
    return position.index() == SourcePosition.WHOLE_RECORD;
  }

  private static ConsumerRecord<byte[], byte[]> copy(
      ConsumerRecord<byte[], byte[]> record, byte[] value) {
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.timestampType(),
        0,
        0,
        record.key() == null ? null : record.key().clone(),
        value == null ? null : value.clone(),
        copy(record.headers()),
        record.leaderEpoch());
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
    settleObservation(Entry.PREDICTIONS, record);
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
    copies.compare(settleObservation(Entry.LATE, record).original, record, SOURCE);
  }

  @Override
  public void duplicate(ProducerRecord<byte[], byte[]> record) {
    copies.compare(settleObservation(Entry.DUPLICATES, record).original, record, SOURCE);
  }

  @Override
  public void refused(DeadLetter letter, ProducerRecord<byte[], byte[]> record) {
    Open settled = settle(Entry.DEAD_LETTERS, ERRORS, record);
    copies.compare(settled.original, record, ERRORS);
    codes.merge(letter.rejection().code(), 1L, Long::sum);
    boolean isParsed = letter.stage().equals(DeadLetter.PARSE);
    check(isParsed == (settled.parsed.rejection() != null), settled.parsed, letter);
    check(
        !isParsed || settled.parsed.rejection().code() == letter.rejection().code(),
        settled.parsed,
        letter);
    boolean unusable = isParsed && isWhole(settled.parsed.position());
    counts.merge(Entry.REJECTED, unusable ? 0L : 1L, Long::sum);
    String code = header(record, ERRORS + "code");
    check(code.equals(letter.rejection().code().name()), "the letter's code", code);
    String message = header(record, ERRORS + "message");
    check(message.contains("expected") && message.length() < 600, "a short reason", message);
  }

  private Open settleObservation(Entry outcome, ProducerRecord<byte[], byte[]> record) {
    Open settled = settle(outcome, SOURCE, record);
    check(settled.parsed.observation() != null, "no outcome of what is no observation", record);
    return settled;
  }

  /** What an outcome belongs to, which must not have had one before. */
  private Open settle(Entry outcome, String prefix, ProducerRecord<byte[], byte[]> record) {
    counts.merge(outcome, 1L, Long::sum);
    boolean isElement = record.headers().lastHeader(prefix + "index") != null;
    SourcePosition position =
        new SourcePosition(
            header(record, prefix + "topic"),
            Integer.parseInt(header(record, prefix + "partition")),
            Long.parseLong(header(record, prefix + "offset")),
            isElement
                ? Integer.parseInt(header(record, prefix + "index"))
                : SourcePosition.WHOLE_RECORD);
    Open settled = open.remove(position);
    check(settled != null, "one outcome", record);
    return settled;
  }

  static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  static void check(boolean holds, Object expected, Object actual) {
    if (!holds) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  /** The number of observations without an outcome so far. */
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
    return copies.cuts();
  }

  /** The text of {@link io.flinklstm.stream.Ledger#balance} with the counts made here. */
  String balance() {
    return String.format(
        Locale.ROOT,
        "read %d = skipped %d + unusable %d + usable %d; observations %d = predictions %d + late %d"
            + " + duplicates %d + rejected %d + buffered %d",
        count(Entry.READ),
        count(Entry.SKIPPED),
        count(Entry.UNUSABLE),
        count(Entry.USABLE),
        count(Entry.OBSERVATIONS),
        count(Entry.PREDICTIONS),
        count(Entry.LATE),
        count(Entry.DUPLICATES),
        count(Entry.REJECTED),
        open());
  }
}
