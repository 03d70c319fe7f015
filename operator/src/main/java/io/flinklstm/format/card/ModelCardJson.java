package io.flinklstm.format.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.formula.Formula;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads and writes model cards as JSON. Unknown names are refused. */
@PublicEvolving
public final class ModelCardJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The known names, in the order in which they are written. */
  public static final List<String> CARD_NAMES =
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

  private ModelCardJson() {}

  /**
   * Reads a card.
   *
   * @param where the card's name in messages, for example its file's name
   * @throws ModelFileException naming the place, the expected and the actual value
   */
  public static ModelCard read(byte[] json, String where) {
    try {
      return read(JSON.readTree(json), "model card in " + where);
    } catch (JsonProcessingException e) {
      throw invalid(where, e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid(where, e.getMessage());
    }
  }

  private static ModelFileException invalid(String where, String got) {
    return new ModelFileException("model card in " + where + ": expected valid JSON, got: " + got);
  }

  /**
   * As {@link #read(byte[], String)}, for a tree that was parsed elsewhere.
   *
   * @param where the tree's name in messages, with its kind
   */
  public static ModelCard read(JsonNode tree, String where) {
    JsonFields card = new JsonFields(tree, where, CARD_NAMES);
    List<Feature> features = new ArrayList<>();
    for (int k = 0; k < card.length("features"); k++) {
      features.add(feature(card.element("features", k, FEATURE_NAMES)));
    }
    try {
      return new ModelCard(
          card.string("name"),
          card.string("version"),
          card.integer("lookback"),
          card.integer("horizon"),
          card.choice("context", ModelCard.Context.values(), ModelCard.Context.CARRY),
          gap(card),
          card.choice("gap_policy", ModelCard.GapPolicy.values(), ModelCard.GapPolicy.KEEP),
          features,
          card.string("target"),
          card.has("provenance") ? card.json("provenance") : "{}");
    } catch (IllegalArgumentException e) {
      throw card.refused(e.getMessage());
    }
  }

  private static Feature feature(JsonFields feature) {
    try {
      return new Feature(
          feature.string("name"),
          Formula.parse(feature.string("formula")),
          feature.has("transform")
              ? Transform.parse(feature.string("transform"))
              : Transform.IDENTITY,
          feature.number("mean"),
          feature.number("std"),
          feature.number("clip", Double.POSITIVE_INFINITY),
          feature.number("reject", Double.POSITIVE_INFINITY));
    } catch (IllegalArgumentException e) {
      throw feature.refused(e.getMessage());
    }
  }

  private static @Nullable Duration gap(JsonFields card) {
    if (!card.has("gap")) {
      return null;
    }
    String text = card.string("gap");
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw card.refused(
          "gap", "expected an ISO-8601 duration such as PT30M, got " + Excerpt.text(text));
    }
  }

  /** The card as JSON; reading it back gives the same card. */
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
