package io.flinklstm.format.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of a hand-written JSON object, which error messages name by their path. Unknown names
 * are refused, so that misspellings are caught.
 */
public final class JsonFields {

  private final JsonNode node;
  private final String where;
  private final String path; // empty for the root

  /**
   * @param where the document's name in messages, for example its kind and its file's name
   * @param known the known names
   * @throws ModelFileException if it is not an object or has an unknown name
   */
  public JsonFields(JsonNode node, String where, List<String> known) {
    this(node, where, "", known);
  }

  private JsonFields(JsonNode node, String where, String path, List<String> known) {
    this.node = node;
    this.where = where;
    this.path = path;
    if (!node.isObject()) {
      throw refused("expected an object, got " + Excerpt.json(node));
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!Set.copyOf(known).contains(entry.getKey())) {
        throw refused("expected names from " + known + ", got " + Excerpt.text(entry.getKey()));
      }
    }
  }

  public boolean has(String name) {
    return node.has(name);
  }

  /** A field that is itself an object; a missing one counts as empty. */
  public JsonFields object(String name, List<String> known) {
    JsonNode value = node.path(name);
    return new JsonFields(
        value.isMissingNode() ? JsonNodeFactory.instance.objectNode() : value,
        where,
        place(name),
        known);
  }

  /** An element of an array field, as an object. */
  JsonFields element(String name, int index, List<String> known) {
    return new JsonFields(
        node.path(name).path(index), where, place(name) + "[" + index + "]", known);
  }

  /** The number of elements of a required array field. */
  int length(String name) {
    JsonNode value = node.path(name);
    if (!value.isArray()) {
      throw refused(name, "expected an array, got " + Excerpt.json(value));
    }
    return value.size();
  }

  /** A required whole number. */
  public int integer(String name) {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw refused(name, "expected a whole number, got " + Excerpt.json(value));
    }
    return value.intValue();
  }

  /** A whole number, or the fallback if it is absent. */
  public int integer(String name, int fallback) {
    return has(name) ? integer(name) : fallback;
  }

  /** A required number. */
  public double number(String name) {
    JsonNode value = node.path(name);
    if (!value.isNumber()) {
      throw refused(name, "expected a number, got " + Excerpt.json(value));
    }
    if (!Double.isFinite(value.doubleValue())) {
      throw refused(name, "expected a number within a double's range, got " + Excerpt.json(value));
    }
    return value.doubleValue();
  }

  /** A number, or the fallback if it is absent. */
  public double number(String name, double fallback) {
    return has(name) ? number(name) : fallback;
  }

  /** A required string that is not blank. */
  public String string(String name) {
    JsonNode value = node.path(name);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw refused(
          name,
          "expected a string, got "
              + Excerpt.json(value)
              + (value.isNumber() ? "; put it in quotes" : ""));
    }
    return value.textValue();
  }

  /** One of several names, in any case, or the fallback if it is absent. */
  public <E extends Enum<E>> E choice(String name, E[] values, E fallback) {
    if (!has(name)) {
      return fallback;
    }
    String text = string(name);
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
    }
    throw refused(
        name, "expected one of " + Arrays.toString(values) + ", got " + Excerpt.text(text));
  }

  /** A required object field, as JSON. */
  String json(String name) {
    JsonNode value = node.path(name);
    if (!value.isObject()) {
      throw refused(name, "expected an object, got " + Excerpt.json(value));
    }
    return value.toString();
  }

  /** The error for a field. */
  public ModelFileException refused(String name, String message) {
    return new ModelFileException(place(name) + " of the " + where + ": " + message);
  }

  /** The error for the object as a whole. */
  public ModelFileException refused(String message) {
    return new ModelFileException(
        (path.isEmpty() ? where : path + " of the " + where) + ": " + message);
  }

  private String place(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
