package io.flinklstm.jobs.record.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.formula.FieldPath;
import io.flinklstm.formula.FieldPath.Root;
import io.flinklstm.formula.FieldPath.Step;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Tells which fields a JSON document has, for the message about one that it lacks: usually a path
 * is wrong, and then the first records show it. Not thread-safe.
 */
final class JsonOutline {

  /** Later records lack the same fields, and to look takes time. */
  private static final int MAX_OUTLINES = 20;

  private static final int MAX_PATHS = 12;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_LENGTH = 300;

  private final JsonFactory factory = new JsonFactory();
  private int outlines;

  /** A rejection for a missing field with the fields there are; any other is returned as it is. */
  Rejection explain(Rejection rejection, byte[] bytes, int start, int end) {
    boolean isMissing =
        rejection.code() == RejectionCode.MISSING_FIELD
            || rejection.code() == RejectionCode.MISSING_KEY;
    if (!isMissing || outlines >= MAX_OUTLINES) {
      return rejection;
    }
    outlines++;
    List<String> paths = new ArrayList<>();
    try (JsonParser parser = factory.createParser(bytes, start, end - start)) {
      list(parser, paths);
    } catch (IOException | RuntimeException malformed) {
      return rejection; // the reader has seen enough to reject it
    }
    String all = String.join(", ", paths);
    return new Rejection(
        rejection.code(),
        rejection.message()
            + "; fields there: "
            + (paths.isEmpty()
                ? "none"
                : all.length() <= MAX_LENGTH ? all : all.substring(0, MAX_LENGTH) + "..."));
  }

  /** The paths of the values that hold no others, in order. */
  private static void list(JsonParser parser, List<String> paths) throws IOException {
    Deque<Step> way = new ArrayDeque<>();
    Deque<Integer> positions = new ArrayDeque<>(); // of the arrays around; -1 for an object
    for (JsonToken token = parser.nextToken();
        token != null && paths.size() < MAX_PATHS;
        token = parser.nextToken()) {
      if (token == JsonToken.FIELD_NAME) {
        continue;
      }
      if (token.isStructEnd()) {
        positions.pop();
        way.pollLast();
        continue;
      }
      if (!positions.isEmpty()) {
        way.addLast(step(parser, positions));
      }
      if (token.isStructStart() && positions.size() < MAX_DEPTH) {
        positions.push(token == JsonToken.START_ARRAY ? 0 : -1);
        if (way.isEmpty()) {
          way.addLast(new Step("$", 0)); // so that every structure has a step
        }
        continue;
      }
      parser.skipChildren();
      paths.add(path(way));
      way.pollLast();
    }
  }

  private static Step step(JsonParser parser, Deque<Integer> positions) throws IOException {
    int position = positions.pop();
    positions.push(position < 0 ? position : position + 1);
    String name = position < 0 ? parser.currentName() : null;
    return name == null ? new Step(null, Math.max(position, 0)) : new Step(name, 0);
  }

  private static String path(Deque<Step> way) {
    List<Step> steps = new ArrayList<>(way);
    return new FieldPath(Root.VALUE, steps.subList(Math.min(1, steps.size() - 1), steps.size()))
        .toString();
  }
}
