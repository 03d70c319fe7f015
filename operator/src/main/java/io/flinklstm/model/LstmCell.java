package io.flinklstm.model;

import io.flinklstm.math.LstmKernel;

/**
 * One LSTM layer: advances h and c by one time step. Owns scratch memory, so it belongs to one
 * thread.
 *
 * <pre>
 *   f(t) = sigmoid(W_f x(t) + U_f h(t-1) + b_f)    forget gate: how much of the cell is kept
 *   i(t) = sigmoid(W_i x(t) + U_i h(t-1) + b_i)    input gate: how much may be written
 *   g(t) = tanh(W_g x(t) + U_g h(t-1) + b_g)       input modulation: what to write
 *   c(t) = f(t) * c(t-1) + i(t) * g(t)
 *   o(t) = sigmoid(W_o x(t) + U_o h(t-1) + b_o)    output gate: how much is shown
 *   h(t) = o(t) * tanh(c(t))
 * </pre>
 *
 * <p>where * is element-wise [1]; the gate order and the two biases are PyTorch's [2]. A step costs
 * 4 * hiddenSize * (inputSize + hiddenSize) multiply-adds.
 *
 * <p>[1] F. A. Gers, J. Schmidhuber, F. Cummins: Learning to Forget: Continual Prediction with
 * LSTM. Neural Computation 12(10), 2000. [2] PyTorch documentation, torch.nn.LSTM.
 */
public final class LstmCell {

  private final LstmKernel.Cell cell;

  public LstmCell(int inputSize, int hiddenSize, LstmWeights.Layer layer, LstmKernel kernel) {
    float[] bias = new float[4 * hiddenSize];
    if (layer.biasIh() != null && layer.biasHh() != null) {
      for (int r = 0; r < bias.length; r++) {
        bias[r] = layer.biasIh()[r] + layer.biasHh()[r];
      }
    }
    this.cell = kernel.cell(inputSize, hiddenSize, layer.weightIh(), layer.weightHh(), bias);
  }

  /**
   * @param x (inputSize). Not modified
   * @param h (hiddenSize), h(t-1). Not modified, unless it is also hNext
   * @param c (hiddenSize), c(t-1). Not modified, unless it is also cNext
   * @param hNext (hiddenSize), h(t). Modified
   * @param cNext (hiddenSize), c(t). Modified
   */
  public void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext) {
    cell.step(x, h, c, hNext, cNext);
  }

  /**
   * As {@link #step(float[], float[], float[], float[], float[])} for each of the first {@code
   * count} arrays, bit for bit.
   */
  public void step(
      float[][] x, float[][] h, float[][] c, float[][] hNext, float[][] cNext, int count) {
    cell.step(x, h, c, hNext, cNext, count);
  }
}
