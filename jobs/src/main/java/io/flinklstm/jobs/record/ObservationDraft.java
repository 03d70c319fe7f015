package io.flinklstm.jobs.record;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the values of the current observation in any format: each value has one of the {@link
 * Slots}. One draft serves all records of a reader: call {@link #begin}, then a setter for each
 * slot that has a value, then {@link #finish}.
 *
 * <p>A record with several observations is read level by level: its outer values first, then those
 * of each element, which replace the ones of the element before. Not thread-safe.
 */
public final class ObservationDraft {

  /** Fills the slots whose fields are outside the record's value. */
  public interface Outside {

    void read(SourceRecord record, ObservationDraft draft) throws RejectedRecordException;
  }

  public final Slots slots;
  private final RecordFormat format;
  private final TimeBounds bounds;
  private final @Nullable Condition condition;
  private final int conditionLevel; // of the operand that is read last
  private @Nullable Outside context; // null: all values are in the record's value

  private final boolean[] taken; // by slot
  private double[] values = {}; // (number of fields)
  private final String[] keyParts; // (parts of the key)
  private long eventTime;
  private long sequence = Observation.NO_SEQUENCE;
  private @Nullable RejectedRecordException held; // thrown unless the condition skips the record

  /**
   * @param fields the fields of the model card, in its order
   * @param format the names of the other fields
   * @throws IllegalArgumentException if a path or the condition cannot be used
   */
  public ObservationDraft(List<String> fields, RecordFormat format) {
    this.format = format;
    RecordFormat.Selection selection = format.selection();
    condition =
        selection.where() == null
            ? null
            : condition(
                selection.where(),
                // Every value of a CSV line is a text.
                selection.lenientNumbers() || format.valueFormat() == ValueFormat.CSV);
    slots = new Slots(fields, format, condition == null ? List.of() : condition.paths());
    conditionLevel =
        IntStream.range(slots.sequence() + 1, slots.count()).map(slots::level).max().orElse(0);
    bounds = new TimeBounds(format);
    taken = new boolean[slots.count()];
    keyParts = new String[slots.keyCount()];
    Arrays.fill(keyParts, "");
  }

  /** Reads from now on what is outside the record's value too. */
  public void readAlso(Outside outside) {
    context = outside;
  }

  private static Condition condition(String where, boolean lenientNumbers) {
    try {
      return new Condition(where, lenientNumbers);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("lstm.source.where: " + e.getMessage(), e);
    }
  }

  public RecordFormat format() {
    return format;
  }

  public boolean isLenient() {
    return format.selection().lenientNumbers();
  }

  /**
   * Starts a new record and discards the previous one.
   *
   * @param expected the format's name, in messages
   * @return the record's value, one byte or more; null if it has none and the condition skips it
   */
  public byte @Nullable [] begin(SourceRecord record, String expected)
      throws RejectedRecordException {
    byte[] value = record.value();
    boolean isEmpty = value == null || value.length == 0;
    if (isEmpty && condition == null) {
      throw empty(value, expected);
    }
    beginLevel(0);
    if (context != null) {
      context.read(record, this);
    }
    if (isEmpty && !isSkipped(0, true)) {
      throw empty(value, expected);
    }
    return isEmpty ? null : value;
  }

  private static RejectedRecordException empty(byte @Nullable [] value, String expected) {
    return value == null
        ? new RejectedRecordException(
            RejectionCode.TOMBSTONE, "value: expected " + expected + ", got null")
        : new RejectedRecordException(
            RejectionCode.EMPTY_VALUE, "value: expected " + expected + ", got 0 bytes");
  }

  /** Forgets the values of a level and those below it. */
  public void beginLevel(int level) {
    held = null;
    if (level == 0) {
      Arrays.fill(taken, false);
      values = new double[slots.fieldCount()];
    } else {
      for (int slot = 0; slot < taken.length; slot++) {
        taken[slot] &= slots.level(slot) < level;
      }
      values = values.clone(); // an observation has the others
    }
    for (int slot = slots.sequence() + 1; slot < taken.length; slot++) {
      if (!taken[slot]) {
        operands().clear(slots.operand(slot));
      }
    }
  }

  private Condition operands() {
    return requireNonNull(condition);
  }

  /** Marks a slot as filled; a second value for it is rejected. */
  private boolean take(int slot) throws RejectedRecordException {
    if (taken[slot]) {
      reject(
          RejectionCode.WRONG_TYPE,
          "field " + slots.name(slot) + ": expected it once, got it twice");
      return false;
    }
    taken[slot] = true;
    return true;
  }

  /** Rejects the record, unless the condition turns out to skip it. */
  private void reject(RejectionCode code, String message) throws RejectedRecordException {
    hold(new RejectedRecordException(code, message));
  }

  /** As {@link #reject}, for what another class found. */
  public void hold(RejectedRecordException rejected) throws RejectedRecordException {
    if (condition == null) {
      throw rejected;
    }
    held = held == null ? rejected : held;
  }

  /** A slot's field is there but has no value. */
  public void missing(int slot, String got) throws RejectedRecordException {
    if (slots.isOperand(slot)) {
      return;
    }
    hold(absent(slot, got));
  }

  private RejectedRecordException absent(int slot, String got) {
    return new RejectedRecordException(
        slots.isKey(slot) ? RejectionCode.MISSING_KEY : RejectionCode.MISSING_FIELD,
        "field "
            + slots.name(slot)
            + ": expected a value, got "
            + got
            + (slots.isKey(slot) ? keyCure() : ""));
  }

  private static String keyCure() {
    return "; lstm.source.key-field names the fields with the stream's name (empty: the record"
        + " key's text), lstm.source.key-constant one stream for all records";
  }

  /**
   * A slot's field has a value of another kind.
   *
   * @param got the value or its kind
   */
  public void wrongType(int slot, String got) throws RejectedRecordException {
    if (slots.isOperand(slot)) {
      return;
    }
    String expected =
        slots.isField(slot)
            ? "a number"
            : slots.isKey(slot)
                ? "a string or a whole number"
                : slot == slots.time()
                    ? format.timeFormat().expected()
                    : "a whole number of 64 bits";
    reject(
        RejectionCode.WRONG_TYPE,
        "field " + slots.name(slot) + ": expected " + expected + ", got " + got);
  }

  /** A truth value. */
  public void truth(int slot, boolean value) throws RejectedRecordException {
    if (slots.isOperand(slot)) {
      operands().set(slots.operand(slot), value);
      taken[slot] = true;
    } else {
      wrongType(slot, Boolean.toString(value));
    }
  }

  /** A number for a field of the model or an operand. */
  public void number(int slot, double value) throws RejectedRecordException {
    if (slots.isOperand(slot)) {
      operands().set(slots.operand(slot), value);
      taken[slot] = true;
    } else if (!slots.isField(slot)) {
      wrongType(slot, Double.toString(value));
    } else if (take(slot)) {
      if (Double.isFinite(value)) {
        values[slot] = value;
      } else {
        reject(
            RejectionCode.NON_FINITE_FIELD,
            "field "
                + slots.name(slot)
                + ": expected a number within a double's range, got "
                + value);
      }
    }
  }

  /** A whole number for any slot. */
  public void whole(int slot, long value) throws RejectedRecordException {
    if (slots.isField(slot) || slots.isOperand(slot)) {
      number(slot, value);
    } else if (slots.isKey(slot)) {
      key(slot, Long.toString(value));
    } else if (slot == slots.time()) {
      time(value, format.timeFormat());
    } else if (take(slot)) {
      sequence(value);
    }
  }

  /** The event time, as a whole number of another format than the configured one. */
  public void time(long value, TimeFormat written) throws RejectedRecordException {
    if (take(slots.time())) {
      try {
        eventTime = written.read(value, slots.name(slots.time()));
      } catch (RejectedRecordException rejected) {
        hold(rejected);
      }
    }
  }

  private void sequence(long value) throws RejectedRecordException {
    if (value == Observation.NO_SEQUENCE) {
      wrongType(slots.sequence(), Long.toString(value));
    }
    sequence = value;
  }

  /** A part of the key. */
  public void key(int slot, String value) throws RejectedRecordException {
    if (value.isEmpty() && slots.keyCount() > 1) {
      missing(slot, "an empty text");
    } else if (take(slot)) {
      keyParts[slots.keyPart(slot)] = value;
    }
  }

  /** The event time, as the parser's current number. */
  public void time(JsonParser parser) throws IOException, RejectedRecordException {
    if (take(slots.time())) {
      try {
        eventTime = format.timeFormat().read(parser, slots.name(slots.time()));
      } catch (RejectedRecordException rejected) {
        hold(rejected);
      }
    }
  }

  /** A text for any slot, in which a number may be written. */
  public void text(int slot, NumberText text) throws RejectedRecordException {
    if (slots.isKey(slot)) {
      key(slot, text.toString());
    } else if (slots.isOperand(slot)) {
      operands().set(slots.operand(slot), text.toString());
      taken[slot] = true;
    } else if (slots.isField(slot)) {
      if (text.isNumber()) {
        number(slot, text.toDouble());
      } else {
        wrongType(slot, '"' + text.shown() + '"');
      }
    } else if (take(slot)) {
      if (slot == slots.time()) {
        try {
          eventTime = format.timeFormat().read(text, slots.name(slot));
        } catch (RejectedRecordException rejected) {
          hold(rejected);
        }
      } else {
        sequence(text);
      }
    }
  }

  private void sequence(NumberText text) throws RejectedRecordException {
    try {
      if (text.isWhole()) {
        sequence(text.toLong());
        return;
      }
    } catch (NumberFormatException beyond64Bits) {
      // Rejected like a text that is not a number.
    }
    wrongType(slots.sequence(), '"' + text.shown() + '"');
  }

  /**
   * Whether the condition, if there is one, skips the record or element.
   *
   * @param level that has been read; a condition on elements is not known at an outer one
   * @param complete whether nothing below the level will be read
   */
  public boolean isSkipped(int level, boolean complete) {
    return condition != null && (complete || level >= conditionLevel) && !condition.holds();
  }

  /** Rejects the record if a value of a level is missing or was not usable. */
  public void check(int level) throws RejectedRecordException {
    if (held != null) {
      throw held;
    }
    for (int slot : slots.required(level)) {
      if (!taken[slot]) {
        throw absent(slot, "none");
      }
    }
  }

  /** The observation, if every value is present and usable. */
  public Observation finish(SourceRecord record) throws RejectedRecordException {
    check(slots.levels().last());
    if (slots.path(slots.time()) == null) {
      eventTime = record.timestamp();
    }
    long number = slots.path(slots.sequence()) == null ? Observation.NO_SEQUENCE : sequence;
    Observation observation = new Observation(key(record), eventTime, values, number, record);
    Rejection defect = observation.defect(slots.fieldCount());
    if (defect != null) {
      throw new RejectedRecordException(
          defect.code() == RejectionCode.MISSING_KEY
              ? new Rejection(defect.code(), defect.message() + keyCure())
              : defect);
    }
    bounds.check(eventTime, record);
    return observation;
  }

  private String key(SourceRecord record) throws RejectedRecordException {
    String constant = format.names().keyConstant();
    if (constant != null) {
      return constant;
    }
    if (slots.keyCount() == 0) {
      return record.key() == null ? "" : Utf8Check.decoded(record.key(), "record key");
    }
    return slots.keyCount() == 1 ? keyParts[0] : joined();
  }

  /** Different parts never make the same key: a separator inside a part is escaped. */
  private String joined() {
    StringBuilder key = new StringBuilder();
    for (int k = 0; k < slots.keyCount(); k++) {
      key.append(k == 0 ? "" : ":").append(keyParts[k].replace("\\", "\\\\").replace(":", "\\:"));
    }
    return key.toString();
  }
}
