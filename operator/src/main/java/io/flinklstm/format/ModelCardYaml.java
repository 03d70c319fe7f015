package io.flinklstm.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.forecast.ModelCard;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * The model card as a person writes it, a file of its own: YAML 1.2, of which JSON is a part. What
 * stands in it is checked by {@link ModelCardJson}, whichever of the two it is.
 */
public final class ModelCardYaml {

  private static final ObjectMapper TREES = new ObjectMapper();

  /** A card of the most features that a model can have is shorter. */
  private static final int MAX_SIZE = 4 << 20;

  /** A card of the most features that a model can have has fewer; all of them are kept at once. */
  private static final int MAX_EVENTS = 300_000;

  /** Lest a parser that calls itself fills the stack. */
  private static final int MAX_DEPTH = 100;

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

          # Steps that are foreseen: as many as the model has outputs. With one output, and one
          # feature which is the target, it may be more: forecasts are then fed back.
          """,
          "context",
          """

          # How the past reaches the model.
          #   carry   the memory flows on for ever, one step per observation: for models whose
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
          # After a longer one: KEEP goes on, RESET begins the memory anew.
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

          # The feature that is foreseen; forecasts have the unit of its formula.
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
    if (card.length > MAX_SIZE) {
      throw new ModelFileException(
          "model card in "
              + where
              + ": expected at most "
              + MAX_SIZE
              + " bytes, got "
              + card.length);
    }
    return beginsWithBrace(card)
        ? ModelCardJson.read(card, where)
        : ModelCardJson.read(tree(card, where), where);
  }

  private static boolean beginsWithBrace(byte[] card) {
    int k = 0;
    while (k < card.length && (card[k] == ' ' || card[k] >= '\t' && card[k] <= '\r')) {
      k++;
    }
    return k < card.length && card[k] == '{';
  }

  private static JsonNode tree(byte[] card, String where) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(where)
            .setSchema(new JsonSchema())
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(MAX_SIZE)
            .build();
    try {
      String yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(card)).toString();
      checkStructure(new Parse(settings).parseString(yaml));
      Object document = new Load(settings).loadFromString(yaml);
      return document == null ? MissingNode.getInstance() : TREES.valueToTree(document);
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark()
              .map(mark -> " line " + (mark.getLine() + 1) + " column " + (mark.getColumn() + 1))
              .orElse("");
      throw invalid(where + place, e.getProblem());
    } catch (CharacterCodingException e) {
      throw invalid(where, "bytes that are not UTF-8");
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw invalid(where, e.getMessage());
    }
  }

  /**
   * Names must be scalars: the time to compare maps of maps as names grows exponentially. And not
   * too much, neither in all nor within each other.
   */
  private static void checkStructure(Iterable<Event> events) {
    Deque<Collection> open = new ArrayDeque<>();
    int count = 0;
    for (Event event : events) {
      if (++count > MAX_EVENTS) {
        throw new IllegalArgumentException("more than " + MAX_EVENTS + " values, lists and maps");
      }
      if (event instanceof CollectionEndEvent) {
        open.pop();
      } else if (event instanceof NodeEvent) {
        if (!open.isEmpty() && open.peek().nextIsName() && !(event instanceof ScalarEvent)) {
          throw new IllegalArgumentException("a list, a map or an alias as a name");
        }
        if (event instanceof CollectionStartEvent) {
          open.push(new Collection(event instanceof MappingStartEvent));
        }
      }
      if (open.size() > MAX_DEPTH) {
        throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels within each other");
      }
    }
  }

  /** A list or a map that has begun; in a map names and values take turns. */
  private static final class Collection {

    private final boolean isMap;
    private boolean isValue = true;

    Collection(boolean isMap) {
      this.isMap = isMap;
    }

    boolean nextIsName() {
      isValue = !isValue;
      return isMap && !isValue;
    }
  }

  private static ModelFileException invalid(String where, String got) {
    return new ModelFileException("model card in " + where + ": expected valid YAML, got: " + got);
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
