package io.flinklstm.local.deploy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression reads: its selectors, each with the function around it, and its label
 * lists.
 */
final class PromQl {

  /**
   * One selector of an expression.
   *
   * @param function around it, or "" for none
   */
  record Selector(String metric, List<LabelMatcher> matchers, String function) {}

  /** One condition on a label: {@code name="value"}, or with {@code =~} a whole match. */
  record LabelMatcher(String label, String operator, String value) {

    boolean matches(String actual) {
      return switch (operator) {
        case "=" -> actual.equals(value);
        case "!=" -> !actual.equals(value);
        case "=~" -> actual.matches(value);
        case "!~" -> !actual.matches(value);
        default -> throw new IllegalArgumentException(label + operator);
      };
    }
  }

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_:][\\w:]*|[0-9][\\w.]*|=~|!~|!=|==|>=|<=|[-+*/%^=<>(){}\\[\\],]");
  private static final Set<String> LABEL_LISTS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");

  private final List<String> tokens = new ArrayList<>();
  private final List<Selector> selectors = new ArrayList<>();
  private final Set<String> labels = new TreeSet<>();

  PromQl(String expression) {
    Matcher matcher = TOKEN.matcher(expression);
    int end = 0;
    while (matcher.find()) {
      if (!expression.substring(end, matcher.start()).isBlank()) {
        break;
      }
      tokens.add(matcher.group());
      end = matcher.end();
    }
    if (!expression.substring(end).isBlank()) {
      throw new IllegalArgumentException(
          expression + ": expected PromQL, got " + expression.substring(end));
    }
    read();
  }

  private void read() {
    Deque<String> functions = new ArrayDeque<>();
    String called = "";
    for (int k = 0; k < tokens.size(); k++) {
      String token = tokens.get(k);
      if (token.equals("(")) {
        functions.push(called);
        called = "";
      } else if (token.equals(")")) {
        functions.pop();
      } else if (token.equals("[")) {
        k = tokens.subList(k, tokens.size()).indexOf("]") + k;
      } else if (LABEL_LISTS.contains(token)) {
        if (next(k).equals("(")) {
          for (k += 2; !tokens.get(k).equals(")"); k++) {
            if (!tokens.get(k).equals(",")) {
              labels.add(tokens.get(k));
            }
          }
        }
      } else if (isName(token) && !OPERATORS.contains(token)) {
        if (next(k).equals("(") || LABEL_LISTS.contains(next(k))) {
          called = token;
        } else {
          k = readSelector(k, functions.isEmpty() ? "" : functions.peek());
        }
      }
    }
  }

  private int readSelector(int begin, String function) {
    List<LabelMatcher> matchers = new ArrayList<>();
    int k = begin;
    if (next(k).equals("{")) {
      for (k += 2; !tokens.get(k).equals("}"); k++) {
        if (!tokens.get(k).equals(",")) {
          String value = tokens.get(k + 2);
          matchers.add(
              new LabelMatcher(
                  tokens.get(k), tokens.get(k + 1), value.substring(1, value.length() - 1)));
          k += 2;
        }
      }
    }
    selectors.add(new Selector(tokens.get(begin), matchers, function));
    return k;
  }

  private String next(int k) {
    return k + 1 < tokens.size() ? tokens.get(k + 1) : "";
  }

  private static boolean isName(String token) {
    return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
  }

  List<Selector> selectors() {
    return selectors;
  }

  /** The labels that {@code by}, {@code on} and the like name. */
  Set<String> labels() {
    return labels;
  }
}
