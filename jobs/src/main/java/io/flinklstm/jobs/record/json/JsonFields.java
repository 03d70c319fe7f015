package io.flinklstm.jobs.record.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.ShownText;
import io.flinklstm.jobs.record.Elements;
import io.flinklstm.jobs.record.FieldTree;
import io.flinklstm.jobs.record.NumberText;
import io.flinklstm.jobs.record.ObservationDraft;
import io.flinklstm.jobs.record.RejectedRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the needed fields of JSON documents into a draft in one pass; everything else is skipped.
 * Not thread-safe.
 */
final class JsonFields {

  private final JsonFactory factory =
      JsonFactory.builder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .recyclerPool(new OwnBuffers())
          .build();
  private final ObservationDraft draft;
  private final NumberText number = new NumberText();

  private byte[] bytes = {}; // of the current document
  private long documents; // read so far
  private @Nullable Elements elements; // of the current document, or null if it holds no others

  JsonFields(ObservationDraft draft) {
    this.draft = draft;
  }

  /**
   * Reads one document.
   *
   * @param document contains it, in valid UTF-8. Shared, not modified
   * @param tree the needed fields
   * @param inside receives the elements of the tree's array; null if it has none. If it is given,
   *     the trees also keep where their values are
   * @param what the document is, in messages
   */
  void read(
      byte[] document, int start, int end, FieldTree tree, @Nullable Elements inside, String what)
      throws RejectedRecordException {
    bytes = document;
    elements = inside;
    documents++;
    try (JsonParser parser = factory.createParser(document, start, end - start)) {
      JsonToken token = parser.nextToken();
      if (isUsable(token, tree)) {
        value(parser, tree, start);
      } else {
        draft.hold(
            new RejectedRecordException(
                RejectionCode.MALFORMED,
                what
                    + ": expected "
                    + (tree.hasPositions() ? "a JSON array" : "a JSON object")
                    + ", got "
                    + token
                    + (token == JsonToken.START_ARRAY
                        ? "; lstm.source.records: [*] reads each of its elements"
                        : "")));
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        throw new RejectedRecordException(
            RejectionCode.MALFORMED,
            what + ": expected one JSON value, got " + parser.currentToken() + " after it");
      }
    } catch (JsonProcessingException e) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, what + ": expected valid JSON, got: " + e.getOriginalMessage());
    } catch (IOException | RuntimeException e) {
      // Not only the declared exceptions: whatever a record makes the parser throw, the job must go
      // on.
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, what + ": expected valid JSON, got: " + e.getMessage());
    }
  }

  private static boolean isUsable(@Nullable JsonToken token, FieldTree tree) {
    return token == JsonToken.START_OBJECT
        || token != null && tree.slots().length > 0
        || token == JsonToken.START_ARRAY && (tree.isArray() || tree.hasPositions())
        || token == JsonToken.VALUE_STRING && tree.isParsed();
  }

  /**
   * The parser's current value.
   *
   * @param offset of the parser's input in the document
   */
  private void value(JsonParser parser, FieldTree tree, int offset)
      throws IOException, RejectedRecordException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING && tree.isParsed()) {
      text(parser.getText(), tree);
      return;
    }
    int[] slots = tree.slots();
    if (elements != null && slots.length > 0) {
      tree.bytes = bytes;
      tree.start = offset + (int) parser.currentTokenLocation().getByteOffset();
    }
    for (int slot : slots) {
      scalar(parser, token, slot);
    }
    if (token == JsonToken.START_OBJECT) {
      object(parser, tree, offset);
    } else if (token == JsonToken.START_ARRAY) {
      if (tree.isArray() && elements != null) {
        elements(parser, elements, offset);
      } else {
        array(parser, tree, offset);
      }
    }
    if (elements != null && slots.length > 0) {
      tree.end = end(parser, offset);
    }
  }

  private void object(JsonParser parser, FieldTree tree, int offset)
      throws IOException, RejectedRecordException {
    if (!tree.hasParts()) {
      parser.skipChildren();
      return;
    }
    if (!tree.isFirstIn(documents)) {
      draft.hold(
          new RejectedRecordException(
              RejectionCode.WRONG_TYPE,
              "an object with needed fields: expected it once, got it twice"));
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      FieldTree field = tree.find(name);
      if (field == null) {
        parser.skipChildren();
      } else {
        value(parser, field, offset);
      }
    }
  }

  private void array(JsonParser parser, FieldTree tree, int offset)
      throws IOException, RejectedRecordException {
    if (!tree.hasPositions()) {
      parser.skipChildren();
      return;
    }
    for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
      FieldTree element = tree.find(index);
      if (element == null) {
        parser.skipChildren();
      } else {
        value(parser, element, offset);
      }
    }
  }

  private void elements(JsonParser parser, Elements into, int offset)
      throws IOException, RejectedRecordException {
    if (into.isFound()) {
      draft.hold(
          new RejectedRecordException(
              RejectionCode.WRONG_TYPE,
              "lstm.source.records: expected its array once, got it twice"));
    }
    into.begin(bytes);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      int start = offset + (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      into.add(start, end(parser, offset));
    }
  }

  /** Where the parser's current value ends; the parser reads the rest of a text only when asked. */
  private static int end(JsonParser parser, int offset) throws IOException {
    parser.finishToken();
    return offset + (int) parser.currentLocation().getByteOffset();
  }

  /** A text that is JSON itself. */
  private void text(String text, FieldTree tree) throws IOException, RejectedRecordException {
    if (!isUnicode(text)) {
      draft.hold(noJson(text, "it has half a surrogate pair"));
      return;
    }
    byte[] outer = bytes;
    bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser parser = factory.createParser(bytes)) {
      if (parser.nextToken() == null) {
        draft.hold(noJson(text, "it is empty"));
        return;
      }
      value(parser, tree, 0);
      if (parser.nextToken() != null) {
        draft.hold(noJson(text, "there is another value after the first"));
      }
    } catch (JsonProcessingException e) {
      draft.hold(noJson(text, e.getOriginalMessage()));
    } finally {
      bytes = outer;
    }
  }

  private static RejectedRecordException noJson(String text, String why) {
    return new RejectedRecordException(
        RejectionCode.MALFORMED,
        "text named by lstm.source.parse: expected one JSON value, got \""
            + ShownText.of(text)
            + "\": "
            + why);
  }

  /** Fills a slot with the parser's current value. */
  private void scalar(JsonParser parser, JsonToken token, int slot)
      throws IOException, RejectedRecordException {
    switch (token) {
      case VALUE_NULL -> draft.missing(slot, "null");
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, token, slot);
      case VALUE_STRING -> string(parser, slot);
      case VALUE_TRUE -> draft.truth(slot, true);
      case VALUE_FALSE -> draft.truth(slot, false);
      default -> draft.wrongType(slot, token == JsonToken.START_ARRAY ? "an array" : "an object");
    }
  }

  private void number(JsonParser parser, JsonToken token, int slot)
      throws IOException, RejectedRecordException {
    if (draft.slots.isField(slot) || draft.slots.isOperand(slot)) {
      draft.number(slot, parser.getDoubleValue());
    } else if (slot == draft.slots.time()) {
      draft.time(parser);
    } else if (token == JsonToken.VALUE_NUMBER_INT && draft.slots.isKey(slot)) {
      draft.key(slot, parser.getText());
    } else if (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      draft.whole(slot, parser.getLongValue());
    } else {
      draft.wrongType(slot, ShownText.of(parser.getText()));
    }
  }

  private void string(JsonParser parser, int slot) throws IOException, RejectedRecordException {
    if (draft.slots.isKey(slot)) {
      String key = parser.getText();
      checkUnicode(key, slot);
      draft.key(slot, key);
      return;
    }
    if (!draft.isLenient()
        && !draft.slots.isOperand(slot)
        && !(slot == draft.slots.time() && draft.format().timeFormat().isText())) {
      draft.wrongType(slot, "\"" + ShownText.of(parser.getText()) + "\"");
      return;
    }
    int start = parser.getTextOffset();
    number.set(parser.getTextCharacters(), start, start + parser.getTextLength());
    draft.text(slot, number);
  }

  private void checkUnicode(String text, int slot) throws RejectedRecordException {
    if (!isUnicode(text)) {
      draft.hold(
          new RejectedRecordException(
              RejectionCode.MALFORMED,
              "field "
                  + draft.slots.name(slot)
                  + ": expected Unicode text, got half a surrogate pair"));
    }
  }

  /** An escape can name half a character, which UTF-8, and so a Kafka key, cannot hold. */
  private static boolean isUnicode(String text) {
    for (int k = 0; k < text.length(); k++) {
      if (Character.isSurrogate(text.charAt(k))
          && !Character.isSupplementaryCodePoint(text.codePointAt(k++))) {
        return false;
      }
    }
    return true;
  }
}
