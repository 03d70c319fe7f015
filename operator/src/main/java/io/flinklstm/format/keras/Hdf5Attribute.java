package io.flinklstm.format.keras;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An attribute message in an HDF5 object header.
 *
 * @param shared whether type or shape are stored elsewhere
 * @param datatype the type's description
 * @param dataspace the shape's description
 * @param data the elements
 */
record Hdf5Attribute(
    String name, boolean shared, ByteBuffer datatype, ByteBuffer dataspace, ByteBuffer data) {

  /**
   * @throws IndexOutOfBoundsException if the message ends too early
   */
  static Hdf5Attribute read(ByteBuffer message) {
    int version = message.get(0);
    int nameSize = Short.toUnsignedInt(message.getShort(2));
    int typeSize = Short.toUnsignedInt(message.getShort(4));
    int spaceSize = Short.toUnsignedInt(message.getShort(6));
    int nameBegin = version == 3 ? 9 : 8;
    int typeBegin = nameBegin + padded(nameSize, version);
    int spaceBegin = typeBegin + padded(typeSize, version);
    int dataBegin = spaceBegin + padded(spaceSize, version);
    return new Hdf5Attribute(
        text(message.slice(nameBegin, nameSize)),
        version > 1 && message.get(1) != 0,
        slice(message, typeBegin, typeSize),
        slice(message, spaceBegin, spaceSize),
        slice(message, dataBegin, message.limit() - dataBegin));
  }

  /** In version 1 every part is padded to a multiple of 8 bytes. */
  private static int padded(int size, int version) {
    return version == 1 ? (size + 7) / 8 * 8 : size;
  }

  private static ByteBuffer slice(ByteBuffer message, int begin, int size) {
    return message.slice(begin, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The attribute's elements.
   *
   * @param file where elements of variable length are stored
   * @throws IllegalArgumentException if they are not strings
   * @throws IndexOutOfBoundsException if they end too early
   */
  List<String> strings(Hdf5File file) {
    if (shared) {
      throw new IllegalArgumentException(
          "expected attribute " + name + " to have a type of its own, got a shared one");
    }
    long count = 1;
    for (long dimension : Hdf5Type.shape(dataspace)) {
      count = Math.min(count * dimension, Integer.MAX_VALUE);
    }
    if (count == 0) {
      return List.of(); // h5py writes an empty list as numbers
    }
    Hdf5Type.Strings type = Hdf5Type.strings(datatype);
    if (type == null) {
      throw new IllegalArgumentException(
          "expected attribute " + name + " to hold strings, got " + Hdf5Type.describe(datatype));
    }
    if (count * type.size() > data.limit()) {
      throw new IllegalArgumentException(
          "expected " + count + " strings in attribute " + name + ", got fewer bytes");
    }
    List<String> strings = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      ByteBuffer element = slice(data, k * type.size(), type.size());
      strings.add(text(type.variable() ? variable(element, file) : element));
    }
    return strings;
  }

  private static ByteBuffer variable(ByteBuffer element, Hdf5File file) {
    int length = element.getInt(0);
    return length == 0
        ? element.slice(0, 0)
        : file.heapObject(element.getLong(4), element.getInt(12)).slice(0, length);
  }

  /** A string ends before its first zero byte. */
  private static String text(ByteBuffer bytes) {
    int length = 0;
    while (length < bytes.limit() && bytes.get(length) != 0) {
      length++;
    }
    return StandardCharsets.UTF_8.decode(bytes.slice(0, length)).toString();
  }
}
