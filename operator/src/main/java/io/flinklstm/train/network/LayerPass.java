package io.flinklstm.train.network;

import io.flinklstm.math.CellGradient;
import io.flinklstm.math.Matrix;
import io.flinklstm.math.MatrixKernel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One LSTM layer over all steps of a slice of a batch, forward and backward: backpropagation
 * through time [1], truncated at the first step. Owns what forward computes until backward has used
 * it. Belongs to one thread.
 *
 * <p>Forward, with x(t), h(t), c(t) matrices with one row per sequence, for every gate q:
 *
 * <pre>
 *   z_q(t) = b_q + x(t) W_q' + h(t-1) U_q'
 * </pre>
 *
 * <p>and then element by element, as {@link CellGradient} describes. Backward, from the last step
 * to the first, with dh(t) the derivative of the loss with respect to h(t), which is what comes
 * from above (the head or the next layer) plus what comes from step t+1:
 *
 * <pre>
 *   dz_q(t)  from dh(t) and dc(t), element by element
 *   dh(t-1) += sum over q of dz_q(t) U_q
 *   dx(t)    = sum over q of dz_q(t) W_q
 *   dW_q    += dz_q(t)' x(t)         dU_q += dz_q(t)' h(t-1)         db_q += column sums of dz_q(t)
 * </pre>
 *
 * <p>Each product costs batch * hiddenSize * (inputSize or hiddenSize) multiply-adds per step and
 * gate; backward costs twice what forward does.
 *
 * <p>[1] P. J. Werbos: Backpropagation Through Time: What It Does and How to Do It. Proceedings of
 * the IEEE 78(10), 1990.
 */
final class LayerPass {

  private static final int GATES = PackedLayer.GATES;

  private final int hiddenSize;
  private final int batch;
  private final int steps;
  private final MatrixKernel kernel;

  // [.] of (batch, hiddenSize); those of steps + 1 begin with the initial state
  private final float[][][] gates; // [steps][4], i,f,g,o, after backward their derivatives
  private final float[][] h; // [steps + 1]
  private final float[][] c; // [steps + 1]
  private final float[][] cTanh; // [steps]
  private final float[][] dh; // [steps + 1]
  private final float[] dc;

  private final Matrix[][] gateViews; // [steps][4] of (batch, hiddenSize)
  private final Matrix[] hViews; // [steps + 1] of (batch, hiddenSize)
  private final Matrix[] dhViews; // [steps + 1] of (batch, hiddenSize)
  private final Matrix ones; // (1, batch)
  private final PackedGradient sums;

  LayerPass(int inputSize, int hiddenSize, int batch, int steps, MatrixKernel kernel) {
    this.hiddenSize = hiddenSize;
    this.batch = batch;
    this.steps = steps;
    this.kernel = kernel;
    int n = batch * hiddenSize;
    this.gates = new float[steps][GATES][n];
    this.h = new float[steps + 1][n];
    this.c = new float[steps + 1][n];
    this.cTanh = new float[steps][n];
    this.dh = new float[steps + 1][n];
    this.dc = new float[n];
    this.gateViews = new Matrix[steps][];
    for (int t = 0; t < steps; t++) {
      gateViews[t] = views(gates[t], batch, hiddenSize);
    }
    this.hViews = views(h, batch, hiddenSize);
    this.dhViews = views(dh, batch, hiddenSize);
    float[] one = new float[batch];
    Arrays.fill(one, 1f);
    this.ones = Matrix.of(one, 1, batch);
    this.sums = new PackedGradient(inputSize, hiddenSize);
  }

  static Matrix[] views(float[][] arrays, int rows, int columns) {
    Matrix[] views = new Matrix[arrays.length];
    for (int k = 0; k < arrays.length; k++) {
      views[k] = Matrix.of(arrays[k], rows, columns);
    }
    return views;
  }

  /** [steps + 1] of (batch, hiddenSize), h before the first step and after each: live. */
  float[][] h() {
    return h;
  }

  /** As {@link #h()}, for c. */
  float[][] c() {
    return c;
  }

  /** [steps] of (batch, hiddenSize), h after each step. */
  Matrix[] outputs() {
    return Arrays.copyOfRange(hViews, 1, steps + 1);
  }

  /**
   * [steps] of (batch, hiddenSize), the derivatives with respect to h after each step: to be filled
   * between forward and backward with what comes from above.
   */
  Matrix[] outputGradients() {
    return Arrays.copyOfRange(dhViews, 1, steps + 1);
  }

  /**
   * (batch, hiddenSize), after backward: the derivative with respect to h before the first step.
   */
  float[] initialHiddenGradient() {
    return dh[0];
  }

  /**
   * (batch, hiddenSize), after backward: the derivative with respect to c before the first step.
   */
  float[] initialCellGradient() {
    return dc;
  }

  /**
   * Runs all steps from the initial state, which is in h()[0] and c()[0].
   *
   * @param x [steps] of (batch, inputSize). Not modified
   */
  void forward(PackedLayer weights, Matrix[] x) {
    for (int t = 0; t < steps; t++) {
      for (int q = 0; q < GATES; q++) {
        fillRows(gates[t][q], weights.bias, q * hiddenSize);
      }
      kernel.multiplyAdd(x[t], weights.inputToGate, gateViews[t]);
      kernel.multiplyAdd(hViews[t], weights.hiddenToGate, gateViews[t]);
      CellGradient.forward(gates[t], c[t], c[t + 1], cTanh[t], h[t + 1]);
    }
  }

  private void fillRows(float[] target, float[] bias, int from) {
    for (int b = 0; b < batch; b++) {
      System.arraycopy(bias, from, target, b * hiddenSize, hiddenSize);
    }
  }

  /** Clears the derivatives with respect to h before they are filled. */
  void clearGradients() {
    for (float[] array : dh) {
      Arrays.fill(array, 0f);
    }
    Arrays.fill(dc, 0f);
  }

  /**
   * Runs all steps backward.
   *
   * @param x [steps] of (batch, inputSize), as in forward. Not modified
   * @param dx [steps] of (batch, inputSize), to which the derivatives with respect to x are added;
   *     or null. Modified
   * @param gradient zeros, replaced by the derivatives with respect to the parameters. Modified
   */
  void backward(
      PackedLayer weights, Matrix[] x, Matrix @Nullable [] dx, LstmParameters.Layer gradient) {
    sums.clear();
    for (int t = steps - 1; t >= 0; t--) {
      CellGradient.backward(gates[t], c[t], cTanh[t], dh[t + 1], dc);
      for (int q = 0; q < GATES; q++) {
        kernel.multiplyAdd(gateViews[t][q], weights.weightHh[q], dhViews[t]);
        if (dx != null) {
          kernel.multiplyAdd(gateViews[t][q], weights.weightIh[q], dx[t]);
        }
      }
      kernel.multiplyAdd(x[t].transposed(), gateViews[t], sums.inputToGate);
      kernel.multiplyAdd(hViews[t].transposed(), gateViews[t], sums.hiddenToGate);
      kernel.multiplyAdd(ones, gateViews[t], sums.bias);
    }
    sums.copyTo(gradient);
  }
}
