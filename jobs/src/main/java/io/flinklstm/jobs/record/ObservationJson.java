package io.flinklstm.jobs.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads observations from JSON records. A record is one JSON object in UTF-8; unneeded fields are
 * skipped.
 */
public final class ObservationJson implements ObservationReader {

  private final JsonFactory factory =
      JsonFactory.builder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .recyclerPool(new OwnBuffers())
          .build();
  private final ObservationDraft draft;
  private final @Nullable String[] names; // by the draft's slots
  private final TimeFormat timeFormat;

  /**
   * @param fields the fields of the model card, in its order
   * @param format the names and formats of the other fields
   */
  public ObservationJson(List<String> fields, RecordFormat format) {
    this.draft = new ObservationDraft(fields, format);
    this.names = draft.names();
    this.timeFormat = format.timeFormat();
  }

  @Override
  public Observation parse(SourceRecord record) throws RejectedRecordException {
    byte[] value = draft.begin(record, "JSON");
    // The parser accepts some malformed sequences, and takes a zero byte for another encoding.
    Utf8Check.text(value, "value");
    try (JsonParser parser = factory.createParser(value)) {
      readObject(parser);
    } catch (JsonProcessingException e) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, "value: expected valid JSON, got: " + e.getOriginalMessage());
    } catch (IOException | RuntimeException e) {
      // Not only the declared exceptions: whatever a record makes the parser throw, the job must go
      // on.
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, "value: expected valid JSON, got: " + e.getMessage());
    }
    return draft.finish(record);
  }

  private void readObject(JsonParser parser) throws IOException, RejectedRecordException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, "value: expected a JSON object, got " + parser.currentToken());
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      for (int slot = 0; slot < names.length; slot++) {
        if (name.equals(names[slot])) {
          readValue(parser, slot);
        }
      }
      parser.skipChildren();
    }
    if (parser.nextToken() != null) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected one JSON object, got " + parser.currentToken() + " after it");
    }
  }

  private void readValue(JsonParser parser, int slot) throws IOException, RejectedRecordException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      throw draft.missing(slot, "null");
    }
    draft.take(slot);
    if (slot == draft.keySlot()) {
      draft.key(text(parser, names[slot]));
    } else if (slot == draft.timeSlot()) {
      draft.eventTime(timeFormat.read(parser, names[slot]));
    } else if (slot == draft.sequenceSlot()) {
      draft.sequence(wholeNumber(parser));
    } else {
      draft.number(slot, number(parser, names[slot]));
    }
  }

  private static double number(JsonParser parser, String name)
      throws IOException, RejectedRecordException {
    if (!parser.currentToken().isNumeric()) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE,
          "field " + name + ": expected a number, got " + parser.currentToken());
    }
    return parser.getDoubleValue();
  }

  private static String text(JsonParser parser, String name)
      throws IOException, RejectedRecordException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE,
          "field " + name + ": expected a string or a whole number, got " + token);
    }
    String text = parser.getText();
    for (int k = 0; k < text.length(); k++) {
      if (Character.isSurrogate(text.charAt(k))
          && !Character.isSupplementaryCodePoint(text.codePointAt(k++))) {
        // An escape can name half a character, which UTF-8, and so a Kafka key, cannot hold.
        throw new RejectedRecordException(
            RejectionCode.MALFORMED,
            "field " + name + ": expected Unicode text, got half a surrogate pair");
      }
    }
    return text;
  }

  private long wholeNumber(JsonParser parser) throws IOException, RejectedRecordException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw draft.notWhole(parser.getText());
    }
    return parser.getLongValue();
  }
}
