package io.flinklstm.jobs.record;

import io.flinklstm.formula.FieldPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an observation's record must fulfil: comparisons of fields with constants, combined by
 * {@code and}, {@code or} and parentheses, as in {@code data.k.x = true and (type = "kline" or
 * volume > 0)}. A comparison with a missing field is false; values of different kinds are unequal
 * and in no order. The values of the current record are set one by one. Not thread-safe.
 *
 * <pre>
 *   condition   all { "or" all }
 *   all         term { "and" term }
 *   term        "(" condition ")" | path operator constant
 *   operator    {@literal = == != <> < <= > >=}
 *   constant    number | "text" | 'text' | true | false
 * </pre>
 */
final class Condition {

  private enum Operator {
    EQUAL,
    NOT_EQUAL,
    LESS,
    AT_MOST,
    GREATER,
    AT_LEAST;

    boolean holds(int comparison) {
      return switch (this) {
        case EQUAL -> comparison == 0;
        case NOT_EQUAL -> comparison != 0;
        case LESS -> comparison < 0;
        case AT_MOST -> comparison <= 0;
        case GREATER -> comparison > 0;
        case AT_LEAST -> comparison >= 0;
      };
    }
  }

  private interface Term {
    boolean holds();
  }

  private final String text;
  private final boolean lenientNumbers;
  private final List<FieldPath> paths = new ArrayList<>(); // of the operands, each once
  private final Term root;
  private final @Nullable Object[] values; // by operand: Double, String, Boolean or null: missing
  private final NumberText number = new NumberText();
  private int next; // while parsing

  /**
   * @param lenientNumbers whether a text may stand for the number or truth value in it
   * @throws IllegalArgumentException if the text is no condition; with the position in it
   */
  Condition(String text, boolean lenientNumbers) {
    this.text = text;
    this.lenientNumbers = lenientNumbers;
    this.root = any();
    skipSpace();
    if (next < text.length()) {
      throw error("and, or, or the end");
    }
    this.values = new Object[paths.size()];
  }

  /** The fields that are compared, each once. */
  List<FieldPath> paths() {
    return paths;
  }

  /** Forgets an operand's value. */
  void clear(int operand) {
    values[operand] = null;
  }

  /**
   * @param value a Double, String or Boolean
   */
  void set(int operand, Object value) {
    values[operand] = value;
  }

  boolean holds() {
    return root.holds();
  }

  private Term any() {
    List<Term> terms = new ArrayList<>(List.of(all()));
    while (takesWord("or")) {
      terms.add(all());
    }
    Term[] array = terms.toArray(Term[]::new);
    return array.length == 1 ? array[0] : () -> Arrays.stream(array).anyMatch(Term::holds);
  }

  private Term all() {
    List<Term> terms = new ArrayList<>(List.of(term()));
    while (takesWord("and")) {
      terms.add(term());
    }
    Term[] array = terms.toArray(Term[]::new);
    return array.length == 1 ? array[0] : () -> Arrays.stream(array).allMatch(Term::holds);
  }

  private Term term() {
    skipSpace();
    if (takes("(")) {
      Term inner = any();
      skipSpace();
      if (!takes(")")) {
        throw error(")");
      }
      return inner;
    }
    int operand = operand();
    Operator operator = operator();
    Object constant = constant();
    if (constant instanceof Boolean
        && operator != Operator.EQUAL
        && operator != Operator.NOT_EQUAL) {
      throw error("= or != before " + constant);
    }
    return () -> compare(values[operand], operator, constant);
  }

  private int operand() {
    FieldPath.Prefix prefix = FieldPath.parsePrefix(text, next);
    next = prefix.end();
    int known = paths.indexOf(prefix.path());
    if (known < 0) {
      paths.add(prefix.path());
    }
    return known < 0 ? paths.size() - 1 : known;
  }

  private Operator operator() {
    skipSpace();
    if (takes("==") || takes("=")) {
      return Operator.EQUAL;
    }
    if (takes("!=") || takes("<>")) {
      return Operator.NOT_EQUAL;
    }
    if (takes("<=")) {
      return Operator.AT_MOST;
    }
    if (takes("<")) {
      return Operator.LESS;
    }
    if (takes(">=")) {
      return Operator.AT_LEAST;
    }
    if (takes(">")) {
      return Operator.GREATER;
    }
    throw error("one of = != < <= > >=");
  }

  private Object constant() {
    skipSpace();
    if (takesWord("true")) {
      return true;
    }
    if (takesWord("false")) {
      return false;
    }
    char quote = next < text.length() ? text.charAt(next) : ' ';
    if (quote == '"' || quote == '\'') {
      return quoted(quote);
    }
    int end = next;
    while (end < text.length() && " \t\r\n()".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    number.set(text.toCharArray(), next, end);
    if (!number.isNumber()) {
      throw error("a number, a text in quotes, true or false");
    }
    next = end;
    return number.toDouble();
  }

  private String quoted(char quote) {
    StringBuilder constant = new StringBuilder();
    int begin = next++;
    while (next < text.length() && text.charAt(next) != quote) {
      if (text.charAt(next) == '\\' && next + 1 < text.length()) {
        next++;
      }
      constant.append(text.charAt(next++));
    }
    if (next >= text.length()) {
      next = begin;
      throw error("a text that ends with " + quote);
    }
    next++;
    return constant.toString();
  }

  private boolean compare(@Nullable Object value, Operator operator, Object constant) {
    if (value == null) {
      return false;
    }
    Integer comparison = comparison(value, constant);
    return comparison == null ? operator == Operator.NOT_EQUAL : operator.holds(comparison);
  }

  /** How a value compares with a constant, or null if one is a number and the other is not. */
  private @Nullable Integer comparison(Object value, Object constant) {
    if (constant instanceof Boolean expected) {
      Boolean actual = truth(value);
      return actual == null ? null : Integer.valueOf(actual.compareTo(expected));
    }
    if (constant instanceof String expected && value instanceof String actual) {
      return actual.compareTo(expected);
    }
    Double expected = number(constant);
    Double actual = number(value);
    if (expected == null || actual == null) {
      return null;
    }
    // Unlike Double.compare, == holds for both zeros.
    return actual.doubleValue() == expected.doubleValue() ? 0 : actual.compareTo(expected);
  }

  private @Nullable Double number(Object value) {
    if (lenientNumbers && value instanceof String digits) {
      number.set(digits.toCharArray(), 0, digits.length());
      return number.isNumber() ? Double.valueOf(number.toDouble()) : null;
    }
    return value instanceof Double actual ? actual : null;
  }

  private @Nullable Boolean truth(Object value) {
    if (lenientNumbers && value instanceof String word) {
      return word.equalsIgnoreCase("true")
          ? Boolean.TRUE
          : word.equalsIgnoreCase("false") ? Boolean.FALSE : null;
    }
    return value instanceof Boolean actual ? actual : null;
  }

  private void skipSpace() {
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }
  }

  private boolean takes(String symbol) {
    boolean taken = text.startsWith(symbol, next);
    next += taken ? symbol.length() : 0;
    return taken;
  }

  private boolean takesWord(String word) {
    skipSpace();
    int end = next + word.length();
    boolean taken =
        text.regionMatches(true, next, word, 0, word.length())
            && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
    next += taken ? word.length() : 0;
    return taken;
  }

  private IllegalArgumentException error(String expected) {
    return new IllegalArgumentException(
        "expected "
            + expected
            + " at character "
            + (next + 1)
            + ", got "
            + (next < text.length() ? "\"" + text.substring(next) + "\"" : "the end")
            + " in \""
            + text
            + "\"");
  }
}
