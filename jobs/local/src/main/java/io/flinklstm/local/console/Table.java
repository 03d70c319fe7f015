package io.flinklstm.local.console;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under titles of one or two lines, in columns as wide as their content. Columns that do not
 * fit the terminal go into a second table below, which repeats the first column.
 */
public final class Table {

  private static final String GAP = "  ";

  /**
   * A column.
   *
   * @param cells the two lines of its title, then one cell per row
   * @param bound whether it stays beside the previous column if the terminal is wide enough
   */
  private record Column(List<String> cells, boolean bound) {
    int width() {
      return cells.stream().mapToInt(String::length).max().orElse(0);
    }
  }

  private final List<Column> columns = new ArrayList<>();

  /** Adds a column; a line break in the title makes it a title of two lines. */
  public Table column(String title) {
    return column(title, false);
  }

  /** Adds a column that belongs to the previous one and moves below together with it. */
  public Table boundColumn(String title) {
    return column(title, true);
  }

  private Table column(String title, boolean bound) {
    int lineBreak = title.indexOf('\n');
    List<String> cells = new ArrayList<>();
    cells.add(lineBreak < 0 ? "" : title.substring(0, lineBreak));
    cells.add(title.substring(lineBreak + 1));
    columns.add(new Column(cells, bound));
    return this;
  }

  /** Adds a row with a cell for each column. */
  public void row(String... cells) {
    for (int k = 0; k < cells.length; k++) {
      columns.get(k).cells.add(cells[k]);
    }
  }

  /** The table as text: the first column aligned left, the others, which are numbers, right. */
  public String text(int width) {
    StringBuilder text = new StringBuilder();
    for (int from = 1; from < columns.size(); ) {
      int to = end(from, width);
      text.append(from == 1 ? "" : System.lineSeparator());
      append(text, from, to);
      from = to;
    }
    return text.toString();
  }

  /**
   * The index after the last column that fits beside the first one; at least one is taken, however
   * wide.
   */
  private int end(int from, int width) {
    int used = columns.get(0).width();
    int fits = from;
    while (fits < columns.size() && (used += GAP.length() + columns.get(fits).width()) <= width) {
      fits++;
    }
    int end = Math.max(fits, from + 1);
    int groupEnd = end;
    while (groupEnd > from && groupEnd < columns.size() && columns.get(groupEnd).bound) {
      groupEnd--;
    }
    return groupEnd > from ? groupEnd : end;
  }

  private void append(StringBuilder text, int from, int to) {
    Column first = columns.get(0);
    for (int row = 0; row < first.cells.size(); row++) {
      StringBuilder line = new StringBuilder(padded(first.cells.get(row), first.width(), false));
      for (Column column : columns.subList(from, to)) {
        line.append(GAP).append(padded(column.cells.get(row), column.width(), true));
      }
      if (row > 0 || !line.toString().isBlank()) {
        text.append(line.toString().stripTrailing()).append(System.lineSeparator());
      }
    }
  }

  private static String padded(String cell, int width, boolean right) {
    String padding = " ".repeat(width - cell.length());
    return right ? padding + cell : cell + padding;
  }
}
