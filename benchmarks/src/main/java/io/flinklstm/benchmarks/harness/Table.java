package io.flinklstm.benchmarks.harness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A table of a {@link Report}: the first column names the row, the others are mostly numbers. */
public final class Table {

  /**
   * A column.
   *
   * @param key its name in JSON
   * @param heading its name in text, with the unit
   * @param decimals of its numbers in text
   */
  public record Column(String key, String heading, int decimals) {}

  /** A row: values by column key; values without a column appear only in JSON. */
  public static final class Row {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Sets a text, a number or a list of numbers; null and NaN are ignored. */
    public Row put(String key, Object value) {
      boolean none = value == null || value instanceof Double number && !Double.isFinite(number);
      if (!none) {
        values.put(key, value);
      }
      return this;
    }
  }

  private final String name;
  private final String title;
  private final List<Column> columns;
  private final List<Row> rows = new ArrayList<>();

  Table(String name, String title, Column... columns) {
    this.name = name;
    this.title = title;
    this.columns = List.of(columns);
  }

  /** Adds an empty row. */
  public Row row() {
    Row row = new Row();
    rows.add(row);
    return row;
  }

  /** The table's name in JSON. */
  String name() {
    return name;
  }

  String text() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::heading).toList());
    rows.forEach(row -> lines.add(columns.stream().map(column -> cell(row, column)).toList()));
    StringBuilder text = new StringBuilder(title).append('\n');
    for (List<String> line : lines) {
      for (int k = 0; k < columns.size(); k++) {
        int index = k;
        int width = lines.stream().mapToInt(each -> each.get(index).length()).max().orElseThrow();
        String padding = " ".repeat(width - line.get(k).length());
        boolean text0 = isText(columns.get(k));
        text.append(k == 0 ? "  " : "   ")
            .append(text0 ? line.get(k) + padding : padding + line.get(k));
      }
      text.setLength(text.toString().stripTrailing().length());
      text.append('\n');
    }
    return text.toString();
  }

  private boolean isText(Column column) {
    return rows.stream().anyMatch(row -> row.values.get(column.key()) instanceof String);
  }

  private static String cell(Row row, Column column) {
    Object value = row.values.get(column.key());
    if (value == null) {
      return "-";
    }
    return value instanceof Number number
        ? String.format(Locale.ROOT, "%,." + column.decimals() + "f", number.doubleValue())
        : value.toString();
  }

  ArrayNode json() {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Row row : rows) {
      ObjectNode node = array.addObject();
      row.values.forEach(node::putPOJO);
    }
    return array;
  }
}
