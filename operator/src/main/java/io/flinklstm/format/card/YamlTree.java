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
 * A document that a person wrote in YAML 1.2, of which JSON is a part, as a tree. Whatever it
 * holds, reading takes memory and time in proportion to its size.
 */
public final class YamlTree {

  private static final ObjectMapper TREES = new ObjectMapper();

  /** A card of the most features that a model can have is shorter. */
  private static final int MAX_SIZE = 4 << 20;

  /** A card of the most features that a model can have has fewer; all of them are kept at once. */
  private static final int MAX_EVENTS = 300_000;

  /** Lest a parser that calls itself fills the stack. */
  private static final int MAX_DEPTH = 100;

  private YamlTree() {}

  /**
   * Reads a document.
   *
   * @param yaml UTF-8. Not modified
   * @param what what it is and its place in messages, for example "model card in card.yaml"
   * @return the document as JSON; missing if it is empty
   * @throws ModelFileException if it is no valid YAML, or too much
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
