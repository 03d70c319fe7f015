package io.flinklstm.jobs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes observations of JSON records. A record is one JSON object in UTF-8; fields that nobody asks
 * for are skipped. Not thread-safe.
 */
final class ObservationJson {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  private final String[] fields; // the card's, in its order
  private final String keyField; // null: the record key
  private final String timeField; // null: the record timestamp
  private final TimeFormat timeFormat;
  private final String sequenceField; // null: none
  private final long maxAhead; // milliseconds

  // What is known of the record at hand.
  private final boolean[] seen; // of fields, then key, time, sequence
  private double[] values;
  private String key;
  private long eventTime;
  private long sequence;

  /**
   * @param fields the fields of the model card in its order
   * @param format the names and formats of the other fields
   */
  ObservationJson(List<String> fields, RecordFormat format) {
    this.fields = fields.toArray(String[]::new);
    this.keyField = format.keyField();
    this.timeField = format.timeField();
    this.timeFormat = format.timeFormat();
    this.sequenceField = format.sequenceField();
    this.maxAhead = format.maxAhead().toMillis();
    this.seen = new boolean[this.fields.length + 3];
  }

  /**
   * @throws RejectedRecordException if no observation can be made of the record
   */
  Observation parse(SourceRecord record) throws RejectedRecordException {
    byte[] bytes = record.value();
    if (bytes == null) {
      throw new RejectedRecordException(RejectionCode.TOMBSTONE, "value: expected JSON, got null");
    }
    if (bytes.length == 0) {
      throw new RejectedRecordException(
          RejectionCode.EMPTY_VALUE, "value: expected JSON, got 0 bytes");
    }
    checkUtf8(bytes, "value");
    java.util.Arrays.fill(seen, false);
    values = new double[fields.length];
    key = null;
    sequence = Observation.NO_SEQUENCE;
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      readObject(parser);
    } catch (JsonProcessingException e) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, "value: expected valid JSON, got: " + e.getOriginalMessage());
    } catch (IOException | RuntimeException e) {
      // Not only what a parser declares: whatever one record makes it throw, the job must go on.
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, "value: expected valid JSON, got: " + e.getMessage());
    }
    return observation(record);
  }

  private void readObject(JsonParser parser) throws IOException, RejectedRecordException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, "value: expected a JSON object, got " + parser.currentToken());
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      readField(parser, name);
      parser.skipChildren();
    }
    if (parser.nextToken() != null) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected one JSON object, got " + parser.currentToken() + " after it");
    }
  }

  private void readField(JsonParser parser, String name)
      throws IOException, RejectedRecordException {
    for (int k = 0; k < fields.length; k++) {
      if (fields[k].equals(name)) {
        once(parser, k, name);
        values[k] = number(parser, name);
      }
    }
    if (name.equals(keyField)) {
      once(parser, fields.length, name);
      key = text(parser, name);
    }
    if (name.equals(timeField)) {
      once(parser, fields.length + 1, name);
      eventTime = timeFormat.read(parser, name);
    }
    if (name.equals(sequenceField)) {
      once(parser, fields.length + 2, name);
      sequence = wholeNumber(parser, name);
    }
  }

  private void once(JsonParser parser, int index, String name) throws RejectedRecordException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      throw new RejectedRecordException(
          index == fields.length ? RejectionCode.MISSING_KEY : RejectionCode.MISSING_FIELD,
          "field " + name + ": expected a value, got null");
    }
    if (seen[index]) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE, "field " + name + ": expected it once, got it twice");
    }
    seen[index] = true;
  }

  private static double number(JsonParser parser, String name)
      throws IOException, RejectedRecordException {
    if (!parser.currentToken().isNumeric()) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE,
          "field " + name + ": expected a number, got " + parser.currentToken());
    }
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw new RejectedRecordException(
          RejectionCode.NON_FINITE_FIELD,
          "field " + name + ": expected a number within a double's range, got " + value);
    }
    return value;
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
        // An escape can name half a character; no UTF-8, so no Kafka key, can.
        throw new RejectedRecordException(
            RejectionCode.MALFORMED,
            "field " + name + ": expected Unicode text, got half a surrogate pair");
      }
    }
    return text;
  }

  private static long wholeNumber(JsonParser parser, String name)
      throws IOException, RejectedRecordException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        || parser.getLongValue() == Observation.NO_SEQUENCE) {
      throw new RejectedRecordException(
          RejectionCode.WRONG_TYPE,
          "field " + name + ": expected a whole number of 64 bits, got " + parser.getText());
    }
    return parser.getLongValue();
  }

  private Observation observation(SourceRecord record) throws RejectedRecordException {
    for (int k = 0; k < fields.length; k++) {
      requireSeen(k, fields[k]);
    }
    if (sequenceField != null) {
      requireSeen(fields.length + 2, sequenceField);
    }
    if (keyField == null && record.key() != null) {
      checkUtf8(record.key(), "record key");
      key = new String(record.key(), StandardCharsets.UTF_8);
    }
    if (timeField != null) {
      requireSeen(fields.length + 1, timeField);
    } else {
      eventTime = record.timestamp();
    }
    Observation observation = new Observation(key, eventTime, values, sequence, record);
    Rejection defect = observation.defect(fields.length);
    if (defect != null) {
      throw new RejectedRecordException(defect);
    }
    checkNotAhead(record);
    return observation;
  }

  private void requireSeen(int index, String name) throws RejectedRecordException {
    if (!seen[index]) {
      throw new RejectedRecordException(
          RejectionCode.MISSING_FIELD, "field " + name + ": expected a value, got none");
    }
  }

  private void checkNotAhead(SourceRecord record) throws RejectedRecordException {
    if (record.timestamp() >= 0 && eventTime - record.timestamp() > maxAhead) {
      throw new RejectedRecordException(
          RejectionCode.INVALID_TIME,
          "event time: expected at most "
              + maxAhead
              + " ms after the record's timestamp "
              + record.timestamp()
              + " (lstm.source.max-ahead), got "
              + eventTime);
    }
  }

  /**
   * JSON in UTF-8 has no zero byte; one would make the parser guess another encoding. The parser
   * itself lets some malformed sequences pass.
   */
  private static void checkUtf8(byte[] bytes, String what) throws RejectedRecordException {
    boolean ascii = true;
    for (byte b : bytes) {
      ascii &= b > 0;
    }
    if (ascii) {
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, what + ": expected UTF-8, got " + e.getMessage());
    }
    for (byte b : bytes) {
      if (b == 0) {
        throw new RejectedRecordException(
            RejectionCode.MALFORMED, what + ": expected text, got a zero byte");
      }
    }
  }
}
