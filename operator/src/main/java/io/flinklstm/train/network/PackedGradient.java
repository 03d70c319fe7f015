package io.flinklstm.train.network;

import io.flinklstm.math.Matrix;
import java.util.Arrays;

/**
 * The derivatives with respect to one layer's weights while they are summed over the steps: gate by
 * gate and transposed, because the products are fastest with long rows. Belongs to one thread.
 */
final class PackedGradient {

  private static final int GATES = PackedLayer.GATES;

  final Matrix[] inputToGate; // [i,f,g,o] of (inputSize, hiddenSize)
  final Matrix[] hiddenToGate; // [i,f,g,o] of (hiddenSize, hiddenSize)
  final Matrix[] bias; // [i,f,g,o] of (1, hiddenSize)

  PackedGradient(int inputSize, int hiddenSize) {
    this.inputToGate = zeros(inputSize, hiddenSize);
    this.hiddenToGate = zeros(hiddenSize, hiddenSize);
    this.bias = zeros(1, hiddenSize);
  }

  private static Matrix[] zeros(int rows, int columns) {
    return LayerPass.views(new float[GATES][rows * columns], rows, columns);
  }

  void clear() {
    for (int q = 0; q < GATES; q++) {
      Arrays.fill(inputToGate[q].data(), 0f);
      Arrays.fill(hiddenToGate[q].data(), 0f);
      Arrays.fill(bias[q].data(), 0f);
    }
  }

  /** Writes the sums in PyTorch's layout; both biases get the same. */
  void copyTo(LstmParameters.Layer gradient) {
    for (int q = 0; q < GATES; q++) {
      copy(inputToGate[q], gradient.weightIh(), q);
      copy(hiddenToGate[q], gradient.weightHh(), q);
      copy(bias[q], gradient.biasIh(), q);
      copy(bias[q], gradient.biasHh(), q);
    }
  }

  /** Copies to the rows of gate q. */
  private static void copy(Matrix gate, float[] target, int q) {
    int from = q * gate.rows() * gate.columns();
    gate.transposed().copyTo(Matrix.of(target, from, gate.columns(), gate.rows()));
  }
}
