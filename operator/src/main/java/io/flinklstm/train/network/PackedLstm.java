package io.flinklstm.train.network;

import io.flinklstm.math.Matrix;
import io.flinklstm.model.LstmConfig;

/**
 * A model's parameters as the matrix products need them; between two calls of {@link #refresh} any
 * number of threads may read.
 */
final class PackedLstm {

  final LstmParameters parameters;
  final PackedLayer[] layers; // [numLayers]
  final Matrix headWeight; // (outputSize, hiddenSize), view

  PackedLstm(LstmParameters parameters) {
    this.parameters = parameters;
    LstmConfig config = parameters.config();
    this.layers = new PackedLayer[config.numLayers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] =
          new PackedLayer(parameters.layer(l), config.layerInputSize(l), config.hiddenSize());
    }
    this.headWeight = Matrix.of(parameters.headWeight(), config.outputSize(), config.hiddenSize());
  }

  void refresh() {
    for (PackedLayer layer : layers) {
      layer.refresh();
    }
  }
}
