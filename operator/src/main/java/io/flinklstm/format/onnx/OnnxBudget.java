package io.flinklstm.format.onnx;

import org.jspecify.annotations.Nullable;

/**
 * How much a graph may make of its file, so that a small one can neither fill the memory nor keep a
 * processor busy: elements of tensors, and nodes that are run, which count as some elements. One
 * trace bounds the memory, all traces of a file together the time.
 */
final class OnnxBudget {

  private static final long ALWAYS_ALLOWED = 1 << 22;

  /** A weight of four bytes is read, and moved and copied a few times. */
  private static final long PER_BYTE = 3;

  /** Traces of a usual graph: two or three, times the number of open dimensions. */
  private static final long TRACES = 6;

  private final @Nullable OnnxBudget all; // null for that of all traces
  private final long fileLength;
  private long left;

  /** That of all traces of a file. */
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

  /** That of the next trace. */
  OnnxBudget newTrace() {
    return new OnnxBudget(this, fileLength, perTrace(fileLength));
  }

  /** Whether as many more can be borne. */
  boolean take(long elements) {
    left -= elements;
    return left >= 0 && (all == null || all.take(elements));
  }

  /** Whether more was asked for than there is. */
  boolean isExhausted() {
    return left < 0 || all != null && all.isExhausted();
  }
}
