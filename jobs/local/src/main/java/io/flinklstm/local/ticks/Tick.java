package io.flinklstm.local.ticks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A row of a tick file.
 *
 * @param key the stream it belongs to
 * @param eventTime epoch milliseconds
 * @param names of the other columns
 * @param values of the other columns, as the file has them
 */
public record Tick(String key, long eventTime, List<String> names, List<String> values) {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

  public Tick withKey(String otherKey) {
    return new Tick(otherKey, eventTime, names, values);
  }

  /**
   * The record that the forecast job reads by default. A value that is a number is written as one,
   * digit for digit; an empty one is left out.
   */
  public byte[] toJson() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("key", key);
      json.writeNumberField("event_time", eventTime);
      for (int k = 0; k < names.size(); k++) {
        String value = values.get(k);
        if (JSON_NUMBER.matcher(value).matches()) {
          json.writeFieldName(names.get(k));
          json.writeNumber(value);
        } else if (!value.isEmpty()) {
          json.writeStringField(names.get(k), value);
        }
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
