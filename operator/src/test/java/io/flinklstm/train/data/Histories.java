package io.flinklstm.train.data;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.train.TrainingOptions;
import io.flinklstm.train.network.Adam;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Small histories and cards, fully known to the tests. */
public final class Histories {

  public static final long SECOND = 1000;

  private Histories() {}

  /** Prices whose log returns follow r(t) = phi r(t-1) + noise; phi 0 is a random walk. */
  public static History prices(double phi, int streams, int rows, long seed) {
    return prices(phi, streams, rows, seed, UnaryOperator.identity());
  }

  /** As above, with a change applied to every observation. */
  public static History prices(
      double phi, int streams, int rows, long seed, UnaryOperator<Observation> change) {
    History history = new History(1);
    for (int s = 0; s < streams; s++) {
      Random random = new Random(seed + s);
      double price = 100 * (s + 1);
      double logReturn = 0;
      for (int row = 0; row < rows; row++) {
        logReturn = phi * logReturn + 0.001 * random.nextGaussian();
        price *= StrictMath.exp(logReturn);
        history.add(change.apply(Observation.of("s" + s, row * SECOND, price)));
      }
    }
    return history;
  }

  /** A card of one feature, which is the target. */
  public static ModelCard card(
      ModelCard.Context context, Transform transform, int lookback, int horizon) {
    return card(context, transform, lookback, horizon, null);
  }

  /** As above; a pause longer than the gap resets the state. */
  public static ModelCard card(
      ModelCard.Context context, Transform transform, int lookback, int horizon, Duration gap) {
    Feature feature =
        new Feature("p", Formula.parse("price"), transform, 0, 1, Double.POSITIVE_INFINITY);
    return new ModelCard(
        "test",
        "1",
        lookback,
        horizon,
        context,
        gap,
        ModelCard.GapPolicy.RESET,
        List.of(feature),
        "p",
        "{}");
  }

  /** A dataset with scalers fitted to it. */
  public static Dataset dataset(History history, ModelCard card) {
    return Dataset.of(history, Scalers.fit(card, Set.of(), history, Split.DEFAULT), Split.DEFAULT);
  }

  /** Options for a small model and a short training run. */
  public static TrainingOptions options(int epochs, int patience) {
    TrainingOptions normal = TrainingOptions.defaults(ModelCard.Context.CARRY);
    return new TrainingOptions(
        new TrainingOptions.Network(16, 1),
        normal.loss(),
        normal.targetClip(),
        new TrainingOptions.Optimizer(
            Adam.Settings.DEFAULT, 5e-3, TrainingOptions.Decay.COSINE, 1, 1),
        new TrainingOptions.Batching(64, 40, 20),
        new TrainingOptions.Stopping(epochs, patience),
        7);
  }
}
