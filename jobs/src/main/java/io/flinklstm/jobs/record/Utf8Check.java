package io.flinklstm.jobs.record;

import io.flinklstm.forecast.RejectionCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Rejects bytes that are not valid UTF-8 text; Java's own decoding would repair them silently. */
public final class Utf8Check {

  private Utf8Check() {}

  /**
   * Also rejects a zero byte, which no text format contains; it is the sign of another encoding.
   *
   * @param what the bytes are, in messages
   */
  public static void text(byte[] bytes, String what) throws RejectedRecordException {
    boolean ascii = true;
    for (byte b : bytes) {
      ascii &= b > 0;
    }
    if (ascii) {
      return;
    }
    encoded(bytes, bytes.length, what);
    for (byte b : bytes) {
      if (b == 0) {
        throw new RejectedRecordException(
            RejectionCode.MALFORMED, what + ": expected text, got a zero byte");
      }
    }
  }

  /**
   * Accepts every character, including that of a zero byte.
   *
   * @param length how many bytes to check, from the first
   */
  public static void encoded(byte[] bytes, int length, String what) throws RejectedRecordException {
    boolean ascii = true;
    for (int k = 0; k < length; k++) {
      ascii &= bytes[k] >= 0;
    }
    if (ascii) {
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
    } catch (CharacterCodingException e) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, what + ": expected UTF-8, got " + e.getMessage());
    }
  }

  /**
   * Decodes a text after checking it.
   *
   * @param what it is, in messages
   */
  public static String decoded(byte[] bytes, String what) throws RejectedRecordException {
    text(bytes, what);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
