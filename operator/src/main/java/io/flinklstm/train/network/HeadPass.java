package io.flinklstm.train.network;

import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.math.Matrix;
import io.flinklstm.math.MatrixKernel;
import io.flinklstm.model.LstmConfig;

/**
 * The linear head over a slice of a batch, forward and backward, after the last step or after every
 * one. Belongs to one thread.
 *
 * <pre>
 *   y = h V' + d        dV += dy' h        dd += column sums of dy        dh = dy V
 * </pre>
 */
final class HeadPass {

  private final LstmConfig config;
  private final int batch;
  private final int heads; // steps with an output
  private final MatrixKernel kernel;
  private final LstmKernel headKernel = KernelType.AUTO.create();
  private final float[][] y; // [heads] of (batch, outputSize)
  private final float[][] dy; // [heads] of (batch, outputSize)
  private final Matrix[] dyViews; // [heads] of (batch, outputSize)
  private final float[] hRow; // (hiddenSize)
  private final float[] yRow; // (outputSize)

  HeadPass(LstmConfig config, int batch, int heads, MatrixKernel kernel) {
    this.config = config;
    this.batch = batch;
    this.heads = heads;
    this.kernel = kernel;
    this.y = new float[heads][batch * config.outputSize()];
    this.dy = new float[heads][batch * config.outputSize()];
    this.dyViews = LayerPass.views(dy, batch, config.outputSize());
    this.hRow = new float[config.hiddenSize()];
    this.yRow = new float[config.outputSize()];
  }

  /**
   * Computes the outputs with the arithmetic of serving.
   *
   * @param h [steps] of (batch, hiddenSize), of which only the last ones count. Not modified
   */
  void forward(LstmParameters parameters, Matrix[] h) {
    LstmKernel.Head head =
        headKernel.head(hRow.length, yRow.length, parameters.headWeight(), parameters.headBias());
    for (int t = 0; t < heads; t++) {
      float[] from = h[h.length - heads + t].data();
      for (int b = 0; b < batch; b++) {
        System.arraycopy(from, b * hRow.length, hRow, 0, hRow.length);
        head.apply(hRow, yRow);
        System.arraycopy(yRow, 0, y[t], b * yRow.length, yRow.length);
      }
    }
  }

  /** Copies the outputs to this slice's place in those of the batch: (batch, heads, outputSize). */
  void copyOutputs(float[] target, int first) {
    int n = config.outputSize();
    for (int t = 0; t < heads; t++) {
      for (int b = 0; b < batch; b++) {
        System.arraycopy(y[t], b * n, target, ((first + b) * heads + t) * n, n);
      }
    }
  }

  /**
   * The sum of the losses of this slice; keeps their derivatives for {@link #backward}.
   *
   * @param target (batch, heads, outputSize) of the whole batch, NaN where unknown. Not modified
   * @param count known numbers in the whole batch, over which the mean is taken
   */
  double loss(Loss loss, float[] target, int first, int count) {
    int n = config.outputSize();
    double sum = 0;
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < heads; t++) {
        for (int k = 0; k < n; k++) {
          float wanted = target[((first + b) * heads + t) * n + k];
          float got = y[t][b * n + k];
          boolean known = !Float.isNaN(wanted);
          sum += known ? loss.value(got, wanted, k) : 0;
          dy[t][b * n + k] = known ? loss.slope(got, wanted, k) / count : 0;
        }
      }
    }
    return sum;
  }

  /**
   * @param h as in {@link #forward}. Not modified
   * @param dh [steps] of (batch, hiddenSize), to which the derivatives with respect to h are added.
   *     Modified
   * @param gradient to which the derivatives with respect to the head's parameters are added.
   *     Modified
   */
  void backward(PackedLstm weights, Matrix[] h, Matrix[] dh, LstmParameters gradient) {
    Matrix dV = Matrix.of(gradient.headWeight(), config.outputSize(), config.hiddenSize());
    for (int t = 0; t < heads; t++) {
      int step = h.length - heads + t;
      kernel.multiplyAdd(dyViews[t].transposed(), h[step], dV);
      kernel.multiplyAdd(dyViews[t], weights.headWeight, dh[step]);
      float[] bias = gradient.headBias();
      for (int k = 0; k < dy[t].length; k++) {
        bias[k % bias.length] += dy[t][k];
      }
    }
  }

  /** Whether these buffers fit a slice of these sizes. */
  boolean fits(int batch, int heads) {
    return this.batch == batch && this.heads == heads;
  }
}
