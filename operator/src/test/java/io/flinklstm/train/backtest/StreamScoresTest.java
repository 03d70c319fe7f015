package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Transform;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;
import org.junit.jupiter.api.Test;

/** Handmade forecasts of handmade values. */
class StreamScoresTest {

  /** Training rows of unit 1 (the first one is left out), then the judged rows. */
  private static final double[] VALUES = {9, 2, 0, 0, 2, 4, 4, 0, 5};

  @Test
  void errorsAreThoseOfTheirDefinitions() {
    StreamScores scores = scores(1, new double[] {3}, new double[] {5}, new double[] {3});
    Score score = scores.steps(true).get(0);
    // From 2, 4, 4: actual 4, 4, 0; forecasts 3, 5, 3.
    assertThat(score.count()).isEqualTo(3);
    assertThat(score.model().scaledSquared()).isCloseTo((1 + 1 + 9) / 3.0, within(1e-12));
    assertThat(score.model().mse()).isCloseTo(11 / 3.0, within(1e-12));
    assertThat(score.model().rmse()).isCloseTo(Math.sqrt(11 / 3.0), within(1e-12));
    assertThat(score.model().mae()).isCloseTo(5 / 3.0, within(1e-12));
    assertThat(score.model().bias()).isCloseTo(3 / 3.0, within(1e-12));
    // The actual value 0 has no percentage, the move 0 no direction.
    assertThat(score.model().mape()).isEqualTo(new Errors.Share(25, 2));
    assertThat(score.model().direction()).isEqualTo(new Errors.Share(1, 2));
    assertThat(score.noChange().errors().scaledSquared()).isCloseTo(20 / 3.0, within(1e-12));
    assertThat(score.noChange().errors().direction().count()).isZero();
    assertThat(score.noChange().skill()).isCloseTo(1 - 11 / 20.0, within(1e-12));
    assertThat(score.noChange().t()).isCloseTo(t(1, 4 - 1, 0 - 1, 16 - 9), within(1e-12));
    assertThat(score.ridge().skill()).isNaN();
    assertThat(score.ridge().t()).isNaN();
  }

  @Test
  void theMeanOverTheHorizonTakesTheMeanLossOfEachForecast() {
    StreamScores scores = scores(2, new double[] {3, 4}, new double[] {5, 2});
    // From 2 and 4: actual 4, 4 and 4, 0. Losses 1, 0 and 1, 4; of no change 4, 4 and 0, 16.
    Score mean = scores.mean(true);
    assertThat(mean.horizonStep()).isZero();
    assertThat(mean.count()).isEqualTo(2);
    assertThat(mean.model().scaledSquared()).isCloseTo(6 / 4.0, within(1e-12));
    assertThat(mean.noChange().skill()).isCloseTo(1 - 6 / 24.0, within(1e-12));
    assertThat(mean.noChange().t()).isCloseTo(t(2, 8 / 2.0 - 1 / 2.0, 8 - 5 / 2.0), within(1e-12));
  }

  @Test
  void streamsArePooledByTheirForecasts() {
    StreamScores scores = scores(1, new double[] {3}, new double[] {5}, new double[] {3});
    scores.addAll(scores(1, new double[] {2}));
    Score pooled = scores.steps(false).get(0);
    assertThat(pooled.count()).isEqualTo(4);
    assertThat(pooled.model().scaledSquared()).isCloseTo((11 + 4) / 4.0, within(1e-12));
    assertThat(pooled.model().mse()).isNaN();
    assertThat(pooled.model().mae()).isNaN();
    assertThat(pooled.model().mape().value()).isCloseTo((25 + 25 + 50) / 3.0, within(1e-12));
  }

  @Test
  void withoutForecastsNothingIsKnown() {
    Score score = scores(1).mean(true);
    assertThat(score.count()).isZero();
    assertThat(score.model().scaledSquared()).isNaN();
    assertThat(score.model().mape().value()).isNaN();
    assertThat(score.noChange().skill()).isNaN();
    assertThat(score.noChange().t()).isNaN();
  }

  private static double t(int horizonStep, double... differentials) {
    DieboldMariano test = new DieboldMariano();
    test.add(differentials, horizonStep);
    return test.t();
  }

  /** The forecasts follow rows 4, 5, ... */
  private static StreamScores scores(int horizon, double[]... forecasts) {
    Dataset dataset =
        Dataset.of(
            Streams.history("a", VALUES),
            Streams.card(horizon, Transform.IDENTITY),
            new Split(5, 0, 4));
    EncodedSeries stream = dataset.series().get(0);
    TargetScale scale = TargetScale.of(dataset, stream);
    StreamForecasts judged = new StreamForecasts(stream, scale, horizon);
    for (int k = 0; k < forecasts.length; k++) {
      judged.add(4 + k, forecasts[k]);
    }
    return StreamScores.of(judged, horizon, null, scale.inUnits(dataset, stream));
  }
}
