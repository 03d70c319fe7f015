package io.flinklstm.format.keras;

import io.flinklstm.format.weights.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes HDF5's description of the elements of a dataset or attribute: type and number. */
final class Hdf5Type {

  private static final int MAX_RANK = 8;
  private static final int FLOATING_POINT = 1;
  private static final int STRING = 3;
  private static final int VARIABLE_LENGTH = 9;

  private static final List<String> CLASSES =
      List.of(
          "integers", "floating-point numbers", "times", "strings", "bit fields", "opaque data");

  private Hdf5Type() {}

  /**
   * Strings of a fixed size, or of variable size, which are stored elsewhere.
   *
   * @param size bytes of an element; if variable, those of length (4), heap address (8) and index
   *     (4)
   */
  record Strings(boolean variable, int size) {}

  /** The type that a message describes, or null if it is not a little-endian IEEE 754 number. */
  static Tensor.@Nullable Dtype floatingPoint(ByteBuffer message) {
    if ((message.get(0) & 0xf) != FLOATING_POINT) {
      return null;
    }
    int bits = 8 * message.getInt(4);
    return switch (bits) {
      case 32 -> isIeee(message, bits, 8, 23) ? Tensor.Dtype.F32 : null;
      case 64 -> isIeee(message, bits, 11, 52) ? Tensor.Dtype.F64 : null;
      default -> null;
    };
  }

  private static boolean isIeee(ByteBuffer message, int bits, int exponent, int mantissa) {
    return message.get(1) == 0x20 // little-endian, leading 1 of the mantissa not stored
        && message.get(2) == bits - 1 // sign
        && message.get(3) == 0
        && message.getShort(8) == 0 // first bit
        && message.getShort(10) == bits
        && message.get(12) == mantissa // where the exponent begins
        && message.get(13) == exponent
        && message.get(14) == 0 // where the mantissa begins
        && message.get(15) == mantissa
        && message.getInt(16) == (1 << (exponent - 1)) - 1;
  }

  /** An unsupported type, in words. */
  static String describe(ByteBuffer message) {
    int number = message.get(0) & 0xf;
    return (number < CLASSES.size() ? CLASSES.get(number) : "a type of class " + number)
        + " of "
        + Integer.toUnsignedString(message.getInt(4))
        + ((message.get(1) & 1) != 0 ? " bytes, big-endian" : " bytes");
  }

  /** The strings that a message describes, or null if it describes something else. */
  static @Nullable Strings strings(ByteBuffer message) {
    int size = message.getInt(4);
    return switch (message.get(0) & 0xf) {
      case STRING -> size > 0 ? new Strings(false, size) : null;
      case VARIABLE_LENGTH ->
          size == 16 && (message.get(1) & 0xf) == 1 ? new Strings(true, size) : null;
      default -> null;
    };
  }

  /**
   * The dimensions that a message describes, none for a scalar.
   *
   * @throws IllegalArgumentException if there are too many or they are too large
   */
  static List<Long> shape(ByteBuffer message) {
    int rank = Byte.toUnsignedInt(message.get(1));
    int begin = message.get(0) == 1 ? 8 : 4;
    if (rank > MAX_RANK) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_RANK + " dimensions, got " + rank);
    }
    List<Long> shape = new ArrayList<>();
    for (int k = 0; k < rank; k++) {
      long dimension = message.getLong(begin + 8 * k);
      if (dimension < 0 || dimension > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "expected dimensions of at most 2^31 - 1, got " + Long.toUnsignedString(dimension));
      }
      shape.add(dimension);
    }
    return shape;
  }
}
