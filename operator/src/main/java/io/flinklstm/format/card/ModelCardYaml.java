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
 * Reads and writes model cards as hand-edited files of their own, in YAML 1.2, which includes JSON.
 * {@link ModelCardJson} checks the content of both.
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

  /** The comment above each name. */
  private static final Map<String, String> MEANINGS =
      Map.of(
          "name",
          """
          # Name and version appear in every prediction.
          """,
          "lookback",
          """

          # Number of past steps the model saw in training; a stream is READY after that many.
          """,
          "horizon",
          """

          # Number of steps forecast, one per model output. A model with one output and one feature,
          # the target, may forecast more: each forecast is then fed back as the next input.
          """,
          "context",
          """

          # How the past reaches the model.
          #   carry   the state is carried forward forever, one step per observation: for models
          #           trained with carried state
          #   window  each observation replays the last lookback inputs from the initial state:
          #           for models trained on independent windows
          """,
          "gap",
          """

          # Longest pause within a stream, a duration such as PT30M, PT2H, P1D; no limit if absent.
          """,
          "gap_policy",
          """
          # After a longer pause, KEEP carries on and RESET resets the state.
          """,
          "features",
          """

          # The model's inputs, in order. It reads (transform(formula) - mean) / std.
          #   formula    a field of the record, mean(a, b), difference(a, b), ratio(a, b),
          #              imbalance(a, b), or elapsed(): milliseconds since the previous record
          #   transform  identity, log1p, difference (from the previous value), log_return;
          #              with context window also minus_last and revin, applied after the scaler
          #   mean, std  of the transformed values in the training data
          #   clip       optional: limits what the model reads to +- this many std
          #   reject     optional: a record beyond +- this many std is an outlier, a dead letter
          """,
          "target",
          """

          # The feature that is forecast; forecasts have the unit of its formula.
          """,
          "provenance",
          """

          # Informational: data, training, figures. No forecast depends on it.
          """);

  private ModelCardYaml() {}

  /**
   * Reads a card.
   *
   * @param card YAML, or JSON, which begins with a brace. Not modified
   * @param where the card's name in messages, for example its file's name
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

  /** The card with an explanation above every name; reading it back gives the same card. */
  public static String write(ModelCard card) {
    ObjectNode tree = ModelCardJson.tree(card);
    StringBuilder yaml = new StringBuilder();
    for (String name : ModelCardJson.CARD_NAMES) {
      yaml.append(MEANINGS.getOrDefault(name, ""));
      JsonNode value = tree.get(name);
      yaml.append(
          value == null
              ? "# " + name + ": PT30M\n" // only the gap can be absent
              : new Dump(BLOCKS)
                  .dumpToString(Map.of(name, TREES.convertValue(value, Object.class))));
    }
    return yaml.toString();
  }

  /** The card in a file, or a draft to complete, with an explanation above every name. */
  public static String template(ModelFile file) {
    String header =
        file.card() != null
            ? """
              # The model card in %s
              """
            : """
              # A model card for %s
              # to be completed: lookback, context, formulas, transforms and scalers must be those
              # used in training; feature names are free.
              """;
    if (file.card() == null && file.steps() > 1) {
      header +=
          """
          # The model reads sequences of %d steps. If it was trained on windows of that length, each
          # starting from a zero state, it needs context: window.
          """
              .replace("%d", Integer.toString(file.steps()));
    }
    return header.replace("%s", file.name()) + "\n" + write(file.draftCard());
  }
}
