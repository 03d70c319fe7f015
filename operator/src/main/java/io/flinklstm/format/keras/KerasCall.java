package io.flinklstm.format.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a layer of a Keras model was called when the model was built: its inbound nodes. */
final class KerasCall {

  private final String layer;
  private final String where;

  private KerasCall(String layer, String where) {
    this.layer = layer;
    this.where = where;
  }

  /**
   * The layer whose output is a layer's only input, or null if it has none.
   *
   * @throws ModelFileException if the layer was called twice or with other arguments
   */
  static @Nullable String source(String layer, JsonNode inboundNodes, String where) {
    KerasCall call = new KerasCall(layer, where);
    if (inboundNodes.isEmpty()) {
      return null;
    }
    if (inboundNodes.size() > 1) {
      throw call.refused("expected to be called once, got " + inboundNodes.size() + " calls");
    }
    JsonNode node = inboundNodes.path(0);
    return node.isArray() ? call.ofKeras2(node) : call.ofKeras3(node);
  }

  /** [["name", 0, 0, {}]]. */
  private String ofKeras2(JsonNode node) {
    JsonNode input = node.path(0);
    if (node.size() != 1 || !input.isArray()) {
      throw refused("expected one input, got " + Excerpt.plain(node));
    }
    checkArguments(input.path(3));
    return history(input);
  }

  /** {"args": [tensor], "kwargs": {}}, where a tensor's keras_history is ["name", 0, 0]. */
  private String ofKeras3(JsonNode node) {
    JsonNode tensor = node.path("args").path(0);
    if (node.path("args").size() != 1 || !tensor.path("config").has("keras_history")) {
      throw refused("expected one input, got " + Excerpt.plain(node.path("args")));
    }
    checkArguments(node.path("kwargs"));
    return history(tensor.path("config").path("keras_history"));
  }

  private String history(JsonNode history) {
    if (!history.path(0).isTextual()) {
      throw refused("expected a layer's name, got " + Excerpt.plain(history));
    }
    checkFirstOutput(history, "input of layer " + layer, where);
    return history.path(0).textValue();
  }

  private void checkArguments(JsonNode arguments) {
    for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
      if (!KerasSettings.isNothing(argument.getValue())) {
        throw refused(
            "expected a call without "
                + argument.getKey()
                + ", got "
                + Excerpt.plain(argument.getValue()));
      }
    }
  }

  /** Of the outputs ["name", call, output], only the first is the sequence; others are h and c. */
  static void checkFirstOutput(JsonNode output, String what, String where) {
    if (output.path(1).asInt(-1) != 0) {
      throw new ModelFileException(
          String.format(
              Locale.ROOT,
              "%s of %s: expected a layer that is called once, got call %s of %s",
              what,
              where,
              output.path(1),
              output.path(0)));
    }
    if (output.path(2).asInt(-1) != 0) {
      throw new ModelFileException(
          String.format(
              Locale.ROOT,
              "%s of %s: expected a layer's first output, got output %s of %s (return_state)",
              what,
              where,
              output.path(2),
              output.path(0)));
    }
  }

  private ModelFileException refused(String message) {
    return new ModelFileException("call of layer " + layer + " in " + where + ": " + message);
  }
}
