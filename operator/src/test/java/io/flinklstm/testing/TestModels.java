package io.flinklstm.testing;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small models with weights from a seed, and the cards for them. */
public final class TestModels {

  private TestModels() {}

  /** Weights as PyTorch initialises them: uniform within 1/sqrt(hiddenSize) of zero. */
  public static LstmWeights weights(LstmConfig config, long seed) {
    Random random = new Random(seed);
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

  /** Numbers within a bound of zero. */
  public static float[] uniform(Random random, float bound, int length) {
    float[] values = new float[length];
    for (int k = 0; k < length; k++) {
      values[k] = bound * (2 * random.nextFloat() - 1);
    }
    return values;
  }

  /** A feature without a clip. */
  public static Feature feature(
      String name, String formula, Transform transform, double mean, double std) {
    return new Feature(
        name, Formula.parse(formula), transform, mean, std, Double.POSITIVE_INFINITY);
  }

  /** The fields f0, f1, ... as they are. */
  public static List<Feature> identityFeatures(int inputSize) {
    return IntStream.range(0, inputSize)
        .mapToObj(k -> feature("f" + k, "f" + k, Transform.IDENTITY, 0, 1))
        .toList();
  }

  /**
   * A card without a gap whose target is its first feature; lookback 3; a window if one is needed.
   */
  public static ModelCard card(int horizon, List<Feature> features) {
    return card(horizon, null, ModelCard.GapPolicy.KEEP, features);
  }

  /** As {@link #card(int, List)}, with a gap. */
  public static ModelCard card(
      int horizon, Duration gap, ModelCard.GapPolicy policy, List<Feature> features) {
    return new ModelCard(
        "test",
        "1",
        3,
        horizon,
        features.stream().anyMatch(feature -> feature.transform().isWindowRelative())
            ? ModelCard.Context.WINDOW
            : ModelCard.Context.CARRY,
        gap,
        policy,
        features,
        features.get(0).name(),
        "{}");
  }

  /** A model of two layers of eight with one output per horizon step. */
  public static ForecastModel direct(ModelCard card) {
    return model(card, 8, 2, card.horizon());
  }

  /** A model of two layers of eight with one output, whatever the horizon. */
  public static ForecastModel rolledOut(ModelCard card) {
    return model(card, 8, 2, 1);
  }

  public static ForecastModel model(ModelCard card, int hiddenSize, int numLayers, int outputSize) {
    LstmConfig config = new LstmConfig(card.features().size(), hiddenSize, numLayers, outputSize);
    return new ForecastModel(weights(config, 42), card);
  }
}
