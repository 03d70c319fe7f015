package io.flinklstm.format.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The layers of a Keras model, in the order in which data flows through them, read from what Keras
 * calls the model's config. Keras 2 and 3 write it differently; both are understood.
 */
final class KerasConfig {

  /** In bytes; once parsed, the shortest values take about thirty times their length. */
  private static final int MAX_LENGTH = 2 << 20;

  private static final int MAX_LAYERS = 1000;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN and Infinity
          .build();

  private final String where;
  private final JsonNode model;

  /** By name, in the order of the config. */
  private final Map<String, KerasLayer> layers = new LinkedHashMap<>();

  private final Map<String, JsonNode> inboundNodes = new HashMap<>();

  private KerasConfig(JsonNode model, String where) {
    this.model = model;
    this.where = where;
  }

  /**
   * Reads a config.
   *
   * @param where the config's place in messages, for example "config.json in model.keras"
   * @throws ModelFileException naming the first thing that is not understood
   */
  static KerasConfig read(byte[] json, String where) {
    KerasConfig config = new KerasConfig(parse(json, where), where);
    config.addLayers();
    return config;
  }

  /** Parses any JSON that Keras writes. */
  static JsonNode parse(byte[] json, String where) {
    if (json.length > MAX_LENGTH) {
      throw new ModelFileException(
          where + ": expected at most " + MAX_LENGTH + " bytes, got " + json.length);
    }
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ModelFileException(where + ": expected valid JSON, got: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new ModelFileException(where + ": expected valid JSON, got: " + e.getMessage());
    }
  }

  /** The version of Keras if the config states it, or "". */
  String version() {
    return model.path("keras_version").asText("");
  }

  private void addLayers() {
    JsonNode nodes = isSequential() ? sequentialLayers() : functionalLayers();
    if (nodes.isEmpty() || nodes.size() > MAX_LAYERS) {
      throw refused("layers", "expected 1 to " + MAX_LAYERS, String.valueOf(nodes.size()));
    }
    Map<String, Integer> seen = new HashMap<>();
    for (JsonNode node : nodes) {
      int place = seen.merge(node.path("class_name").asText(), 1, Integer::sum) - 1;
      KerasLayer layer = KerasLayer.read(node, place, where);
      if (layers.put(layer.name(), layer) != null) {
        throw refused("layers", "expected every name once", layer.name() + " twice");
      }
      inboundNodes.put(layer.name(), node.path("inbound_nodes"));
    }
  }

  private boolean isSequential() {
    String className = model.path("class_name").asText("nothing");
    if (!Set.of("Sequential", "Functional", "Model").contains(className)
        || KerasLayer.isCustom(model)) {
      String custom = KerasLayer.isCustom(model) ? "custom " : "";
      throw refused("class_name", "expected Sequential or Functional", custom + className);
    }
    return className.equals("Sequential");
  }

  private JsonNode sequentialLayers() {
    JsonNode config = model.path("config");
    return config.isArray() ? config : array(config, "layers");
  }

  private JsonNode functionalLayers() {
    return array(model.path("config"), "layers");
  }

  private JsonNode array(JsonNode config, String name) {
    if (!config.path(name).isArray()) {
      throw refused(name, "expected an array", Excerpt.plain(config.path(name)));
    }
    return config.path(name);
  }

  /**
   * The layers from the input to the output.
   *
   * @throws ModelFileException if they do not form one chain
   */
  List<KerasLayer> chain() {
    if (isSequential()) {
      return List.copyOf(layers.values());
    }
    String input = end("input_layers");
    List<KerasLayer> chain = new ArrayList<>();
    String name = end("output_layers");
    while (name != null) {
      KerasLayer layer = layers.get(name);
      JsonNode calls = inboundNodes.get(name);
      if (layer == null || calls == null || chain.size() == layers.size()) {
        throw refused("inbound_nodes", "expected one chain of its layers", name + " out of place");
      }
      chain.add(0, layer);
      name = KerasCall.source(layer.name(), calls, where);
    }
    List<String> beside = new ArrayList<>(layers.keySet());
    chain.forEach(layer -> beside.remove(layer.name()));
    if (!beside.isEmpty() || !chain.get(0).name().equals(input)) {
      throw refused(
          "layers",
          "expected one chain from " + input + " to " + end("output_layers"),
          beside + " beside it");
    }
    return Collections.unmodifiableList(chain);
  }

  /** The one layer at an end of the model: ["name", 0, 0] or [["name", 0, 0]]. */
  private String end(String which) {
    JsonNode ends = array(model.path("config"), which);
    JsonNode end = ends.path(0).isArray() && ends.size() == 1 ? ends.path(0) : ends;
    if (!end.path(0).isTextual() || end.size() != 3) {
      throw refused(which, "expected exactly one", Excerpt.plain(ends));
    }
    KerasCall.checkFirstOutput(end, which, where);
    return end.path(0).textValue();
  }

  private ModelFileException refused(String what, String expected, String got) {
    return new ModelFileException(
        String.format(Locale.ROOT, "%s of %s: %s, got %s", what, where, expected, got));
  }
}
