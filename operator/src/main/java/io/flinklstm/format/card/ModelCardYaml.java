package io.flinklstm.format.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * The model card as a person writes it, a file of its own: YAML 1.2, of which JSON is a part. What
 * stands in it is checked by {@link ModelCardJson}, whichever of the two it is.
 */
@PublicEvolving
public final class ModelCardYaml {

  private static final ObjectMapper TREES = new ObjectMapper();

  private static final DumpSettings BLOCKS =
      DumpSettings.builder()
          .setSchema(new JsonSchema())
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .setIndicatorIndent(2)
          .setIndentWithIndicator(true)
          .setSplitLines(false)
          .build();

  /** What is said above each name, in the card's order. */
  private static final Map<String, String> MEANINGS =
      Map.of(
          "name",
          """
          # Name and version appear in every prediction.
          """,
          "lookback",
          """

          # Steps of past that the model saw in training; a stream is READY after as many.
          """,
          "horizon",
          """

          # Steps that are forecast: as many as the model has outputs. With one output, and one
          # feature which is the target, it may be more: forecasts are then fed back.
          """,
          "context",
          """

          # How the past reaches the model.
          #   carry   the state flows on forever, one step per observation: for models whose
          #           state was passed on in training
          #   window  the last lookback inputs are replayed from the beginning at each observation:
          #           for models that were trained on independent windows
          """,
          "gap",
          """

          # Longest pause within a stream, a duration such as PT30M, PT2H, P1D; without it any.
          """,
          "gap_policy",
          """
          # After a longer one: KEEP goes on, RESET begins the state again.
          """,
          "features",
          """

          # The model's inputs in their order. It reads (transform(formula) - mean) / std.
          #   formula    a field of the record, mean(a, b), difference(a, b), ratio(a, b),
          #              imbalance(a, b), or elapsed(): milliseconds since the one before
          #   transform  identity, log1p, difference (from the value before), log_return;
          #              with context window also minus_last and revin, which come after the scaler
          #   mean, std  of the transformed values in the training data
          #   clip       optional: limits what the model reads to +- so many std
          #   reject     optional: beyond +- so many std a record is an outlier, a dead letter
          """,
          "target",
          """

          # The feature that is forecast; forecasts have the unit of its formula.
          """,
          "provenance",
          """

          # For people: data, training, figures. No forecast depends on it.
          """);

  private ModelCardYaml() {}

  /**
   * Reads a card.
   *
   * @param card YAML, or JSON, which begins with a brace. Not modified
   * @param where the card's place in messages, for example its file's name
   * @throws ModelFileException naming the place, the expected and the actual value
   */
  public static ModelCard read(byte[] card, String where) {
    String what = "model card in " + where;
    YamlTree.checkSize(card, what);
    return beginsWithBrace(card)
        ? ModelCardJson.read(card, where)
        : ModelCardJson.read(YamlTree.read(card, what), what);
  }

  private static boolean beginsWithBrace(byte[] card) {
    int k = 0;
    while (k < card.length && (card[k] == ' ' || card[k] >= '\t' && card[k] <= '\r')) {
      k++;
    }
    return k < card.length && card[k] == '{';
  }

  /** The card with the meaning of every name above it; reading it gives the same card again. */
  public static String write(ModelCard card) {
    ObjectNode tree = ModelCardJson.tree(card);
    StringBuilder yaml = new StringBuilder();
    for (String name : ModelCardJson.CARD_NAMES) {
      yaml.append(MEANINGS.getOrDefault(name, ""));
      JsonNode value = tree.get(name);
      yaml.append(
          value == null
              ? "# " + name + ": PT30M\n" // nothing but the gap is ever absent
              : new Dump(BLOCKS)
                  .dumpToString(Map.of(name, TREES.convertValue(value, Object.class))));
    }
    return yaml.toString();
  }

  /** The card in a file, or one to be completed, with the meaning of every name above it. */
  public static String template(ModelFile file) {
    String header =
        file.card() != null
            ? """
              # The model card in %s
              """
            : """
              # A model card for %s
              # to be completed: lookback, context, formulas, transforms and scalers are what they
              # were in training; names of features are free.
              """;
    if (file.card() == null && file.steps() > 1) {
      header +=
          """
          # The model reads sequences of %d steps. If it was trained on windows of that length, each
          # from zero, it needs context: window.
          """
              .replace("%d", Integer.toString(file.steps()));
    }
    return header.replace("%s", file.name()) + "\n" + write(file.draftCard());
  }
}
