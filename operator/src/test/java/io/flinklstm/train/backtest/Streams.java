package io.flinklstm.train.backtest;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Transform;
import io.flinklstm.testing.TestModels;
import io.flinklstm.train.data.History;
import java.util.List;
import java.util.Random;

/** Small histories of one field, an observation each second, and cards for them. */
final class Streams {

  private Streams() {}

  /** A card whose only feature is the field; lookback 3. */
  static ModelCard card(int horizon, Transform transform) {
    return TestModels.card(
        horizon, List.of(TestModels.feature("target", "value", transform, 0, 1)));
  }

  static History history(String key, double... values) {
    return add(new History(1), key, values);
  }

  static History add(History history, String key, double... values) {
    for (int k = 0; k < values.length; k++) {
      history.add(
          new Observation(key, 1000L * k, new double[] {values[k]}, Observation.NO_SEQUENCE, null));
    }
    return history;
  }

  /** Positive numbers around a level, each different from the previous one. */
  static double[] walk(long seed, int length, double level) {
    Random random = new Random(seed);
    double[] values = new double[length];
    double value = level;
    for (int k = 0; k < length; k++) {
      value *= 1 + 0.01 * random.nextGaussian();
      values[k] = value;
    }
    return values;
  }
}
