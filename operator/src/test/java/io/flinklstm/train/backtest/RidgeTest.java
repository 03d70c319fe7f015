package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Transform;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Split;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RidgeTest {

  private static final Split SPLIT = new Split(60, 0, 40);

  @Test
  void withOneLagIsTheShrunkenCovariance() {
    Fit fit = new Fit(Transform.DIFFERENCE, 1, 1, Streams.walk(3, 100, 50));
    // Origins are rows 0 to 58; the first one's difference is 0.
    double xMean = 0;
    double yMean = 0;
    for (int t = 0; t < 59; t++) {
      xMean += fit.z[t] / 59;
      yMean += fit.z[t + 1] / 59;
    }
    double xy = 0;
    double xx = 0;
    for (int t = 0; t < 59; t++) {
      xy += (fit.z[t] - xMean) * (fit.z[t + 1] - yMean);
      xx += (fit.z[t] - xMean) * (fit.z[t] - xMean);
    }
    double weight = xy / (1.1 * xx);
    double step = yMean + weight * (fit.z[80] - xMean);
    assertThat(fit.forecast(80)[0]).isCloseTo(step, within(1e-12));
  }

  @Test
  void itsGradientVanishes() {
    // d/dw of |y - Xw - b|^2 + lambda m |w|^2, where w is read off unit moves of each lag.
    int lags = 3;
    Fit fit = new Fit(Transform.LOG_RETURN, 2, lags, Streams.walk(4, 100, 50));
    double diagonal = 0; // of the centred X'X
    for (int lag = 0; lag < lags; lag++) {
      double mean = 0;
      for (int t = lags - 1; t < 58; t++) {
        mean += fit.z[t - lag] / (58 - lags + 1);
      }
      for (int t = lags - 1; t < 58; t++) {
        diagonal += Math.pow(fit.z[t - lag] - mean, 2) / lags;
      }
    }
    double[] zeros = new double[lags];
    for (int step = 0; step < 2; step++) {
      double intercept = fit.step(zeros, step);
      for (int lag = 0; lag < lags; lag++) {
        double[] one = new double[lags];
        one[lags - 1 - lag] = 1;
        double weight = fit.step(one, step) - intercept;
        double gradient = 0;
        for (int t = lags - 1; t < 58; t++) {
          double[] window = java.util.Arrays.copyOfRange(fit.z, t - lags + 1, t + 1);
          gradient += (fit.z[t + 1 + step] - fit.step(window, step)) * fit.z[t - lag];
        }
        assertThat(gradient).isCloseTo(0.1 * diagonal * weight, within(1e-9));
      }
    }
  }

  @Test
  void levelsAreTakenFromTheLastOne() {
    double[] values = Streams.walk(5, 100, 50);
    Fit fit = new Fit(Transform.IDENTITY, 2, 5, values);
    double[] raised = values.clone();
    for (int row = 70; row < 100; row++) {
      raised[row] += 1000;
    }
    Fit other = new Fit(Transform.IDENTITY, 2, 5, raised);
    assertThat(other.forecast(80)[1]).isCloseTo(fit.forecast(80)[1], within(1e-9));
  }

  @Test
  void learnsFromTheTrainingRowsOnly() {
    double[] values = Streams.walk(6, 100, 50);
    double[] other = values.clone();
    for (int row = 60; row < 100; row++) {
      other[row] = 2 * values[row] + row;
    }
    assertThat(new Fit(Transform.LOG_RETURN, 3, 4, other).forecast(50))
        .isEqualTo(new Fit(Transform.LOG_RETURN, 3, 4, values).forecast(50));
  }

  @Test
  void findsAStreamThatAlternates() {
    double[] values = new double[100];
    for (int row = 0; row < values.length; row++) {
      values[row] = row % 2;
    }
    double[] moves = new Fit(Transform.IDENTITY, 2, 4, values).forecast(81);
    assertThat(moves[0] * 0.5).isCloseTo(-1, within(0.1));
    assertThat(moves[1]).isCloseTo(0, within(1e-9));
  }

  @Test
  void forecastsLevelsAsWellAsTheirDifferences() {
    // Differences with d(t) = -0.6 d(t-1) + noise around a level that is far away.
    Random random = new Random(3);
    double[] values = new double[1000];
    double difference = 0;
    values[0] = 500;
    for (int t = 1; t < values.length; t++) {
      difference = -0.6 * difference + random.nextGaussian();
      values[t] = values[t - 1] + difference;
    }
    Split split = new Split(700, 0, 300);
    double bySteps = new Fit(Transform.DIFFERENCE, 1, 10, split, values).skill();
    assertThat(bySteps).isBetween(0.25, 0.45);
    assertThat(new Fit(Transform.IDENTITY, 1, 10, split, values).skill())
        .isBetween(0.7 * bySteps, 1.1 * bySteps);
  }

  @Test
  void isNoWorseThanNoChangeOnManyShortWalks() {
    History history = new History(1);
    for (int s = 0; s < 500; s++) {
      Streams.add(history, "s" + s, Streams.walk(s, 40, 50));
    }
    Dataset dataset = Dataset.of(history, Streams.card(5, Transform.LOG_RETURN), Split.DEFAULT);
    List<TargetScale> scales =
        dataset.series().stream().map(stream -> TargetScale.of(dataset, stream)).toList();
    Ridge ridge = Ridge.fit(dataset, scales, 3);
    double[] sums = new double[2];
    for (int s = 0; s < scales.size(); s++) {
      addSquares(dataset, dataset.series().get(s), scales.get(s), ridge, 5, sums);
    }
    assertThat(1 - sums[0] / sums[1]).isBetween(-0.02, 0.01);
  }

  /** Adds the squared errors of the last step over the test part, the ridge's and no change's. */
  private static void addSquares(
      Dataset dataset,
      EncodedSeries stream,
      TargetScale scale,
      Ridge ridge,
      int horizon,
      double[] sums) {
    double[] z = scale.inUnits(dataset, stream);
    double[] moves = new double[horizon];
    for (int index = ridge.lags(); index < stream.size(); index++) {
      if (dataset.isOrigin(stream, index, Split.Part.TEST)) {
        ridge.forecast(scale, z, index, moves);
        double actual = scale.move(stream.value(index), stream.value(index + horizon));
        sums[0] += Math.pow(moves[horizon - 1] - actual, 2);
        sums[1] += actual * actual;
      }
    }
  }

  @Test
  void thereIsNoneWithoutOrigins() {
    Dataset dataset =
        Dataset.of(
            Streams.history("a", 1, 2, 3, 4),
            Streams.card(1, Transform.IDENTITY),
            new Split(2, 1, 1));
    TargetScale scale = TargetScale.of(dataset, dataset.series().get(0));
    assertThat(Ridge.fit(dataset, List.of(scale), 3)).isNull();
  }

  /** One stream and the ridge of its first 60 rows. */
  private static final class Fit {

    final Dataset dataset;
    final TargetScale scale;
    final double[] z;
    final Ridge ridge;
    final int horizon;

    Fit(Transform transform, int horizon, int lags, double... values) {
      this(transform, horizon, lags, SPLIT, values);
    }

    Fit(Transform transform, int horizon, int lags, Split split, double... values) {
      this.horizon = horizon;
      History history = Streams.history("a", values);
      this.dataset = Dataset.of(history, Streams.card(horizon, transform), split);
      EncodedSeries stream = dataset.series().get(0);
      this.scale = TargetScale.of(dataset, stream);
      this.z = scale.inUnits(dataset, stream);
      this.ridge = Ridge.fit(dataset, List.of(scale), lags);
    }

    /** How much lower its squared error is than that of no change, on the test part. */
    double skill() {
      double[] sums = new double[2];
      addSquares(dataset, dataset.series().get(0), scale, ridge, horizon, sums);
      return 1 - sums[0] / sums[1];
    }

    double[] forecast(int index) {
      return forecast(z, index);
    }

    private double[] forecast(double[] targets, int index) {
      double[] moves = new double[horizon];
      ridge.forecast(scale, targets, index, moves);
      return moves;
    }

    /** The step in units that is forecast for a window, oldest first. */
    double step(double[] window, int step) {
      double[] moves = forecast(window, window.length - 1);
      return step == 0 ? moves[0] : moves[step] - moves[step - 1];
    }
  }
}
