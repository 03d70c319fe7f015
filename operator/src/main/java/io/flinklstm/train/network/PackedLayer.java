package io.flinklstm.train.network;

import io.flinklstm.math.Matrix;

/**
 * One layer's weights as the products of {@link LayerPass} need them, gate by gate. The matrices of
 * the backward pass are views of the parameters; those of the forward pass are transposed copies,
 * which {@link #refresh} updates after every change of the parameters. Between two refreshes any
 * number of threads may read.
 */
final class PackedLayer {

  static final int GATES = 4;

  final int inputSize;
  final int hiddenSize;
  final Matrix[] weightIh = new Matrix[GATES]; // [i,f,g,o] of (hiddenSize, inputSize), views
  final Matrix[] weightHh = new Matrix[GATES]; // [i,f,g,o] of (hiddenSize, hiddenSize), views
  final Matrix[] inputToGate = new Matrix[GATES]; // [i,f,g,o] of (inputSize, hiddenSize)
  final Matrix[] hiddenToGate = new Matrix[GATES]; // [i,f,g,o] of (hiddenSize, hiddenSize)
  final float[] bias; // (4*hiddenSize), b_ih + b_hh
  private final LstmParameters.Layer layer;

  PackedLayer(LstmParameters.Layer layer, int inputSize, int hiddenSize) {
    this.layer = layer;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.bias = new float[GATES * hiddenSize];
    for (int q = 0; q < GATES; q++) {
      int row = q * hiddenSize;
      weightIh[q] = Matrix.of(layer.weightIh(), row * inputSize, hiddenSize, inputSize);
      weightHh[q] = Matrix.of(layer.weightHh(), row * hiddenSize, hiddenSize, hiddenSize);
      inputToGate[q] = Matrix.of(new float[inputSize * hiddenSize], inputSize, hiddenSize);
      hiddenToGate[q] = Matrix.of(new float[hiddenSize * hiddenSize], hiddenSize, hiddenSize);
    }
    refresh();
  }

  void refresh() {
    for (int q = 0; q < GATES; q++) {
      weightIh[q].transposed().copyTo(inputToGate[q]);
      weightHh[q].transposed().copyTo(hiddenToGate[q]);
    }
    for (int r = 0; r < bias.length; r++) {
      bias[r] = layer.biasIh()[r] + layer.biasHh()[r];
    }
  }
}
