package io.flinklstm.format;

/**
 * How many elements the tensors of a graph may have in all, so that a small file can neither fill
 * the memory nor keep a processor busy.
 */
final class OnnxBudget {

  private static final long ALWAYS_ALLOWED = 1 << 22;

  /** A weight of four bytes is read, moved and copied a few times. */
  private static final long PER_BYTE = 8;

  private long left;

  OnnxBudget(long fileLength) {
    this.left = ALWAYS_ALLOWED + PER_BYTE * fileLength;
  }

  /** Whether as many more can be borne. */
  boolean take(long elements) {
    left -= elements;
    return left >= 0;
  }
}
