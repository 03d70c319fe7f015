package io.flinklstm.format.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.stream.Collectors;

/** Shortens file text for error messages. */
public final class Excerpt {

  private static final int MAX_VALUE = 100; // characters
  private static final int MAX_NAME = 200; // characters
  private static final int MAX_ELEMENTS = 20;

  private Excerpt() {}

  /** A value as JSON, with strings in quotes; "nothing" if it is missing. */
  public static String json(JsonNode value) {
    return value.isMissingNode() ? "nothing" : text(value.toString());
  }

  /** A value, with strings unquoted. See {@link #json}. */
  public static String plain(JsonNode value) {
    return value.isTextual() ? text(value.textValue()) : json(value);
  }

  /** A string value. */
  public static String text(String text) {
    return shortened(text, MAX_VALUE);
  }

  /** The name of a tensor or the like. */
  public static String name(String name) {
    return shortened(name, MAX_NAME);
  }

  /** The first elements, and how many more there are: [a, b and 3 more]. */
  public static String list(Collection<?> elements) {
    return "[" + enumeration(elements) + "]";
  }

  /** As {@link #list} without brackets. */
  static String enumeration(Collection<?> elements) {
    int more = elements.size() - MAX_ELEMENTS;
    return elements.stream()
        .limit(MAX_ELEMENTS)
        .map(element -> name(element.toString()))
        .collect(Collectors.joining(", ", "", more > 0 ? " and " + more + " more" : ""));
  }

  private static String shortened(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length) + "...";
  }
}
