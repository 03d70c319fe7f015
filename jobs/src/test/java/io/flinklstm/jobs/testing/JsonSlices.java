package io.flinklstm.jobs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The elements of an array in a JSON document, byte for byte, found by counting quotes and
 * brackets. The document must be valid.
 */
final class JsonSlices {

  static final int NO_TEXT = -1;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final byte[] json;
  private final List<Object> way;
  private final int text; // the number of steps to a text that is JSON, or NO_TEXT
  private List<byte[]> found;
  private int at;

  private JsonSlices(byte[] json, List<Object> way, int text) {
    this.json = json;
    this.way = way;
    this.text = text;
  }

  /**
   * @param way the names and positions that lead to the array
   * @param text the number of steps to a text that is JSON, or {@link #NO_TEXT}
   * @return the elements in order, or null if there is no array
   */
  static List<byte[]> of(byte[] json, List<Object> way, int text) {
    JsonSlices slices = new JsonSlices(json, way, text);
    slices.at = new String(json, 0, Math.min(3, json.length), UTF_8).equals("\uFEFF") ? 3 : 0;
    slices.follow(0);
    return slices.found;
  }

  /** Reads the value at the cursor, which the first steps have led to. */
  private void follow(int steps) {
    skipSpace();
    if (steps == text && json[at] == '"') {
      List<byte[]> inside = of(unescaped(skipped()), way.subList(steps, way.size()), NO_TEXT);
      found = inside == null ? found : inside;
    } else if (steps < way.size() && json[at] == '{' && way.get(steps) instanceof String name) {
      followField(steps, name);
    } else if (steps < way.size() && json[at] == '[' && way.get(steps) instanceof Integer index) {
      followElement(steps, index);
    } else if (steps == way.size() && json[at] == '[') {
      List<byte[]> elements = new ArrayList<>();
      while (hasNext(']')) {
        elements.add(skipped());
      }
      found = elements;
    } else {
      skipped();
    }
  }

  private void followField(int steps, String name) {
    while (hasNext('}')) {
      String field = new String(skipped(), UTF_8);
      skipSpace();
      at++; // the colon
      if (field.equals('"' + name + '"')) {
        follow(steps + 1);
      } else {
        skipped();
      }
    }
  }

  private void followElement(int steps, int index) {
    for (int k = 0; hasNext(']'); k++) {
      if (k == index) {
        follow(steps + 1);
      } else {
        skipped();
      }
    }
  }

  /** Skips an opening bracket or a comma; false after the closing bracket. */
  private boolean hasNext(char close) {
    skipSpace();
    if (json[at] != close) {
      at++;
      skipSpace();
    }
    if (json[at] == close) {
      at++;
      return false;
    }
    return true;
  }

  /** The bytes of the value at the cursor, which is then behind it. */
  private byte[] skipped() {
    skipSpace();
    int start = at;
    int depth = 0;
    do {
      switch (json[at]) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case '"' -> skipText();
        default -> {}
      }
      at++;
    } while (depth > 0 || json[start] != '"' && isInScalar(start));
    return Arrays.copyOfRange(json, start, at);
  }

  private boolean isInScalar(int start) {
    return json[start] != '{'
        && json[start] != '['
        && at < json.length
        && " \t\r\n,]}".indexOf(json[at]) < 0;
  }

  private void skipText() {
    for (at++; json[at] != '"'; at++) {
      at += json[at] == '\\' ? 1 : 0;
    }
  }

  private void skipSpace() {
    while (" \t\r\n".indexOf(json[at]) >= 0) {
      at++;
    }
  }

  private static byte[] unescaped(byte[] literal) {
    try {
      return MAPPER.readValue(literal, String.class).getBytes(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
