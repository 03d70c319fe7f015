package io.flinklstm.formula;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A number computed from the fields of one observation.
 *
 * @param function how it is computed
 * @param fields the arguments in order, as texts of {@link FieldPath}s
 */
@PublicEvolving
public record Formula(Function function, List<String> fields) implements Serializable {

  private static final Pattern CALL = Pattern.compile("(\\w+)\\s*\\((.*)\\)", Pattern.DOTALL);

  /** The available functions. */
  public enum Function {
    /** The field itself; written as its bare name. */
    FIELD(1),
    /** (a + b) / 2. */
    MEAN(2),
    /** a - b. */
    DIFFERENCE(2),
    /** a / b. */
    RATIO(2),
    /** (a - b) / (a + b). */
    IMBALANCE(2),
    /** Milliseconds since the key's previous observation, 0 for the first. */
    ELAPSED(0);

    private final int arity;

    Function(int arity) {
      this.arity = arity;
    }

    public double apply(double a, double b, long elapsed) {
      return switch (this) {
        case FIELD -> a;
        case MEAN -> (a + b) / 2;
        case DIFFERENCE -> a - b;
        case RATIO -> a / b;
        case IMBALANCE -> (a - b) / (a + b);
        case ELAPSED -> elapsed;
      };
    }
  }

  public Formula {
    fields = List.copyOf(fields);
  }

  /**
   * Parses a formula: a {@linkplain FieldPath field}, or {@code mean(a, b)}, {@code difference(a,
   * b)}, {@code ratio(a, b)}, {@code imbalance(a, b)}, {@code elapsed()} of fields.
   *
   * @throws IllegalArgumentException if the function is unknown or the arguments do not fit
   */
  public static Formula parse(String text) {
    String formula = text.strip();
    Matcher call = CALL.matcher(formula);
    if (!call.matches()) {
      return new Formula(Function.FIELD, List.of(field(formula, text)));
    }
    Function function = function(call.group(1), text);
    List<String> arguments = FieldPath.split(call.group(2));
    if (arguments.size() != function.arity || arguments.contains("")) {
      throw new IllegalArgumentException(
          "formula "
              + call.group(1)
              + ": expected "
              + function.arity
              + " field names, got \""
              + text
              + "\"");
    }
    return new Formula(function, arguments.stream().map(name -> field(name, text)).toList());
  }

  private static String field(String name, String formula) {
    try {
      FieldPath path = FieldPath.parse(name);
      if (path.fanOuts() > 0) {
        throw new IllegalArgumentException("field path: expected one value, got " + path);
      }
      return path.toString();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "formula: expected a field's name (in double quotes if it has dots, commas, brackets"
              + " or parentheses) or "
              + known()
              + ", got \""
              + formula
              + "\": "
              + e.getMessage(),
          e);
    }
  }

  private static Function function(String name, String text) {
    for (Function function : Function.values()) {
      if (function != Function.FIELD && function.name().toLowerCase(Locale.ROOT).equals(name)) {
        return function;
      }
    }
    throw new IllegalArgumentException(
        "formula: expected a field's name (in double quotes if it has parentheses) or "
            + known()
            + ", got \""
            + text
            + "\"");
  }

  private static String known() {
    return Stream.of(Function.values())
        .filter(function -> function != Function.FIELD)
        .map(
            function ->
                function.name().toLowerCase(Locale.ROOT) + (function.arity == 2 ? "(a, b)" : "()"))
        .collect(Collectors.joining(", "));
  }

  /** The formula as {@link #parse} reads it. */
  @Override
  public String toString() {
    return function == Function.FIELD
        ? fields.get(0)
        : function.name().toLowerCase(Locale.ROOT) + "(" + String.join(", ", fields) + ")";
  }
}
