package io.flinklstm.local.console;

import io.flinklstm.jobs.config.WordWrap;
import java.util.ArrayList;
import java.util.List;

/** Names and values in two columns, for a person to read. */
public final class Facts {

  private static final int GAP = 2;

  /** The least room for a value, even beside a very long name. */
  private static final int MIN_VALUE_WIDTH = 20;

  private final int indent;
  private final int minNameWidth;
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  public Facts() {
    this(0, 0);
  }

  /**
   * @param indent spaces before each line
   * @param minNameWidth of the name column, so that facts printed one by one line up
   */
  public Facts(int indent, int minNameWidth) {
    this.indent = indent;
    this.minNameWidth = minNameWidth;
  }

  public Facts add(String name, String value) {
    names.add(name);
    values.add(value);
    return this;
  }

  /** Adds several values under one name, one below the other; nothing if there are none. */
  public Facts add(String name, List<String> several) {
    for (int k = 0; k < several.size(); k++) {
      add(k == 0 ? name : "", several.get(k));
    }
    return this;
  }

  public void print() {
    System.out.print(text(Terminal.columns()));
  }

  /**
   * One line per value, each with a line end; values that are too wide wrap within their column.
   */
  public String text(int width) {
    int nameWidth = names.stream().mapToInt(String::length).max().orElse(0);
    nameWidth = Math.max(nameWidth, minNameWidth) + GAP;
    int valueWidth = Math.max(MIN_VALUE_WIDTH, width - indent - nameWidth);
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < names.size(); k++) {
      String name = names.get(k);
      for (String line : WordWrap.lines(values.get(k), valueWidth)) {
        text.append(" ".repeat(indent))
            .append(name)
            .append(" ".repeat(nameWidth - name.length()))
            .append(line)
            .append(System.lineSeparator());
        name = "";
      }
    }
    return text.toString();
  }
}
