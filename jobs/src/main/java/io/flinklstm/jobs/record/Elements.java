package io.flinklstm.jobs.record;

import java.util.Arrays;

/** Where the elements of an array are in a document. One object serves all records of a reader. */
public final class Elements {

  private static final int KEPT = 1 << 12; // more room is discarded

  private byte[] bytes = {};
  private int[] bounds = new int[16]; // start and end of each
  private int size;
  private boolean found;

  /** Forgets the elements; there may be no array. */
  public void clear() {
    found = false;
    size = 0;
    if (bounds.length > KEPT) {
      bounds = new int[16];
    }
  }

  /**
   * Starts the array's elements.
   *
   * @param document that contains them. Shared, not modified
   */
  public void begin(byte[] document) {
    found = true;
    bytes = document;
    size = 0;
  }

  public void add(int start, int end) {
    if (2 * size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * size] = start;
    bounds[2 * size++ + 1] = end;
  }

  /** Whether there is an array. */
  public boolean isFound() {
    return found;
  }

  public int size() {
    return size;
  }

  /** The document that contains the elements. */
  public byte[] bytes() {
    return bytes;
  }

  /** The index of an element's first byte. */
  public int start(int element) {
    return bounds[2 * element];
  }

  /** The index after an element's last byte. */
  public int end(int element) {
    return bounds[2 * element + 1];
  }
}
