package io.flinklstm.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Safetensors files put together by hand, right or wrong. */
public final class SafetensorsBytes {

  private SafetensorsBytes() {}

  /** A file of this header, as it is, and data of zeros. */
  public static byte[] of(String header, int dataLength) {
    return of(header, new byte[dataLength]);
  }

  /** A file of this header, as it is, and this data. */
  public static byte[] of(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return of(json.length, json, data);
  }

  /** A file that says what it likes about the length of its header. */
  public static byte[] of(long headerLength, byte[] header, byte[] data) {
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(header)
        .put(data)
        .array();
  }
}
