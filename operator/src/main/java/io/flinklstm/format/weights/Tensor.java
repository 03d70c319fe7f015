package io.flinklstm.format.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor.
 *
 * @param dtype the element type
 * @param shape the dimensions, empty for a scalar
 * @param data the elements, row-major, little-endian, from position 0 to limit
 */
public record Tensor(Dtype dtype, List<Long> shape, ByteBuffer data) {

  /** A tensor of 32-bit floats. */
  public static Tensor of(float[] values, long... shape) {
    ByteBuffer data =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new Tensor(Dtype.F32, Arrays.stream(shape).boxed().toList(), data);
  }

  /** Number of elements. */
  public int size() {
    return data.limit() / dtype.bytes;
  }

  /**
   * The elements in double precision, exactly.
   *
   * @throws IllegalArgumentException if they are not floating-point numbers of at least 16 bits
   */
  public double[] toDoubles() {
    double[] values = new double[size()];
    for (int k = 0; k < values.length; k++) {
      values[k] =
          switch (dtype) {
            case F64 -> data.getDouble(8 * k);
            case F32 -> data.getFloat(4 * k);
            case F16 -> half(data.getShort(2 * k));
            case BF16 -> brainFloat(data.getShort(2 * k));
            default ->
                throw new IllegalArgumentException(
                    "expected dtype F64, F32, F16 or BF16, got " + dtype);
          };
    }
    return values;
  }

  /** The elements, narrowed to single precision. See {@link #toDoubles}. */
  public float[] toFloats() {
    return narrowed(toDoubles());
  }

  /** Numbers rounded to single precision. */
  static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int k = 0; k < floats.length; k++) {
      floats[k] = (float) values[k];
    }
    return floats;
  }

  /** The upper half of a float. */
  public static double brainFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** IEEE 754 binary16. */
  public static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0x1f
            ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
            : exponent == 0
                ? Math.scalb((double) fraction, -24)
                : Math.scalb((double) (fraction | 0x400), exponent - 25);
    return bits < 0 ? -magnitude : magnitude;
  }

  /** Element types. Those that weights cannot have are read but not converted. */
  public enum Dtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E4M3(1),
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    public final int bytes;

    Dtype(int bytes) {
      this.bytes = bytes;
    }
  }
}
