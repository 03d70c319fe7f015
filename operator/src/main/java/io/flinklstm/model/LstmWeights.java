package io.flinklstm.model;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trained parameters of a model, in PyTorch's layout. Immutable by convention: nobody writes to
 * the arrays after construction, so one instance may be shared by any number of threads. Java
 * serialization carries it from the client to the tasks as part of the job; it never enters state.
 *
 * @param config the sizes
 * @param layers one entry per layer, the first layer first
 * @param headWeight (outputSize, hiddenSize)
 * @param headBias (outputSize), or null for a head without bias
 */
@PublicEvolving
public record LstmWeights(
    LstmConfig config, List<Layer> layers, float[] headWeight, float @Nullable [] headBias)
    implements Serializable {

  /**
   * One LSTM layer.
   *
   * @param weightIh (4*hiddenSize, layer input size), rows i,f,g,o
   * @param weightHh (4*hiddenSize, hiddenSize), rows i,f,g,o
   * @param biasIh (4*hiddenSize), or null for a layer without biases
   * @param biasHh (4*hiddenSize), or null for a layer without biases
   * @param h0 (hiddenSize), h before the first step, or null for zeros
   * @param c0 (hiddenSize), c before the first step, or null for zeros
   */
  public record Layer(
      float[] weightIh,
      float[] weightHh,
      float @Nullable [] biasIh,
      float @Nullable [] biasHh,
      float @Nullable [] h0,
      float @Nullable [] c0)
      implements Serializable {

    /** A layer whose state starts at zero. */
    public Layer(
        float[] weightIh, float[] weightHh, float @Nullable [] biasIh, float @Nullable [] biasHh) {
      this(weightIh, weightHh, biasIh, biasHh, null, null);
    }

    private boolean hasSameBits(Layer other) {
      return Arrays.equals(weightIh, other.weightIh)
          && Arrays.equals(weightHh, other.weightHh)
          && Arrays.equals(biasIh, other.biasIh)
          && Arrays.equals(biasHh, other.biasHh)
          && Arrays.equals(h0, other.h0)
          && Arrays.equals(c0, other.c0);
    }
  }

  /**
   * Checks that every array has the expected size and every number is finite.
   *
   * @throws IllegalArgumentException naming the array, the expected and the actual size
   */
  public LstmWeights {
    layers = List.copyOf(layers);
    if (layers.size() != config.numLayers()) {
      throw new IllegalArgumentException(
          "layers of the model: expected " + config.numLayers() + ", got " + layers.size());
    }
    int gates = 4 * config.hiddenSize();
    for (int l = 0; l < layers.size(); l++) {
      Layer layer = layers.get(l);
      check("weight_ih_l" + l, layer.weightIh, gates * config.layerInputSize(l));
      check("weight_hh_l" + l, layer.weightHh, gates * config.hiddenSize());
      if ((layer.biasIh == null) != (layer.biasHh == null)) {
        throw new IllegalArgumentException(
            "biases of layer " + l + ": expected both bias_ih and bias_hh or neither, got one");
      }
      if (layer.biasIh != null) {
        check("bias_ih_l" + l, layer.biasIh, gates);
      }
      if (layer.biasHh != null) {
        check("bias_hh_l" + l, layer.biasHh, gates);
      }
      if ((layer.h0 == null) != (layer.c0 == null)) {
        throw new IllegalArgumentException(
            "initial state of layer " + l + ": expected both h0 and c0 or neither, got one");
      }
      if (layer.h0 != null) {
        check("h0_l" + l, layer.h0, config.hiddenSize());
      }
      if (layer.c0 != null) {
        check("c0_l" + l, layer.c0, config.hiddenSize());
      }
    }
    check("head weight", headWeight, config.outputSize() * config.hiddenSize());
    if (headBias != null) {
      check("head bias", headBias, config.outputSize());
    }
  }

  /** Whether the other has the same sizes and the same arrays with the same numbers. */
  public boolean hasSameBits(LstmWeights other) {
    if (!config.equals(other.config)) {
      return false;
    }
    for (int l = 0; l < layers.size(); l++) {
      if (!layers.get(l).hasSameBits(other.layers.get(l))) {
        return false;
      }
    }
    return Arrays.equals(headWeight, other.headWeight) && Arrays.equals(headBias, other.headBias);
  }

  private static void check(String name, float[] values, int expected) {
    if (values.length != expected) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + " numbers, got " + values.length);
    }
    for (int k = 0; k < values.length; k++) {
      if (!Float.isFinite(values[k])) {
        throw new IllegalArgumentException(
            name + ": expected finite numbers, got " + values[k] + " at index " + k);
      }
    }
  }
}
