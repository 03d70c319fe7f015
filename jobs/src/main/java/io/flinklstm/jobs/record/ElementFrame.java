package io.flinklstm.jobs.record;

import io.flinklstm.forecast.RejectionCode;
import java.io.ByteArrayOutputStream;

/**
 * What surrounds each element in a record of its own: the needed outer values and an array with
 * this element alone. The same options read such a record again.
 *
 * @param before the bytes before the element
 * @param after the bytes after it
 */
public record ElementFrame(byte[] before, byte[] after) {

  /** Each element carries the frame, so a long one would multiply. */
  private static final int MAX_BYTES = 16 * 1024;

  /** The frame of a record that is no element of another. */
  public static final ElementFrame NONE = new ElementFrame(new byte[0], new byte[0]);

  /**
   * The frame of these bytes.
   *
   * @throws RejectedRecordException if they are too many
   */
  public static ElementFrame of(ByteArrayOutputStream before, ByteArrayOutputStream after)
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
  public byte[] around(byte[] bytes, int start, int end) {
    byte[] record = new byte[before.length + end - start + after.length];
    System.arraycopy(before, 0, record, 0, before.length);
    System.arraycopy(bytes, start, record, before.length, end - start);
    System.arraycopy(after, 0, record, before.length + end - start, after.length);
    return record;
  }
}
