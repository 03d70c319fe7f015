package io.flinklstm.format.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of a Keras layer, which Keras calls its config. */
final class KerasSettings {

  private static final Set<String> POLICIES = Set.of("DTypePolicy", "FloatDTypePolicy", "Policy");

  private final JsonNode node;
  private final JsonNode config;
  private final String layer;
  private final String where;

  /**
   * @param node the layer's place in the model's config
   * @param layer the layer's name
   * @param where the config's place in messages
   */
  KerasSettings(JsonNode node, String layer, String where) {
    this.node = node;
    this.config = node.path("config");
    this.layer = layer;
    this.where = where;
  }

  int units() {
    JsonNode units = config.path("units");
    if (!units.canConvertToInt() || units.asInt() < 1) {
      throw refused("units", "expected a whole number of at least 1", Excerpt.plain(units));
    }
    return units.intValue();
  }

  boolean biased() {
    return flag("use_bias", true);
  }

  boolean flag(String name, boolean fallback) {
    JsonNode value = config.path(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw refused(name, "expected true or false", Excerpt.plain(value));
    }
    return value.asBoolean(fallback);
  }

  /** The layer's input shape, [batch, steps, features] with 0 for open sizes, or null. */
  @Nullable List<Integer> inputShape() {
    JsonNode shape = config.path("batch_shape");
    shape = shape.isArray() ? shape : config.path("batch_input_shape");
    shape = shape.isArray() ? shape : node.path("build_config").path("input_shape");
    if (!shape.isArray()) {
      return null;
    }
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode size : shape) {
      sizes.add(size.asInt());
    }
    if (sizes.size() != 3) {
      throw refused("input shape", "expected [batch, steps, features]", Excerpt.plain(shape));
    }
    return sizes;
  }

  /** Unknown settings must be empty, because what they do is not known. */
  void checkNames(Set<String> known) {
    for (Map.Entry<String, JsonNode> setting : config.properties()) {
      if (!known.contains(setting.getKey()) && !isNothing(setting.getValue())) {
        throw refused(
            setting.getKey(),
            "expected null, false, 0 or empty, because it is not known",
            Excerpt.plain(setting.getValue()));
      }
    }
  }

  void check(String name, String expected) {
    JsonNode value = config.path(name);
    if (!expected.equals(value.textValue())) {
      throw refused(name, "expected " + expected, Excerpt.plain(value));
    }
  }

  void checkLinear(String name) {
    if (!isNothing(config.path(name))) {
      check(name, "linear");
    }
  }

  void checkDtype() {
    JsonNode dtype = config.path("dtype");
    String policy = dtype.path("class_name").asText();
    JsonNode name = POLICIES.contains(policy) ? dtype.path("config").path("name") : dtype;
    String text = Excerpt.plain(name);
    if (!isNothing(dtype) && !Set.of("float32", "float64").contains(text)) {
      throw refused(
          "dtype",
          "expected float32 or float64",
          text + "; keras.config.set_dtype_policy(\"float32\"), rebuild the model, set_weights");
    }
  }

  /** Null, false, 0, empty or absent. */
  static boolean isNothing(JsonNode value) {
    return value.isNull()
        || value.isMissingNode()
        || value.isBoolean() && !value.booleanValue()
        || value.isNumber() && value.doubleValue() == 0
        || value.isTextual() && value.textValue().isEmpty()
        || value.isContainerNode() && value.isEmpty();
  }

  ModelFileException refused(String setting, String expected, String got) {
    return new ModelFileException(
        String.format(
            Locale.ROOT, "%s of layer %s in %s: %s, got %s", setting, layer, where, expected, got));
  }
}
