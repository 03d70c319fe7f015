package io.flinklstm.jobs;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;

import com.fasterxml.jackson.databind.node.TextNode;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.FieldNames;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.TimeFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** How a record holds ticks. */
enum RecordShape {
  /** One tick, which is the record. */
  TICK("", "", null, null, null),
  /** One tick deep inside, which a condition chooses. */
  NESTED("payload.x[0].", "", null, "payload.op = 'c' and payload.x[0].side = 'buy'", null),
  LIST("", "", "[*]", null, null),
  /** Several ticks and values of all of them; conditions on both. */
  FRAMED("", "$.venue", "data[*]", "$.op = 'c' and side = 'buy'", null),
  LEVELS("", "$.events[*].venue", "events[*].data[*]", null, null),
  /** Several ticks in a document that is a text. */
  TEXT("", "$.v.venue", "v.data[*]", "side != 'sell'", "$.v");

  /** The name of a good record's venue, as a JSON literal. */
  static final String VENUE = "\"V\"";

  /** What a good record says of itself, as a JSON literal. */
  static final String OP = "\"c\"";

  /** Before the name of each of a tick's fields in a path. */
  final String prefix;

  private final String venue;
  private final Selection selection;

  RecordShape(String prefix, String venue, String records, String where, String parse) {
    this.prefix = prefix;
    this.venue = venue;
    this.selection =
        new Selection(records, where, parse == null ? List.of() : List.of(parse), true);
  }

  boolean isArray() {
    return selection.records() != null;
  }

  /** The format of records of this shape, whose ticks have fields with these names or null. */
  RecordFormat format(String key, String time, TimeFormat timeFormat) {
    List<String> keys =
        key == null
            ? List.of()
            : venue.isEmpty() ? List.of(prefix + key) : List.of(venue, prefix + key);
    String timePath = time == null ? null : prefix + time;
    return new RecordFormat(null, timePath, timeFormat, null, Duration.ofHours(1))
        .named(new FieldNames(keys, null, timePath, prefix + "seq"))
        .selecting(selection);
  }

  /**
   * A record's value. The elements of an array, if there are ticks, have the indices of the ticks.
   *
   * @param venue of the ticks, as a JSON literal
   * @param op what happened, as a JSON literal
   */
  byte[] value(List<byte[]> ticks, String venue, String op) {
    int half = ticks.size() - ticks.size() / 2;
    return switch (this) {
      case TICK -> ticks.get(0);
      case NESTED -> document("{'payload':{'y':[[]],'op':" + op + ",'x':", ticks, "}}");
      case LIST -> document("", ticks, "\n");
      case FRAMED ->
          document("{'op':" + op + ",'x':[{'data':[1]}],'data':", ticks, ",'venue':" + venue + "}");
      case LEVELS ->
          join(
              document("{'events':[{'data':", ticks.subList(0, half), ",'venue':" + venue),
              document("},{'venue':'V','data':", ticks.subList(half, ticks.size()), "}]}"));
      case TEXT -> {
        byte[] document = document("{'venue':" + venue + ",'data':", ticks, ",'op':" + op + "}");
        // As ISO 8859-1, any bytes come back as they were.
        String text = new String(document, StandardCharsets.ISO_8859_1);
        yield join(
            utf8("{\"v\":"),
            TextNode.valueOf(text).toString().getBytes(StandardCharsets.ISO_8859_1),
            utf8(",\"x\":\"{\"}"));
      }
    };
  }

  private static byte[] document(String before, List<byte[]> ticks, String after) {
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    document.writeBytes(utf8(before.replace('\'', '"') + "["));
    for (int k = 0; k < ticks.size(); k++) {
      document.writeBytes(utf8(k == 0 ? "" : " ,\n"));
      document.writeBytes(ticks.get(k));
    }
    document.writeBytes(utf8("]" + after.replace('\'', '"')));
    return document.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }
}
