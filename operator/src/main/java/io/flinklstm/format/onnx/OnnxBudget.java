package io.flinklstm.format.onnx;

import org.jspecify.annotations.Nullable;

/**
 * How much work a graph may cause relative to its file's size, so that a small file can neither
 * fill the memory nor keep a processor busy. It is counted in elements of tensors; running a node
 * counts as some elements. The budget of one trace bounds memory, that of all traces of a file
 * bounds time.
 */
final class OnnxBudget {

  private static final long ALWAYS_ALLOWED = 1 << 22;

  /** In elements: a weight of four bytes is read, then moved and copied a few times. */
  private static final long PER_BYTE = 3;

  /** Traces of a file; a typical graph takes two or three for each open dimension. */
  private static final long TRACES = 6;

  private final @Nullable OnnxBudget all; // null in the budget of all traces
  private final long fileLength;
  private long left;

  /** The budget of all traces of a file. */
  OnnxBudget(long fileLength) {
    this(null, fileLength, TRACES * perTrace(fileLength));
  }

  private OnnxBudget(@Nullable OnnxBudget all, long fileLength, long left) {
    this.all = all;
    this.fileLength = fileLength;
    this.left = left;
  }

  private static long perTrace(long fileLength) {
    return ALWAYS_ALLOWED + PER_BYTE * fileLength;
  }

  /** The budget of the next trace. */
  OnnxBudget newTrace() {
    return new OnnxBudget(this, fileLength, perTrace(fileLength));
  }

  /** Takes elements off the budget; false if fewer are left. */
  boolean take(long elements) {
    left -= elements;
    return left >= 0 && (all == null || all.take(elements));
  }

  /** Whether more was taken than there was. */
  boolean isExhausted() {
    return left < 0 || all != null && all.isExhausted();
  }
}
