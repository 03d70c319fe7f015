package io.flinklstm.jobs.record;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.flinklstm.forecast.RejectionCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds each element in a record of its own: the needed outer values and an array with
 * this element alone. The same options read such a record again.
 *
 * @param before the bytes before the element
 * @param after the bytes after it
 */
record ElementFrame(byte[] before, byte[] after) {

  /** Each element carries the frame, so a long one would multiply. */
  private static final int MAX_BYTES = 16 * 1024;

  /** The frame of a record that is no element of another. */
  static final ElementFrame NONE = new ElementFrame(new byte[0], new byte[0]);

  /**
   * The frame of the elements in a JSON document that was just read.
   *
   * @param tree keeps where its values are
   * @param outer the frame of the document itself
   */
  static ElementFrame of(FieldTree tree, ElementFrame outer) throws RejectedRecordException {
    Writer writer = new Writer();
    writer.before.writeBytes(outer.before);
    writer.write(tree);
    writer.after.writeBytes(outer.after);
    return of(writer.before, writer.after);
  }

  /**
   * The frame of these bytes.
   *
   * @throws RejectedRecordException if they are too many
   */
  static ElementFrame of(ByteArrayOutputStream before, ByteArrayOutputStream after)
      throws RejectedRecordException {
    if (before.size() + after.size() > MAX_BYTES) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED,
          "value: expected at most "
              + MAX_BYTES
              + " bytes of fields outside the elements, got "
              + (before.size() + after.size()));
    }
    return new ElementFrame(before.toByteArray(), after.toByteArray());
  }

  /** The record of an element. */
  byte[] around(byte[] bytes, int start, int end) {
    byte[] record = new byte[before.length + end - start + after.length];
    System.arraycopy(before, 0, record, 0, before.length);
    System.arraycopy(bytes, start, record, before.length, end - start);
    System.arraycopy(after, 0, record, before.length + end - start, after.length);
    return record;
  }

  /** Writes the JSON before the array's element, and what follows it. */
  private static final class Writer {

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
  }
}
