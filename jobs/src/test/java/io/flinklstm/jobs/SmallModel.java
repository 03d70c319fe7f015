package io.flinklstm.jobs;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * A model that costs almost nothing, of bid and ask unless other formulas are given. Its forecasts
 * rise, so those after a bid near the largest double exceed a double's range; an ask above 10,000
 * is an outlier.
 */
final class SmallModel {

  private static final int HIDDEN_SIZE = 4;
  private static final int HORIZON = 2;

  private SmallModel() {}

  static ForecastModel create() {
    return create("");
  }

  /**
   * @param prefix of the paths of bid and ask
   */
  static ForecastModel create(String prefix) {
    Formula bid = Formula.parse(prefix + "bid");
    Formula ask = Formula.parse(prefix + "ask");
    return create(
        List.of(
            new Feature("return", bid, Transform.LOG_RETURN, 2, 1, 20),
            new Feature("ask", ask, Transform.IDENTITY, 0, 10, 5, 1000),
            new Feature("pause", Formula.parse("elapsed()"), Transform.LOG1P, 3, 2, 20)));
  }

  /** A model of the values of formulas, the first of which is forecast. */
  static ForecastModel of(List<Formula> formulas) {
    return create(
        formulas.stream()
            .map(formula -> new Feature(formula.toString(), formula, Transform.IDENTITY, 0, 9, 20))
            .toList());
  }

  private static ForecastModel create(List<Feature> features) {
    Random random = new Random(5);
    LstmWeights weights =
        new LstmWeights(
            new LstmConfig(features.size(), HIDDEN_SIZE, 1, HORIZON),
            List.of(
                new LstmWeights.Layer(
                    floats(random, 4 * HIDDEN_SIZE * features.size()),
                    floats(random, 4 * HIDDEN_SIZE * HIDDEN_SIZE),
                    floats(random, 4 * HIDDEN_SIZE),
                    floats(random, 4 * HIDDEN_SIZE))),
            floats(random, HORIZON * HIDDEN_SIZE),
            floats(random, HORIZON));
    ModelCard card =
        new ModelCard(
            "small",
            "1",
            3,
            HORIZON,
            ModelCard.Context.CARRY,
            Duration.ofMillis(900),
            ModelCard.GapPolicy.RESET,
            features,
            features.get(0).name(),
            "{}");
    return new ForecastModel(weights, card);
  }

  private static float[] floats(Random random, int count) {
    float[] floats = new float[count];
    for (int k = 0; k < count; k++) {
      floats[k] = (random.nextFloat() - 0.5f) * 0.6f;
    }
    return floats;
  }
}
