package io.flinklstm.jobs.record.csv;

import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.formula.FieldPath;
import io.flinklstm.jobs.record.NumberText;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.json.RecordContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads observations from CSV records. A record is one line without a header, in UTF-8 and quoted
 * as in RFC 4180; columns that no field needs are skipped, and an empty cell is a missing field.
 * Numbers are in JSON's notation.
 */
public final class ObservationCsv implements ObservationReader {

  private final ObservationDraft draft;
  private final int[][] slotsByColumn; // in the draft
  private final CsvLine line;
  private final NumberText number = new NumberText();

  /**
   * @param fields the fields of the model card, in its order
   * @param format the names and formats of the other fields, and the columns
   * @throws IllegalArgumentException if a field has no column, or more than one
   */
  public ObservationCsv(List<String> fields, RecordFormat format) {
    draft = RecordContext.draft(fields, format);
    List<String> columns = format.encoding().csvColumns();
    List<List<Integer>> slots = new ArrayList<>();
    columns.forEach(column -> slots.add(new ArrayList<>()));
    for (int slot = 0; slot < draft.slots.count(); slot++) {
      FieldPath path = draft.slots.path(slot);
      if (path != null && path.isInValue()) {
        slots.get(column(columns, path)).add(slot);
      }
    }
    slotsByColumn = new int[columns.size()][];
    boolean[] wanted = new boolean[columns.size()];
    for (int column = 0; column < wanted.length; column++) {
      slotsByColumn[column] = slots.get(column).stream().mapToInt(Integer::intValue).toArray();
      wanted[column] = slotsByColumn[column].length > 0;
    }
    line = new CsvLine(wanted);
  }

  /** The index of a field's column, whose name is that of a path of one step or the whole path. */
  private static int column(List<String> columns, FieldPath path) {
    String name = path.flatName();
    long count = columns.stream().filter(column -> column.equals(name)).count();
    if (count != 1) {
      throw new IllegalArgumentException(
          "expected one column for the field "
              + name
              + ", got "
              + (count == 0 ? "none" : count)
              + " in "
              + String.join(",", columns));
    }
    return columns.indexOf(name);
  }

  @Override
  public void read(SourceRecord record, Sink sink) {
    try {
      byte[] value = draft.begin(record, "CSV");
      if (value == null) {
        sink.skipped(record.position());
        return;
      }
      line.read(value);
      for (int column = 0; column < slotsByColumn.length; column++) {
        for (int slot : slotsByColumn[column]) {
          readCell(column, slot);
        }
      }
      if (draft.isSkipped(0, true)) {
        sink.skipped(record.position());
      } else {
        sink.observation(draft.finish(record));
      }
    } catch (RejectedRecordException e) {
      sink.rejected(e.rejection(), record);
    }
  }

  private void readCell(int column, int slot) throws RejectedRecordException {
    int start = line.start(column);
    int end = line.end(column);
    if (start == end) {
      draft.missing(slot, "an empty cell");
      return;
    }
    number.set(line.text(), start, end);
    draft.text(slot, number);
  }
}
