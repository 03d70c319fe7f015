package io.flinklstm.model;

import io.flinklstm.annotation.PublicEvolving;

/**
 * h and c of every layer at one moment. Mutable; starts at zero, like PyTorch's default. Not
 * thread-safe.
 */
@PublicEvolving
public final class LstmState {

  private final float[][] h; // [numLayers] of (hiddenSize)
  private final float[][] c; // [numLayers] of (hiddenSize)

  /** A state of zeros; with no layers it is empty. */
  public LstmState(int numLayers, int hiddenSize) {
    this.h = new float[numLayers][hiddenSize];
    this.c = new float[numLayers][hiddenSize];
  }

  public int numLayers() {
    return h.length;
  }

  public int hiddenSize() {
    return h.length == 0 ? 0 : h[0].length;
  }

  /** The hidden state of a layer, (hiddenSize): the live array, not a copy. */
  public float[] h(int layer) {
    return h[layer];
  }

  /** The cell state of a layer, (hiddenSize): the live array, not a copy. */
  public float[] c(int layer) {
    return c[layer];
  }

  /** Overwrites this state with another of the same sizes. */
  public void copyFrom(LstmState other) {
    for (int l = 0; l < h.length; l++) {
      System.arraycopy(other.h[l], 0, h[l], 0, h[l].length);
      System.arraycopy(other.c[l], 0, c[l], 0, c[l].length);
    }
  }

  /** Whether every number of the state is finite. */
  public boolean isFinite() {
    // 0 * x is NaN for every x that is not finite and a zero otherwise, so one sum checks them all.
    float probe = 0f;
    for (int l = 0; l < h.length; l++) {
      float[] hl = h[l];
      float[] cl = c[l];
      for (int k = 0; k < hl.length; k++) {
        probe += 0f * hl[k] + 0f * cl[k];
      }
    }
    return probe == 0f;
  }
}
