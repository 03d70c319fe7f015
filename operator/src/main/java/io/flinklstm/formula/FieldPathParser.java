package io.flinklstm.formula;

import io.flinklstm.formula.FieldPath.Root;
import io.flinklstm.formula.FieldPath.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Parses one {@link FieldPath} from left to right. */
final class FieldPathParser {

  private final String text;
  private final int from;
  private final String special; // characters that end a name without quotes
  private int next;

  FieldPathParser(String text, int from, String special) {
    this.text = text;
    this.special = special;
    int begin = from;
    while (begin < text.length() && Character.isWhitespace(text.charAt(begin))) {
      begin++;
    }
    this.from = begin;
    this.next = begin;
  }

  /** The index of the character after what was parsed so far. */
  int next() {
    return next;
  }

  FieldPath path() {
    Root root = root();
    List<Step> steps = new ArrayList<>();
    boolean begins = root == Root.VALUE;
    while (next < text.length()) {
      char c = text.charAt(next);
      if (c == '[') {
        steps.add(bracket());
      } else if (begins) {
        steps.add(new Step(name(), 0));
      } else if (c == '.') {
        next++;
        steps.add(new Step(name(), 0));
      } else {
        break;
      }
      begins = false;
    }
    if (root == Root.VALUE && steps.isEmpty()) {
      throw error("a field's name");
    }
    return new FieldPath(root, steps);
  }

  private Root root() {
    for (Root root : List.of(Root.KEY, Root.HEADER, Root.TOPIC)) {
      if (takesRoot("$" + root.name().toLowerCase(Locale.ROOT))) {
        return root;
      }
    }
    return takesRoot("$") ? Root.RECORD : Root.VALUE;
  }

  /** A name that only begins like a root is a name. */
  private boolean takesRoot(String root) {
    int end = next + root.length();
    if (!text.startsWith(root, next)
        || end < text.length() && special.indexOf(text.charAt(end)) < 0) {
      return false;
    }
    next = end;
    return true;
  }

  private Step bracket() {
    next++;
    Step step;
    char c = next < text.length() ? text.charAt(next) : ' ';
    if (c == '"' || c == '\'') {
      step = new Step(quotedName(c), 0);
    } else if (c == '*') {
      next++;
      step = new Step(null, Step.EVERY);
    } else {
      step = new Step(null, index());
    }
    if (next >= text.length() || text.charAt(next) != ']') {
      throw error("]");
    }
    next++;
    return step;
  }

  private int index() {
    int begin = next;
    while (next < text.length() && text.charAt(next) >= '0' && text.charAt(next) <= '9') {
      next++;
    }
    try {
      return Integer.parseInt(text, begin, next, 10);
    } catch (NumberFormatException e) {
      next = begin;
      throw error("a position from 0, a name in quotes or *");
    }
  }

  private String name() {
    if (next < text.length() && text.charAt(next) == '"') {
      return quotedName('"');
    }
    int begin = next;
    while (next < text.length() && special.indexOf(text.charAt(next)) < 0) {
      next++;
    }
    String name = text.substring(begin, next).strip();
    if (name.isEmpty()) {
      throw error("a field's name");
    }
    return name;
  }

  private String quotedName(char quote) {
    StringBuilder name = new StringBuilder();
    int begin = next++;
    while (next < text.length() && text.charAt(next) != quote) {
      if (text.charAt(next) == '\\' && next + 1 < text.length()) {
        next++;
      }
      name.append(text.charAt(next++));
    }
    if (next >= text.length() || name.isEmpty()) {
      next = begin;
      throw error("a name in quotes");
    }
    next++;
    return name.toString();
  }

  IllegalArgumentException error(String expected) {
    return new IllegalArgumentException(
        "field path: expected "
            + expected
            + " at character "
            + (Math.min(next, text.length()) + 1)
            + ", got "
            + (next < text.length() ? "\"" + text.substring(next) + "\"" : "the end")
            + " in \""
            + text.substring(from)
            + "\"");
  }
}
