package io.flinklstm.train.network;

import io.flinklstm.model.LstmConfig;

/**
 * h and c of a batch of sequences at one moment, or the derivatives of a loss with respect to them.
 *
 * @param h [numLayers] of (batch, hiddenSize), the live arrays
 * @param c [numLayers] of (batch, hiddenSize), the live arrays
 */
public record BatchState(float[][] h, float[][] c) {

  /** A state of zeros. */
  public static BatchState zeros(LstmConfig config, int batch) {
    int length = Math.multiplyExact(batch, config.hiddenSize());
    return new BatchState(
        new float[config.numLayers()][length], new float[config.numLayers()][length]);
  }
}
