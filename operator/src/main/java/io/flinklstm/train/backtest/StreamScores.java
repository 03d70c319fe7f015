package io.flinklstm.train.backtest;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges forecasts: of one stream, or of several together. */
final class StreamScores {

  private final int horizon;
  private final ScoreSums[] steps; // (horizon)
  private final ScoreSums mean = new ScoreSums();
  private long origins;

  StreamScores(int horizon) {
    this.horizon = horizon;
    this.steps = new ScoreSums[horizon];
    for (int k = 0; k < horizon; k++) {
      steps[k] = new ScoreSums();
    }
  }

  /**
   * The scores of a stream.
   *
   * @param ridge the baseline, or null for none
   * @param z (size), the stream's standardized target. Not modified
   */
  static StreamScores of(
      StreamForecasts forecasts, int horizon, @Nullable Ridge ridge, double[] z) {
    StreamScores scores = new StreamScores(horizon);
    scores.judge(forecasts, ridge, z);
    return scores;
  }

  private void judge(StreamForecasts forecasts, @Nullable Ridge ridge, double[] z) {
    origins = forecasts.count();
    TargetScale scale = forecasts.scale();
    // Row 0 is for the mean over the horizon.
    double[][] noChangeLess = new double[horizon + 1][forecasts.count()];
    double[][] ridgeLess = new double[horizon + 1][ridge == null ? 0 : forecasts.count()];
    double[] moves = new double[horizon];
    for (int origin = 0; origin < forecasts.count(); origin++) {
      double last = forecasts.last(origin);
      if (ridge != null) {
        ridge.forecast(scale, z, forecasts.index(origin), moves);
      }
      for (int k = 1; k <= horizon; k++) {
        ScoreSums sums = steps[k - 1];
        double actual = forecasts.actual(origin, k);
        double actualMove = scale.move(last, actual);
        double forecast = forecasts.forecast(origin, k);
        double forecastMove = scale.move(last, forecast);
        double loss = square(forecastMove - actualMove);
        sums.model.add(forecast, forecastMove, actual, actualMove);
        sums.noChange.add(last, 0, actual, actualMove);
        noChangeLess[k][origin] = square(actualMove) - loss;
        noChangeLess[0][origin] += noChangeLess[k][origin] / horizon;
        if (ridge != null) {
          double move = moves[k - 1];
          sums.ridge.add(scale.value(last, move), move, actual, actualMove);
          ridgeLess[k][origin] = square(move - actualMove) - loss;
          ridgeLess[0][origin] += ridgeLess[k][origin] / horizon;
        }
      }
    }
    for (int k = 1; k <= horizon; k++) {
      steps[k - 1].againstNoChange.add(noChangeLess[k], k);
      steps[k - 1].againstRidge.add(ridgeLess[k], k);
      mean.addErrors(steps[k - 1]);
    }
    mean.againstNoChange.add(noChangeLess[0], horizon);
    mean.againstRidge.add(ridgeLess[0], horizon);
  }

  private static double square(double value) {
    return value * value;
  }

  void addAll(StreamScores other) {
    origins += other.origins;
    for (int k = 0; k < horizon; k++) {
      steps[k].addAll(other.steps[k]);
    }
    mean.addAll(other.mean);
  }

  long origins() {
    return origins;
  }

  /** A score for each horizon step. */
  List<Score> steps(boolean hasUnit) {
    List<Score> scores = new ArrayList<>();
    for (int k = 0; k < horizon; k++) {
      scores.add(steps[k].score(k + 1, origins, hasUnit));
    }
    return scores;
  }

  /** The score over all horizon steps. */
  Score mean(boolean hasUnit) {
    return mean.score(0, origins, hasUnit);
  }
}
