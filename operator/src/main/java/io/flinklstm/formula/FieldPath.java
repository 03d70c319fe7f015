package io.flinklstm.formula;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a field, possibly nested: a root and the steps from there. Model cards and options
 * write it alike:
 *
 * <pre>
 *   price                    a field
 *   data.p                   a field of a nested object
 *   "T (degC)" ["a.b"]       any name, literally; \" and \\ inside
 *   data[0].p                a position in an array, from 0
 *   data[*]                  every element of an array, where a path of several values is allowed
 *   $.symbol                 from the whole record instead of one element of it
 *   $key $key.id             the record's key as text, or a field of the JSON in it
 *   $header.exchange         a record header's text
 *   $topic                   the name of the record's topic
 * </pre>
 *
 * @param root where the path begins
 * @param steps from the root to the field
 */
@PublicEvolving
public record FieldPath(Root root, List<Step> steps) implements Serializable {

  private static final Pattern BARE =
      Pattern.compile("[\\p{L}\\p{N}_@:#%&][\\p{L}\\p{N}_@:#%&$-]*");

  /** Where a path begins. */
  public enum Root {
    /** The record's value, or one element of it if a record holds several observations. */
    VALUE,
    /** The record's whole value, written {@code $}. */
    RECORD,
    /** The record's key. */
    KEY,
    /** The record's headers; the first step is the header's name. */
    HEADER,
    /** The record's topic. */
    TOPIC
  }

  /**
   * One step into an object or an array.
   *
   * @param name of a field, or null for a position
   * @param index of an element, from 0; {@link #EVERY} for every element; 0 with a name
   */
  public record Step(@Nullable String name, int index) implements Serializable {

    public static final int EVERY = -1;

    /** Whether it leads to every element of an array. */
    public boolean isEvery() {
      return name == null && index == EVERY;
    }

    @Override
    public String toString() {
      if (name == null) {
        return index == EVERY ? "[*]" : "[" + index + "]";
      }
      return BARE.matcher(name).matches() ? name : quoted(name);
    }
  }

  /**
   * A path at the beginning of a longer text.
   *
   * @param path the path
   * @param end the index after its last character
   */
  public record Prefix(FieldPath path, int end) {}

  public FieldPath {
    steps = List.copyOf(steps);
    if (root == Root.HEADER && (steps.isEmpty() || steps.get(0).name() == null)) {
      throw new IllegalArgumentException("$header: expected a header's name after it, got none");
    }
    if (root == Root.TOPIC && !steps.isEmpty()) {
      throw new IllegalArgumentException("$topic: expected nothing after it, got " + steps);
    }
    if (root == Root.VALUE && steps.isEmpty()) {
      throw new IllegalArgumentException("field: expected a name, got none");
    }
  }

  /**
   * Parses a path. Names need quotes only if they contain one of {@code . , ( ) [ ] "}, or look
   * like one of the roots.
   *
   * @throws IllegalArgumentException if the text is not a path; with the position in it
   */
  public static FieldPath parse(String text) {
    FieldPathParser parser = new FieldPathParser(text, 0, ".,()[]\"");
    FieldPath path = parser.path();
    if (parser.next() < text.length()) {
      throw parser.error("the end, a dot or a bracket");
    }
    return path;
  }

  /**
   * Parses the path at a position of an expression. There, spaces and the characters {@code = < > !
   * ,} end a name without quotes.
   *
   * @throws IllegalArgumentException if there is no path; with the position in the text
   */
  public static Prefix parsePrefix(String text, int from) {
    FieldPathParser parser = new FieldPathParser(text, from, ".,()[]\"=<>! \t\r\n");
    FieldPath path = parser.path();
    return new Prefix(path, parser.next());
  }

  /** Splits a list of paths at the commas outside quotes; a blank list has none. */
  public static List<String> split(String list) {
    List<String> paths = new ArrayList<>();
    if (list.isBlank()) {
      return paths;
    }
    boolean quoted = false;
    int begin = 0;
    for (int k = 0; k <= list.length(); k++) {
      if (k == list.length() || list.charAt(k) == ',' && !quoted) {
        paths.add(list.substring(begin, k).strip());
        begin = k + 1;
      } else if (quoted && list.charAt(k) == '\\' && k + 1 < list.length()) {
        k++;
      } else if (list.charAt(k) == '"') {
        quoted = !quoted;
      }
    }
    return paths;
  }

  /** The number of steps that lead to every element of an array. */
  public long fanOuts() {
    return steps.stream().filter(Step::isEvery).count();
  }

  /** Whether the field is in the record's value rather than its key, headers or topic. */
  public boolean isInValue() {
    return root == Root.VALUE || root == Root.RECORD;
  }

  /** The name of the column that holds the field in a format without nesting. */
  public String flatName() {
    String name = steps.size() == 1 ? steps.get(0).name() : null;
    return name != null ? name : new FieldPath(Root.VALUE, steps).toString();
  }

  /** The path as {@link #parse} reads it; equal paths have equal texts. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    switch (root) {
      case VALUE -> {}
      case RECORD -> text.append('$');
      default -> text.append('$').append(root.name().toLowerCase(Locale.ROOT));
    }
    for (Step step : steps) {
      if (step.name() != null && text.length() > 0) {
        text.append('.');
      }
      text.append(step);
    }
    return text.toString();
  }

  /** The path of a field with this name, whatever is in it. */
  public static String quote(String name) {
    return new FieldPath(Root.VALUE, List.of(new Step(name, 0))).toString();
  }

  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
