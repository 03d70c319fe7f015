package io.flinklstm.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.Formula;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The model card as JSON, in and out. Every name must be known: a misspelt one is refused. */
public final class ModelCardJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The names there are, in the order in which they are written. */
  static final List<String> CARD_NAMES =
      List.of(
          "name",
          "version",
          "lookback",
          "horizon",
          "context",
          "gap",
          "gap_policy",
          "features",
          "target",
          "provenance");

  private static final List<String> FEATURE_NAMES =
      List.of("name", "formula", "transform", "mean", "std", "clip", "reject");

  private final String where;

  private ModelCardJson(String where) {
    this.where = where;
  }

  /**
   * Reads a card.
   *
   * @param where the card's place in messages, for example its file's name
   * @throws ModelFileException naming the place, the expected and the actual value
   */
  public static ModelCard read(byte[] json, String where) {
    ModelCardJson reader = new ModelCardJson("model card in " + where);
    try {
      return reader.card(JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw reader.refused("", "expected valid JSON, got: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw reader.refused("", "expected valid JSON, got: " + e.getMessage());
    }
  }

  /** As {@link #read(byte[], String)} for what was parsed elsewhere. */
  static ModelCard read(JsonNode tree, String where) {
    return new ModelCardJson("model card in " + where).card(tree);
  }

  private ModelCard card(JsonNode node) {
    checkNames(node, CARD_NAMES, "");
    List<Feature> features = new ArrayList<>();
    JsonNode featureNodes = node.path("features");
    if (!featureNodes.isArray()) {
      throw refused("features", "expected an array, got " + Excerpt.json(featureNodes));
    }
    for (JsonNode feature : featureNodes) {
      features.add(feature(feature, "features[" + features.size() + "]"));
    }
    try {
      return new ModelCard(
          string(node, "name", ""),
          string(node, "version", ""),
          integer(node, "lookback"),
          integer(node, "horizon"),
          choice(node, "context", ModelCard.Context.values(), ModelCard.Context.CARRY),
          gap(node),
          choice(node, "gap_policy", ModelCard.GapPolicy.values(), ModelCard.GapPolicy.KEEP),
          features,
          string(node, "target", ""),
          node.path("provenance").isMissingNode() ? "{}" : object(node, "provenance"));
    } catch (IllegalArgumentException e) {
      throw refused("", e.getMessage());
    }
  }

  private Feature feature(JsonNode node, String path) {
    checkNames(node, FEATURE_NAMES, path);
    try {
      return new Feature(
          string(node, "name", path),
          Formula.parse(string(node, "formula", path)),
          node.has("transform")
              ? Transform.parse(string(node, "transform", path))
              : Transform.IDENTITY,
          number(node, "mean", path),
          number(node, "std", path),
          bound(node, "clip", path),
          bound(node, "reject", path));
    } catch (IllegalArgumentException e) {
      throw refused(path, e.getMessage());
    }
  }

  private double bound(JsonNode node, String name, String path) {
    return node.has(name) ? number(node, name, path) : Double.POSITIVE_INFINITY;
  }

  private Duration gap(JsonNode node) {
    if (!node.has("gap")) {
      return null;
    }
    String text = string(node, "gap", "");
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw refused(
          "gap", "expected an ISO-8601 duration such as PT30M, got " + Excerpt.text(text));
    }
  }

  private <E extends Enum<E>> E choice(JsonNode node, String name, E[] values, E fallback) {
    if (!node.has(name)) {
      return fallback;
    }
    String text = string(node, name, "");
    for (E value : values) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
    }
    throw refused(
        name, "expected one of " + Arrays.toString(values) + ", got " + Excerpt.text(text));
  }

  private int integer(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw refused(name, "expected a whole number, got " + Excerpt.json(value));
    }
    return value.intValue();
  }

  private double number(JsonNode node, String name, String path) {
    JsonNode value = node.path(name);
    if (!value.isNumber()) {
      throw refused(path + "." + name, "expected a number, got " + Excerpt.json(value));
    }
    if (!Double.isFinite(value.doubleValue())) {
      throw refused(
          path + "." + name,
          "expected a number within a double's range, got " + Excerpt.json(value));
    }
    return value.doubleValue();
  }

  private String string(JsonNode node, String name, String path) {
    JsonNode value = node.path(name);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw refused(
          path.isEmpty() ? name : path + "." + name,
          "expected a string, got "
              + Excerpt.json(value)
              + (value.isNumber() ? "; in quotes it is one" : ""));
    }
    return value.textValue();
  }

  private String object(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isObject()) {
      throw refused(name, "expected an object, got " + Excerpt.json(value));
    }
    return value.toString();
  }

  private void checkNames(JsonNode node, List<String> known, String path) {
    if (!node.isObject()) {
      throw refused(path, "expected an object, got " + Excerpt.json(node));
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!Set.copyOf(known).contains(entry.getKey())) {
        throw refused(
            path, "expected names out of " + known + ", got " + Excerpt.text(entry.getKey()));
      }
    }
  }

  private ModelFileException refused(String path, String message) {
    return new ModelFileException(
        (path.isEmpty() ? where : path + " of the " + where) + ": " + message);
  }

  /** The card as JSON; reading it gives the same card again. */
  public static String write(ModelCard card) {
    return tree(card).toString();
  }

  static ObjectNode tree(ModelCard card) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", card.name());
    node.put("version", card.version());
    node.put("lookback", card.lookback());
    node.put("horizon", card.horizon());
    node.put("context", card.context().name().toLowerCase(Locale.ROOT));
    if (card.gap() != null) {
      node.put("gap", card.gap().toString());
    }
    node.put("gap_policy", card.gapPolicy().name());
    ArrayNode features = node.putArray("features");
    for (Feature feature : card.features()) {
      ObjectNode featureNode = features.addObject();
      featureNode.put("name", feature.name());
      featureNode.put("formula", feature.formula().toString());
      featureNode.put("transform", feature.transform().cardName());
      featureNode.put("mean", feature.mean());
      featureNode.put("std", feature.std());
      if (Double.isFinite(feature.clip())) {
        featureNode.put("clip", feature.clip());
      }
      if (Double.isFinite(feature.reject())) {
        featureNode.put("reject", feature.reject());
      }
    }
    node.put("target", card.target());
    try {
      node.set("provenance", JSON.readTree(card.provenance()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("provenance: expected JSON, got " + card.provenance(), e);
    }
    return node;
  }
}
