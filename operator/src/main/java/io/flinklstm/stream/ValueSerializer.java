package io.flinklstm.stream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** The common base of the serializers for our immutable records: stateless, and never copying. */
abstract class ValueSerializer<T> extends TypeSerializerSingleton<T> {

  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public @Nullable T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  /**
   * Writes a string of fewer than 2^30 characters, or null: twice the length, plus one unless every
   * character fits into a byte, then the characters. Single-byte characters are written in bulk,
   * unlike by Flink's own writer, which goes character by character and looks up a thread-local
   * buffer.
   */
  static void writeString(@Nullable String value, DataOutputView target) throws IOException {
    if (value == null) {
      target.writeInt(-1);
    } else if (isLatin1(value)) {
      target.writeInt(2 * value.length());
      target.write(value.getBytes(StandardCharsets.ISO_8859_1));
    } else {
      target.writeInt(2 * value.length() + 1);
      target.writeChars(value);
    }
  }

  /**
   * Reads a string written by {@link #writeString} that is never null.
   *
   * @throws IOException if null was written
   */
  static String readString(DataInputView source) throws IOException {
    String value = readStringOrNull(source);
    if (value == null) {
      throw new IOException("stored text: expected one, got none; it is damaged");
    }
    return value;
  }

  /** Reads what {@link #writeString} wrote. */
  static @Nullable String readStringOrNull(DataInputView source) throws IOException {
    int header = source.readInt();
    if (header < 0) {
      return null;
    }
    if (header % 2 == 0) {
      byte[] latin1 = new byte[header / 2];
      source.readFully(latin1);
      return new String(latin1, StandardCharsets.ISO_8859_1);
    }
    char[] chars = new char[header / 2];
    for (int k = 0; k < chars.length; k++) {
      chars[k] = source.readChar();
    }
    return new String(chars);
  }

  private static boolean isLatin1(String value) {
    for (int k = 0; k < value.length(); k++) {
      if (value.charAt(k) > 0xff) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads the version that a serializer wrote first.
   *
   * @throws IOException if the version is another one
   */
  static void checkVersion(String thing, byte expected, DataInputView source) throws IOException {
    checkVersion(thing, expected, source.readByte());
  }

  /**
   * Checks the version that a serializer wrote first.
   *
   * @throws IOException if the version is another one
   */
  static void checkVersion(String thing, byte expected, byte version) throws IOException {
    if (version != expected) {
      throw new IOException(
          thing
              + ": expected version "
              + expected
              + ", got "
              + version
              + "; it was written by another release, or is damaged");
    }
  }

  /** Writes bytes, or null. */
  static void writeBytes(byte @Nullable [] value, DataOutputView target) throws IOException {
    if (value == null) {
      target.writeInt(-1);
      return;
    }
    target.writeInt(value.length);
    target.write(value);
  }

  /** Reads what {@link #writeBytes} wrote. */
  static byte @Nullable [] readBytes(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      return null;
    }
    byte[] value = new byte[length];
    source.readFully(value);
    return value;
  }

  static void writeDoubles(double[] values, DataOutputView target) throws IOException {
    target.writeInt(values.length);
    for (double value : values) {
      target.writeDouble(value);
    }
  }

  /** Reads how many elements follow; a damaged number must not look like none. */
  static int readCount(DataInputView source) throws IOException {
    int count = source.readInt();
    if (count < 0) {
      throw new IOException(
          "stored record: expected a count of at least 0, got "
              + count
              + "; the stored bytes are damaged, restore an older checkpoint or savepoint");
    }
    return count;
  }

  static double[] readDoubles(DataInputView source) throws IOException {
    double[] values = new double[readCount(source)];
    for (int k = 0; k < values.length; k++) {
      values[k] = source.readDouble();
    }
    return values;
  }
}
