package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads observations from CSV records. A record is one line without a header, in UTF-8 and quoted
 * as in RFC 4180; columns that no field needs are skipped, and an empty cell is a missing field.
 * Numbers are in JSON's notation.
 */
final class ObservationCsv implements ObservationReader {

  private final ObservationDraft draft;
  private final TimeFormat timeFormat;
  private final List<String> columns; // by name
  private final int[][] slotsByColumn; // in the draft
  private final CsvLine line;
  private final NumberText number = new NumberText();

  /**
   * @param fields the fields of the model card, in its order
   * @param format the names and formats of the other fields, and the columns
   * @throws IllegalArgumentException if a field has no column, or more than one
   */
  ObservationCsv(List<String> fields, RecordFormat format) {
    draft = new ObservationDraft(fields, format);
    timeFormat = format.timeFormat();
    columns = format.csvColumns();
    slotsByColumn = new int[columns.size()][];
    boolean[] wanted = new boolean[columns.size()];
    for (int column = 0; column < wanted.length; column++) {
      slotsByColumn[column] = draft.slotsOf(columns.get(column));
      wanted[column] = slotsByColumn[column].length > 0;
    }
    for (int slot = 0; slot < draft.slots(); slot++) {
      requireOne(columns, draft.name(slot));
    }
    line = new CsvLine(wanted);
  }

  private static void requireOne(List<String> columns, @Nullable String name) {
    long count = columns.stream().filter(column -> column.equals(name)).count();
    if (name != null && count != 1) {
      throw new IllegalArgumentException(
          "expected one column for the field "
              + name
              + ", got "
              + (count == 0 ? "none" : count)
              + " in "
              + String.join(",", columns));
    }
  }

  @Override
  public Observation parse(SourceRecord record) throws RejectedRecordException {
    line.read(draft.begin(record, "CSV"));
    for (int column = 0; column < slotsByColumn.length; column++) {
      for (int slot : slotsByColumn[column]) {
        readCell(column, slot);
      }
    }
    return draft.finish(record);
  }

  private void readCell(int column, int slot) throws RejectedRecordException {
    int start = line.start(column);
    int end = line.end(column);
    if (start == end) {
      throw draft.missing(slot, "an empty cell");
    }
    draft.take(slot);
    if (slot == draft.keySlot()) {
      draft.key(new String(line.text(), start, end - start));
      return;
    }
    number.set(line.text(), start, end);
    if (slot == draft.timeSlot()) {
      draft.eventTime(timeFormat.read(number, columns.get(column)));
    } else if (slot == draft.sequenceSlot()) {
      draft.sequence(wholeNumber());
    } else {
      draft.number(slot, number(slot));
    }
  }

  private double number(int slot) throws RejectedRecordException {
    if (!number.isNumber()) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE,
          "field " + draft.name(slot) + ": expected a number, got " + number.shown());
    }
    return number.toDouble();
  }

  private long wholeNumber() throws RejectedRecordException {
    try {
      if (number.isWhole()) {
        return number.toLong();
      }
    } catch (NumberFormatException beyond64Bits) {
      // Rejected like a text that is not a number.
    }
    throw draft.notWhole(number.shown());
  }
}
