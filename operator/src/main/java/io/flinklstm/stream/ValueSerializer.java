package io.flinklstm.stream;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * What the serializers of our immutable records have in common: they keep no memory and never copy.
 */
abstract class ValueSerializer<T> extends TypeSerializerSingleton<T> {

  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public T createInstance() {
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

  /** Writes a string of any length, or null. */
  static void writeString(String value, DataOutputView target) throws IOException {
    StringValue.writeString(value, target);
  }

  /** Reads what {@link #writeString} wrote. */
  static String readString(DataInputView source) throws IOException {
    return StringValue.readString(source);
  }

  /** Writes bytes, or null. */
  static void writeBytes(byte[] value, DataOutputView target) throws IOException {
    if (value == null) {
      target.writeInt(-1);
      return;
    }
    target.writeInt(value.length);
    target.write(value);
  }

  /** Reads what {@link #writeBytes} wrote. */
  static byte[] readBytes(DataInputView source) throws IOException {
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

  static double[] readDoubles(DataInputView source) throws IOException {
    double[] values = new double[source.readInt()];
    for (int k = 0; k < values.length; k++) {
      values[k] = source.readDouble();
    }
    return values;
  }
}
