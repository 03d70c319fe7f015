package io.flinklstm.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An attribute's message in an HDF5 object header.
 *
 * @param shared whether type or shape stand elsewhere
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
    String name = StandardCharsets.UTF_8.decode(message.slice(nameBegin, nameSize)).toString();
    int end = name.indexOf('\0');
    return new Hdf5Attribute(
        end < 0 ? name : name.substring(0, end),
        version > 1 && message.get(1) != 0,
        slice(message, typeBegin, typeSize),
        slice(message, spaceBegin, spaceSize),
        slice(message, dataBegin, message.limit() - dataBegin));
  }

  /** In version 1 every part is filled up to a multiple of 8 bytes. */
  private static int padded(int size, int version) {
    return version == 1 ? (size + 7) / 8 * 8 : size;
  }

  private static ByteBuffer slice(ByteBuffer message, int begin, int size) {
    return message.slice(begin, size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
