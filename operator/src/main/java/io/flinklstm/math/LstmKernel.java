package io.flinklstm.math;

import io.flinklstm.annotation.PublicEvolving;

/**
 * The arithmetic of an LSTM layer and of the linear head, over weights that were packed once.
 *
 * <p>Every kernel except the EJML reference meets this contract of {@link Cell#step} and {@link
 * Head#apply} to the last bit, so a running stream can switch kernels:
 *
 * <pre>
 *   gate r     starts from bias[r] (b_ih + b_hh, added once at load), then one fused multiply-add
 *              for each column of x ascending, then for each column of h ascending
 *   tanh       {@link Activations#tanh(float)}, sigmoid(x) = fma(1/2, tanh(x/2), 1/2)
 *   c(t)       fma(f, c(t-1), i * g)
 *   h(t)       o * tanh(c(t))
 *   y          sixteen partial sums by index mod 16, each by fused multiply-adds ascending; then
 *              partial[k] += partial[k + w] for w = 8, 4, 2, 1; then + bias
 * </pre>
 *
 * <p>Kernels are pure functions on arrays and check nothing: their callers, {@code LstmCell} and
 * {@code Linear}, are responsible for shapes. A packed layer owns scratch memory, so it belongs to
 * one thread.
 */
@PublicEvolving
public interface LstmKernel {

  /** The name of the kernel's {@link KernelType}, in lower case. */
  String name();

  /** Whether this kernel meets the contract to the last bit. */
  default boolean isBitExact() {
    return true;
  }

  /** The most states that a {@link Cell} advances at once. */
  int MAX_BUNDLE = 8;

  /** Whether a large layer advances several states faster together than one by one. */
  default boolean gainsByBundles() {
    return false;
  }

  /**
   * Packs one layer.
   *
   * @param weightIh (4*hiddenSize, inputSize), rows i,f,g,o. Not modified, may be kept
   * @param weightHh (4*hiddenSize, hiddenSize), rows i,f,g,o. Not modified, may be kept
   * @param bias (4*hiddenSize), b_ih + b_hh. Not modified, may be kept
   */
  Cell cell(int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias);

  /**
   * Packs a linear layer.
   *
   * @param weight (outputSize, hiddenSize). Not modified, may be kept
   * @param bias (outputSize). Not modified, may be kept
   */
  Head head(int hiddenSize, int outputSize, float[] weight, float[] bias);

  /** One LSTM layer. Not thread-safe. */
  interface Cell {
    /**
     * Advances the layer by one time step.
     *
     * @param x (inputSize). Not modified
     * @param h (hiddenSize), h(t-1). Not modified, unless it is also hNext
     * @param c (hiddenSize), c(t-1). Not modified, unless it is also cNext
     * @param hNext (hiddenSize), h(t). Modified
     * @param cNext (hiddenSize), c(t). Modified
     */
    void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext);

    /**
     * Advances several states by one time step each. The result is, bit for bit, that of one call
     * of {@link #step(float[], float[], float[], float[], float[])} with the k-th arrays for each
     * k.
     *
     * @param count number of states, 0 to {@link #MAX_BUNDLE}
     */
    default void step(
        float[][] x, float[][] h, float[][] c, float[][] hNext, float[][] cNext, int count) {
      for (int k = 0; k < count; k++) {
        step(x[k], h[k], c[k], hNext[k], cNext[k]);
      }
    }
  }

  /** A linear layer. Not thread-safe. */
  interface Head {
    /**
     * y = V h + d.
     *
     * @param h (hiddenSize). Not modified
     * @param y (outputSize). Modified
     */
    void apply(float[] h, float[] y);
  }
}
