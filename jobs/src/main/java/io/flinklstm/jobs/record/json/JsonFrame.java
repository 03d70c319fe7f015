package io.flinklstm.jobs.record.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.flinklstm.jobs.record.ElementFrame;
import io.flinklstm.jobs.record.FieldTree;
import io.flinklstm.jobs.record.RejectedRecordException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the JSON before an array's element, and what follows it. */
final class JsonFrame {

  private final ByteArrayOutputStream before = new ByteArrayOutputStream();
  private final ByteArrayOutputStream after = new ByteArrayOutputStream();
  private ByteArrayOutputStream out = before;

  /** Text with JSON in it is written as that JSON, which is read alike. */
  private void write(FieldTree tree) {
    if (tree.isArray()) {
      out.write('[');
      out = after;
      out.write(']');
    } else if (tree.bytes != null) {
      out.write(tree.bytes, tree.start, tree.end - tree.start);
    } else if (tree.hasParts()) {
      writeObject(tree);
    } else {
      writeArray(tree.byIndex());
    }
  }

  private void writeObject(FieldTree tree) {
    char separator = '{';
    for (int k = 0; k < tree.names().length; k++) {
      if (hasContent(tree.byName()[k])) {
        out.write(separator);
        out.write('"');
        out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(tree.names()[k]));
        out.write('"');
        out.write(':');
        write(tree.byName()[k]);
        separator = ',';
      }
    }
    out.write('}');
  }

  private void writeArray(@Nullable FieldTree[] elements) {
    int end = elements.length;
    while (!hasContent(elements[end - 1])) {
      end--;
    }
    for (int k = 0; k < end; k++) {
      out.write(k == 0 ? '[' : ',');
      if (hasContent(elements[k])) {
        write(elements[k]);
      } else {
        out.writeBytes("null".getBytes(StandardCharsets.US_ASCII));
      }
    }
    out.write(']');
  }

  private static boolean hasContent(@Nullable FieldTree tree) {
    if (tree == null) {
      return false;
    }
    if (tree.isArray() || tree.bytes != null) {
      return true;
    }
    for (FieldTree field : tree.byName()) {
      if (hasContent(field)) {
        return true;
      }
    }
    for (FieldTree element : tree.byIndex()) {
      if (hasContent(element)) {
        return true;
      }
    }
    return false;
  }

  private JsonFrame() {}

  /**
   * The frame of the elements in a document that was just read.
   *
   * @param tree keeps where its values are
   * @param outer the frame of the document itself
   */
  static ElementFrame of(FieldTree tree, ElementFrame outer) throws RejectedRecordException {
    JsonFrame frame = new JsonFrame();
    frame.before.writeBytes(outer.before());
    frame.write(tree);
    frame.after.writeBytes(outer.after());
    return ElementFrame.of(frame.before, frame.after);
  }
}
