package io.flinklstm.format.card;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.flinklstm.format.weights.ModelFileException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
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
 * Reads hand-written YAML 1.2, which includes JSON, as a tree. Whatever a document holds, reading
 * takes memory and time in proportion to its size.
 */
public final class YamlTree {

  private static final ObjectMapper TREES = new ObjectMapper();

  /** In bytes; a card with as many features as a model can have is smaller. */
  private static final int MAX_SIZE = 4 << 20;

  /** A card with as many features as a model can have has fewer; all are held in memory at once. */
  private static final int MAX_EVENTS = 300_000;

  /** Keeps the recursive parser from overflowing the stack. */
  private static final int MAX_DEPTH = 100;

  private YamlTree() {}

  /**
   * Reads a document.
   *
   * @param yaml UTF-8. Not modified
   * @param what the document's name in messages, for example "model card in card.yaml"
   * @return the document as JSON; missing if it is empty
   * @throws ModelFileException if it is not valid YAML, or too large
   */
  public static JsonNode read(byte[] yaml, String what) {
    checkSize(yaml, what);
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(what)
            .setSchema(new JsonSchema())
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(MAX_SIZE)
            .build();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
      checkStructure(new Parse(settings).parseString(text));
      Object document = new Load(settings).loadFromString(text);
      return document == null ? MissingNode.getInstance() : TREES.valueToTree(document);
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark()
              .map(mark -> " line " + (mark.getLine() + 1) + " column " + (mark.getColumn() + 1))
              .orElse("");
      throw invalid(what + place, e.getProblem());
    } catch (CharacterCodingException e) {
      throw invalid(what, "bytes that are not UTF-8");
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw invalid(what, e.getMessage());
    }
  }

  /**
   * Names must be scalars, because comparing maps of maps as names takes exponential time. The
   * number of values and the depth of nesting are bounded.
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
        throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels of nesting");
      }
    }
  }

  /** A list or map that is still open; in a map, names and values alternate. */
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

  private static ModelFileException invalid(String what, String got) {
    return new ModelFileException(what + ": expected valid YAML, got: " + got);
  }

  static void checkSize(byte[] document, String what) {
    if (document.length > MAX_SIZE) {
      throw new ModelFileException(
          what + ": expected at most " + MAX_SIZE + " bytes, got " + document.length);
    }
  }
}
