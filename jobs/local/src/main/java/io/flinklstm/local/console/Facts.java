package io.flinklstm.local.console;

import java.util.ArrayList;
import java.util.List;

/** Names and values that a person reads, in two columns. */
public final class Facts {

  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  public void add(String name, String value) {
    names.add(name);
    values.add(value);
  }

  /** Several values of one name, below each other; nothing if there are none. */
  public void add(String name, List<String> several) {
    for (int k = 0; k < several.size(); k++) {
      add(k == 0 ? name : "", several.get(k));
    }
  }

  /** A line for each value, all of them ended. */
  @Override
  public String toString() {
    int width = names.stream().mapToInt(String::length).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < names.size(); k++) {
      String name = names.get(k);
      text.append(name)
          .append(" ".repeat(width - name.length() + 2))
          .append(values.get(k))
          .append(System.lineSeparator());
    }
    return text.toString();
  }
}
