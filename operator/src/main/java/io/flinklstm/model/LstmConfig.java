package io.flinklstm.model;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;

/**
 * The sizes of a stacked LSTM with a linear head.
 *
 * @param inputSize features per step, at least 1
 * @param hiddenSize width of h and c in every layer, at least 1
 * @param numLayers layers, at least 1
 * @param outputSize outputs of the head, at least 1
 */
@PublicEvolving
public record LstmConfig(int inputSize, int hiddenSize, int numLayers, int outputSize)
    implements Serializable {

  /** Guards the products below (4 * hiddenSize * hiddenSize) against overflow. */
  public static final int MAX_SIZE = 16_384;

  /** Bounds the size of one key's state. */
  public static final int MAX_LAYERS = 64;

  public LstmConfig {
    check("inputSize", inputSize, MAX_SIZE);
    check("hiddenSize", hiddenSize, MAX_SIZE);
    check("numLayers", numLayers, MAX_LAYERS);
    check("outputSize", outputSize, MAX_SIZE);
  }

  /**
   * Inputs of layer {@code layer}: the features for the first, h of the layer below for the rest.
   */
  public int layerInputSize(int layer) {
    return layer == 0 ? inputSize : hiddenSize;
  }

  /** Multiply-adds of one step through all layers, 4 * hiddenSize * (inputs + hiddenSize) each. */
  public long stepMultiplyAdds() {
    long sum = 0;
    for (int l = 0; l < numLayers; l++) {
      sum += 4L * hiddenSize * (layerInputSize(l) + hiddenSize);
    }
    return sum;
  }

  /** Multiply-adds of the linear layer. */
  public long headMultiplyAdds() {
    return (long) hiddenSize * outputSize;
  }

  private static void check(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          name + " of the model: expected 1 to " + max + ", got " + value);
    }
  }
}
