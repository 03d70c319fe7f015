package io.flinklstm.local.model;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.ticks.CsvText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Inputs or outputs of a network, row by row, from a CSV file with a header line. The columns are
 * numbers, in order, except {@code key}, the row's stream, and {@code step}, which is informational
 * and ignored.
 *
 * @param name the file's name
 * @param columns the names of the number columns
 * @param isKeyed whether there is a {@code key} column
 * @param rows all rows, at least one
 */
record GoldenCsv(String name, List<String> columns, boolean isKeyed, List<Row> rows) {

  private static final String KEY = "key";
  private static final Set<String> NO_NUMBERS = Set.of(KEY, "step");

  /**
   * One row.
   *
   * @param line in the file, from 1
   * @param key the stream, empty if the file has none
   * @param values the numbers, all finite as floats
   */
  record Row(long line, String key, double[] values) {}

  /**
   * @throws IllegalArgumentException if the file cannot be read or a row is not made of numbers
   */
  static GoldenCsv read(InputFile file) {
    try (CsvReader<NamedCsvRecord> reader = CsvText.reader(file.open())) {
      GoldenCsv csv = null;
      for (NamedCsvRecord record : reader) {
        if (csv == null) {
          csv = new GoldenCsv(file.name(), record.getHeader());
        }
        csv.rows.add(csv.row(record));
      }
      if (csv == null) {
        throw new IllegalArgumentException(
            file.name() + ": expected rows below a header line, got none");
      }
      return csv;
    } catch (CsvParseException e) {
      throw new IllegalArgumentException(file.name() + ": " + e.getMessage(), e);
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          file.name() + ": expected to read it to its end, got " + CsvText.reason(e), e);
    }
  }

  private GoldenCsv(String name, List<String> header) {
    this(
        name,
        header.stream().filter(column -> !NO_NUMBERS.contains(column)).toList(),
        header.contains(KEY),
        new ArrayList<>());
    if (!columns.isEmpty() && columns.stream().allMatch(GoldenCsv::isNumber)) {
      throw new IllegalArgumentException(
          name + " line 1: expected a header line with names, got numbers: " + columns);
    }
  }

  private Row row(NamedCsvRecord record) {
    List<String> header = record.getHeader();
    long line = record.getStartingLineNumber();
    if (record.getFieldCount() != header.size()) {
      throw new IllegalArgumentException(
          place(line) + ": expected " + header.size() + " columns, got " + record.getFieldCount());
    }
    double[] values =
        IntStream.range(0, header.size())
            .filter(k -> !NO_NUMBERS.contains(header.get(k)))
            .mapToDouble(k -> number(record.getField(k), header.get(k), line))
            .toArray();
    return new Row(line, isKeyed ? record.getField(KEY) : "", values);
  }

  private double number(String text, String column, long line) {
    double value = isNumber(text) ? Double.parseDouble(text) : Double.NaN;
    if (!Float.isFinite((float) value)) {
      throw new IllegalArgumentException(
          place(line)
              + ": column "
              + column
              + ": expected a number within a float's range, got "
              + (text.isEmpty() ? "nothing" : text));
    }
    return value;
  }

  private static boolean isNumber(String text) {
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private String place(long line) {
    return name + " line " + line;
  }
}
