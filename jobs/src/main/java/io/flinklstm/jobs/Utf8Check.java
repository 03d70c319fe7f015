package io.flinklstm.jobs;

import io.flinklstm.forecast.RejectionCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Refuses bytes that are not the UTF-8 of a text; Java's own decoding would mend them silently. */
final class Utf8Check {

  private Utf8Check() {}

  /**
   * Refuses a zero byte too, which no text format has; it is the mark of another encoding.
   *
   * @param what the bytes are, in messages
   */
  static void text(byte[] bytes, String what) throws RejectedRecordException {
    boolean ascii = true;
    for (byte b : bytes) {
      ascii &= b > 0;
    }
    if (ascii) {
      return;
    }
    decode(ByteBuffer.wrap(bytes), what);
    for (byte b : bytes) {
      if (b == 0) {
        throw new RejectedRecordException(
            RejectionCode.MALFORMED, what + ": expected text, got a zero byte");
      }
    }
  }

  private static void decode(ByteBuffer bytes, String what) throws RejectedRecordException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
    } catch (CharacterCodingException e) {
      throw new RejectedRecordException(
          RejectionCode.MALFORMED, what + ": expected UTF-8, got " + e.getMessage());
    }
  }
}
