package io.flinklstm.train.network;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that training changes, in PyTorch's layout; gradients and an optimiser's moments have
 * the same shape and use the same class. Mutable, unlike {@link LstmWeights}. Not thread-safe.
 */
public final class LstmParameters {

  private final LstmConfig config;
  private final List<Layer> layers; // [numLayers]
  private final float[] headWeight; // (outputSize, hiddenSize)
  private final float[] headBias; // (outputSize)
  private final List<float[]> arrays;

  /**
   * The parameters of one LSTM layer.
   *
   * @param weightIh (4*hiddenSize, layer input size), rows i,f,g,o
   * @param weightHh (4*hiddenSize, hiddenSize), rows i,f,g,o
   * @param biasIh (4*hiddenSize)
   * @param biasHh (4*hiddenSize)
   */
  public record Layer(float[] weightIh, float[] weightHh, float[] biasIh, float[] biasHh) {}

  private LstmParameters(
      LstmConfig config, List<Layer> layers, float[] headWeight, float[] headBias) {
    this.config = config;
    this.layers = List.copyOf(layers);
    this.headWeight = headWeight;
    this.headBias = headBias;
    List<float[]> all = new ArrayList<>();
    for (Layer layer : layers) {
      all.addAll(List.of(layer.weightIh(), layer.weightHh(), layer.biasIh(), layer.biasHh()));
    }
    all.add(headWeight);
    all.add(headBias);
    this.arrays = List.copyOf(all);
  }

  /** Parameters that are all zero. */
  public static LstmParameters zeros(LstmConfig config) {
    List<Layer> layers = new ArrayList<>();
    int gates = 4 * config.hiddenSize();
    for (int l = 0; l < config.numLayers(); l++) {
      layers.add(
          new Layer(
              new float[gates * config.layerInputSize(l)],
              new float[gates * config.hiddenSize()],
              new float[gates],
              new float[gates]));
    }
    return new LstmParameters(
        config,
        layers,
        new float[config.outputSize() * config.hiddenSize()],
        new float[config.outputSize()]);
  }

  /**
   * Initial parameters, drawn as PyTorch does: uniform within 1/sqrt(hiddenSize) of zero. The same
   * seed gives the same bits on every JVM, though not PyTorch's.
   */
  public static LstmParameters random(LstmConfig config, long seed) {
    LstmParameters parameters = zeros(config);
    Random random = new Random(seed);
    double bound = 1 / Math.sqrt(config.hiddenSize());
    for (float[] array : parameters.arrays) {
      for (int k = 0; k < array.length; k++) {
        array[k] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
    return parameters;
  }

  /**
   * A copy of a model's weights. Biases that the model does not have become zeros and are learned.
   *
   * @throws IllegalArgumentException if the model has an initial state: it belongs to the batches
   *     and would be lost here
   */
  public static LstmParameters of(LstmWeights weights) {
    LstmParameters parameters = zeros(weights.config());
    for (int l = 0; l < weights.config().numLayers(); l++) {
      LstmWeights.Layer from = weights.layers().get(l);
      if (from.h0() != null) {
        throw new IllegalArgumentException(
            "layer " + l + " of the model to train: expected no initial state, got one");
      }
      Layer to = parameters.layer(l);
      copy(from.weightIh(), to.weightIh());
      copy(from.weightHh(), to.weightHh());
      copy(from.biasIh(), to.biasIh());
      copy(from.biasHh(), to.biasHh());
    }
    copy(weights.headWeight(), parameters.headWeight);
    copy(weights.headBias(), parameters.headBias);
    return parameters;
  }

  private static void copy(float @Nullable [] from, float[] to) {
    if (from != null) {
      System.arraycopy(from, 0, to, 0, to.length);
    }
  }

  /**
   * The parameters as a model's weights: a copy.
   *
   * @throws IllegalArgumentException if a number is NaN or infinite, naming it
   */
  public LstmWeights toWeights() {
    List<LstmWeights.Layer> copies = new ArrayList<>();
    for (Layer layer : layers) {
      copies.add(
          new LstmWeights.Layer(
              layer.weightIh().clone(),
              layer.weightHh().clone(),
              layer.biasIh().clone(),
              layer.biasHh().clone()));
    }
    return new LstmWeights(config, copies, headWeight.clone(), headBias.clone());
  }

  public LstmConfig config() {
    return config;
  }

  /** The parameters of a layer: the live arrays. */
  public Layer layer(int layer) {
    return layers.get(layer);
  }

  /** (outputSize, hiddenSize): the live array. */
  public float[] headWeight() {
    return headWeight;
  }

  /** (outputSize): the live array. */
  public float[] headBias() {
    return headBias;
  }

  /** All arrays: weightIh, weightHh, biasIh, biasHh of each layer, then the head's two. */
  public List<float[]> arrays() {
    return arrays;
  }

  /** Sets every number to zero. */
  public void clear() {
    for (float[] array : arrays) {
      Arrays.fill(array, 0f);
    }
  }

  /** The same numbers in new arrays. */
  public LstmParameters copy() {
    LstmParameters copy = zeros(config);
    copy.copyFrom(this);
    return copy;
  }

  /**
   * Moves every number towards its counterpart in others of the same sizes, by a share of the gap.
   */
  public void follow(LstmParameters other, float share) {
    for (int a = 0; a < arrays.size(); a++) {
      follow(other.arrays.get(a), arrays.get(a), share);
    }
  }

  private static void follow(float[] from, float[] to, float share) {
    for (int k = 0; k < to.length; k++) {
      to[k] += share * (from[k] - to[k]);
    }
  }

  /** Overwrites these parameters with others of the same sizes. */
  public void copyFrom(LstmParameters other) {
    for (int a = 0; a < arrays.size(); a++) {
      copy(other.arrays.get(a), arrays.get(a));
    }
  }

  /** Adds others of the same sizes, number by number. */
  public void add(LstmParameters other) {
    for (int a = 0; a < arrays.size(); a++) {
      add(other.arrays.get(a), arrays.get(a));
    }
  }

  private static void add(float[] from, float[] to) {
    for (int k = 0; k < to.length; k++) {
      to[k] += from[k];
    }
  }
}
