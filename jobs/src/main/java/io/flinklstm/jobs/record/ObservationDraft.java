package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the values of the current record in any format: each required value has a slot, first
 * the fields of the model card in its order, then key, time and sequence. One draft serves all
 * records of a reader: call {@link #begin}, then {@link #take} and the value's setter for each
 * slot, then {@link #finish}. Not thread-safe.
 */
final class ObservationDraft {

  private final @Nullable String[] names; // by slot; null if no field fills it
  private final int fieldCount;
  private final long maxAhead; // milliseconds

  private final boolean[] taken; // by slot
  private double[] values = {}; // (fieldCount) of the current record
  private String key = "";
  private long eventTime;
  private long sequence;

  /**
   * @param fields the fields of the model card, in its order
   * @param format the names of the other fields
   */
  ObservationDraft(List<String> fields, RecordFormat format) {
    fieldCount = fields.size();
    names = Arrays.copyOf(fields.toArray(String[]::new), fieldCount + 3);
    names[keySlot()] = format.keyField();
    names[timeSlot()] = format.timeField();
    names[sequenceSlot()] = format.sequenceField();
    maxAhead = format.maxAhead().toMillis();
    taken = new boolean[names.length];
  }

  /** The number of slots; the first ones are numbers, one for each field of the model card. */
  int slots() {
    return names.length;
  }

  int keySlot() {
    return fieldCount;
  }

  int timeSlot() {
    return fieldCount + 1;
  }

  int sequenceSlot() {
    return fieldCount + 2;
  }

  /** The field that fills a slot; null if the record's key or timestamp does, or nothing. */
  @Nullable String name(int slot) {
    return names[slot];
  }

  /** The fields by slot, null where no field fills the slot. */
  @Nullable String[] names() {
    return names.clone();
  }

  /** The slots that a field fills; a field may serve as key, time, sequence and value at once. */
  int[] slotsOf(String field) {
    return IntStream.range(0, names.length).filter(slot -> field.equals(names[slot])).toArray();
  }

  /**
   * Starts a new record and discards the previous one.
   *
   * @param expected the format's name, in messages
   * @return the record's value, one byte or more
   */
  byte[] begin(SourceRecord record, String expected) throws RejectedRecordException {
    byte[] value = record.value();
    if (value == null) {
      throw new RejectedRecordException(
          RejectionCode.TOMBSTONE, "value: expected " + expected + ", got null");
    }
    if (value.length == 0) {
      throw new RejectedRecordException(
          RejectionCode.EMPTY_VALUE, "value: expected " + expected + ", got 0 bytes");
    }
    Arrays.fill(taken, false);
    values = new double[fieldCount];
    key = "";
    sequence = Observation.NO_SEQUENCE;
    return value;
  }

  /** Marks a slot as filled; a second value for it is rejected. */
  void take(int slot) throws RejectedRecordException {
    if (taken[slot]) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE, "field " + names[slot] + ": expected it once, got it twice");
    }
    taken[slot] = true;
  }

  /** The rejection of a record in which a slot's field has no value. */
  RejectedRecordException missing(int slot, String got) {
    return new RejectedRecordException(
        slot == keySlot() ? RejectionCode.MISSING_KEY : RejectionCode.MISSING_FIELD,
        "field " + names[slot] + ": expected a value, got " + got);
  }

  void number(int slot, double value) throws RejectedRecordException {
    if (!Double.isFinite(value)) {
      throw new RejectedRecordException(
          RejectionCode.NON_FINITE_FIELD,
          "field " + names[slot] + ": expected a number within a double's range, got " + value);
    }
    values[slot] = value;
  }

  void key(String value) {
    key = value;
  }

  void eventTime(long epochMilliseconds) {
    eventTime = epochMilliseconds;
  }

  void sequence(long value) throws RejectedRecordException {
    if (value == Observation.NO_SEQUENCE) {
      throw notWhole(Long.toString(value));
    }
    sequence = value;
  }

  /** The rejection of a record whose sequence is not a whole number. */
  RejectedRecordException notWhole(String got) {
    return new RejectedRecordException(
        RejectionCode.WRONG_TYPE,
        "field " + names[sequenceSlot()] + ": expected a whole number of 64 bits, got " + got);
  }

  /** The observation, if every value is present and usable. */
  Observation finish(SourceRecord record) throws RejectedRecordException {
    for (int slot = 0; slot < fieldCount; slot++) {
      requireTaken(slot);
    }
    if (names[sequenceSlot()] != null) {
      requireTaken(sequenceSlot());
    }
    if (names[keySlot()] == null && record.key() != null) {
      Utf8Check.text(record.key(), "record key");
      key = new String(record.key(), StandardCharsets.UTF_8);
    }
    if (names[timeSlot()] != null) {
      requireTaken(timeSlot());
    } else {
      eventTime = record.timestamp();
    }
    Observation observation = new Observation(key, eventTime, values, sequence, record);
    Rejection defect = observation.defect(fieldCount);
    if (defect != null) {
      throw new RejectedRecordException(defect);
    }
    checkNotAhead(record);
    return observation;
  }

  private void requireTaken(int slot) throws RejectedRecordException {
    if (!taken[slot]) {
      throw new RejectedRecordException(
          RejectionCode.MISSING_FIELD, "field " + names[slot] + ": expected a value, got none");
    }
  }

  private void checkNotAhead(SourceRecord record) throws RejectedRecordException {
    if (record.timestamp() >= 0 && eventTime - record.timestamp() > maxAhead) {
      throw new RejectedRecordException(
          RejectionCode.INVALID_TIME,
          "event time: expected at most "
              + maxAhead
              + " ms after the record's timestamp "
              + record.timestamp()
              + " (lstm.source.max-ahead), got "
              + eventTime);
    }
  }
}
