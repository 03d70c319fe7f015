package io.flinklstm.forecast;

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
 * @param fields the arguments' names in order
 */
@PublicEvolving
public record Formula(Function function, List<String> fields) implements Serializable {

  private static final Pattern CALL = Pattern.compile("(\\w+)\\s*\\(([^()]*)\\)");

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

    double apply(double a, double b, long elapsed) {
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
   * Parses a formula: a field's name, or {@code mean(a, b)}, {@code difference(a, b)}, {@code
   * ratio(a, b)}, {@code imbalance(a, b)}, {@code elapsed()}.
   *
   * @throws IllegalArgumentException if the function is unknown or the arguments do not fit
   */
  public static Formula parse(String text) {
    String formula = text.strip();
    Matcher call = CALL.matcher(formula);
    if (!call.matches()) {
      if (formula.isEmpty() || formula.matches(".*[(),].*")) {
        throw new IllegalArgumentException(
            "formula: expected a field's name or " + known() + ", got \"" + text + "\"");
      }
      return new Formula(Function.FIELD, List.of(formula));
    }
    Function function = function(call.group(1), text);
    List<String> arguments =
        call.group(2).isBlank()
            ? List.of()
            : Stream.of(call.group(2).split(",", -1)).map(String::strip).toList();
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
    return new Formula(function, arguments);
  }

  private static Function function(String name, String text) {
    for (Function function : Function.values()) {
      if (function != Function.FIELD && function.name().toLowerCase(Locale.ROOT).equals(name)) {
        return function;
      }
    }
    throw new IllegalArgumentException(
        "formula: expected a field's name or " + known() + ", got \"" + text + "\"");
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
