package io.flinklstm.benchmarks.harness;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Weights and inputs from a fixed seed: speed does not depend on their values. */
public final class RandomWeights {

  private static final long SEED = 42;

  private RandomWeights() {}

  /** Weights as PyTorch initialises them: uniform within 1/sqrt(hiddenSize) of zero. */
  public static LstmWeights of(LstmConfig config) {
    Random random = new Random(SEED);
    float bound = (float) (1 / Math.sqrt(config.hiddenSize()));
    int gates = 4 * config.hiddenSize();
    List<LstmWeights.Layer> layers = new ArrayList<>();
    for (int l = 0; l < config.numLayers(); l++) {
      layers.add(
          new LstmWeights.Layer(
              uniform(random, bound, gates * config.layerInputSize(l)),
              uniform(random, bound, gates * config.hiddenSize()),
              uniform(random, bound, gates),
              uniform(random, bound, gates)));
    }
    return new LstmWeights(
        config,
        layers,
        uniform(random, bound, config.outputSize() * config.hiddenSize()),
        uniform(random, bound, config.outputSize()));
  }

  private static float[] uniform(Random random, float bound, int length) {
    float[] values = new float[length];
    for (int k = 0; k < length; k++) {
      values[k] = bound * (2 * random.nextFloat() - 1);
    }
    return values;
  }

  /** Standard normal inputs, (steps, inputSize). */
  public static float[][] inputs(int steps, int inputSize) {
    Random random = new Random(SEED + 1);
    float[][] inputs = new float[steps][inputSize];
    for (float[] input : inputs) {
      for (int k = 0; k < inputSize; k++) {
        input[k] = (float) random.nextGaussian();
      }
    }
    return inputs;
  }
}
