package io.flinklstm.local.ticks;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.flinklstm.jobs.record.TimeFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The ticks of a CSV file with a header line, plain or gzip, in the order of the file. Rows are
 * read as they are needed.
 */
public final class CsvTicks implements Iterator<Tick>, AutoCloseable {

  private final String fileName;
  private final Columns columns;
  private final CsvReader<NamedCsvRecord> reader;
  private final Iterator<NamedCsvRecord> rows;
  private List<String> otherNames; // known after the first row
  private List<Integer> otherIndices;

  /**
   * What the columns mean.
   *
   * @param keyField column of the stream's name, or null if all rows belong to {@code key}
   * @param key the stream of all rows, if there is no such column
   * @param timeField column of the event time
   * @param timeFormat of that column
   */
  public record Columns(String keyField, String key, String timeField, TimeFormat timeFormat) {}

  /**
   * @param in the file's bytes; closed with this object
   * @param fileName for messages
   */
  public CsvTicks(InputStream in, String fileName, Columns columns) throws IOException {
    this.fileName = fileName;
    this.columns = columns;
    this.reader = CsvText.reader(in);
    this.rows = reader.iterator();
  }

  @Override
  public boolean hasNext() {
    try {
      return rows.hasNext();
    } catch (CsvParseException e) {
      throw new IllegalArgumentException(fileName + ": " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw new IllegalArgumentException(
          fileName + ": expected to read it to its end, got " + CsvText.reason(e), e);
    }
  }

  @Override
  public Tick next() {
    NamedCsvRecord row = rows.next();
    if (otherNames == null) {
      resolve(row);
    }
    if (row.getFieldCount() != row.getHeader().size()) {
      throw broken(
          row, "expected " + row.getHeader().size() + " columns, got " + row.getFieldCount());
    }
    List<String> values = new ArrayList<>(otherIndices.size());
    for (int index : otherIndices) {
      values.add(row.getField(index));
    }
    String key = columns.keyField == null ? columns.key : row.getField(columns.keyField);
    try {
      long eventTime = columns.timeFormat.parse(row.getField(columns.timeField));
      return new Tick(key, eventTime, otherNames, values);
    } catch (IllegalArgumentException e) {
      throw broken(row, "column " + columns.timeField + ": " + e.getMessage());
    }
  }

  private void resolve(NamedCsvRecord row) {
    List<String> header = row.getHeader();
    requireColumn(header, columns.timeField);
    if (columns.keyField != null) {
      requireColumn(header, columns.keyField);
    }
    List<String> names = new ArrayList<>();
    List<Integer> indices = new ArrayList<>();
    for (int k = 0; k < header.size(); k++) {
      String name = header.get(k);
      if (!name.equals(columns.timeField) && !name.equals(columns.keyField)) {
        if (name.equals("key") || name.equals("event_time")) {
          throw new IllegalArgumentException(
              fileName
                  + ": expected key and event_time to name only the stream and its time, got"
                  + " another column named "
                  + name);
        }
        names.add(name);
        indices.add(k);
      }
    }
    otherNames = List.copyOf(names);
    otherIndices = List.copyOf(indices);
  }

  private void requireColumn(List<String> header, String name) {
    if (!header.contains(name)) {
      throw new IllegalArgumentException(
          fileName + ": expected a column named " + name + ", got " + header);
    }
  }

  private IllegalArgumentException broken(NamedCsvRecord row, String message) {
    return new IllegalArgumentException(
        fileName + " line " + row.getStartingLineNumber() + ": " + message);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
