package io.flinklstm.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.local.ticks.PredictionRecord;
import org.junit.jupiter.api.Test;

class ReturnScoreTest {

  private final ReturnScore score = new ReturnScore(1);

  @Test
  void perfectForecastsAreHundredPercentBelow() {
    score.add(prediction(1, 100, 110));
    score.add(prediction(2, 110, 99));
    score.add(prediction(3, 99, 99));
    assertThat(score.count()).isEqualTo(2);
    assertThat(score.skill()).isEqualTo(1);
    assertThat(score.describe()).isEqualTo("100.00 % below");
  }

  @Test
  void noChangeIsNeitherBetterNorWorse() {
    score.add(prediction(1, 100, 100));
    score.add(prediction(2, 110, 110));
    assertThat(score.skill()).isZero();
    assertThat(score.describe()).isEqualTo("0.00 % below");
  }

  @Test
  void comparesSquaredErrorsOfLogReturns() {
    score.add(prediction(1, 100, 105));
    score.add(prediction(2, 110, 100));
    score.add(prediction(3, 120, 120));
    double error =
        square(StrictMath.log(1.1) - StrictMath.log(1.05))
            + square(StrictMath.log(120 / 110.) - StrictMath.log(100 / 110.));
    double errorNoChange = square(StrictMath.log(1.1)) + square(StrictMath.log(120 / 110.));
    assertThat(score.skill()).isCloseTo(1 - error / errorNoChange, within(1e-12));
    assertThat(score.describe()).endsWith(" % above");
  }

  @Test
  void judgesOnlyFromTheFirstStepOn() {
    ReturnScore late = new ReturnScore(3);
    late.add(prediction(1, 100, 1));
    late.add(prediction(2, 110, 1));
    late.add(prediction(3, 120, 130));
    late.add(prediction(4, 130, 1));
    assertThat(late.count()).isEqualTo(1);
    assertThat(late.skill()).isEqualTo(1);
  }

  @Test
  void repeatsAndNewBeginningsAreNotJudged() {
    score.add(prediction(7, 100, 110));
    score.add(prediction(7, 100, 110));
    score.add(prediction(1, 500, 510));
    score.add(prediction(3, 510, 510));
    assertThat(score.count()).isZero();
  }

  @Test
  void withoutJudgedForecastsThereIsNothingToSay() {
    assertThat(score.describe()).isEqualTo("-");
    score.add(prediction(1, 100, 110));
    score.add(prediction(2, 100, 110));
    assertThat(score.count()).isEqualTo(1);
    assertThat(score.describe()).isEqualTo("-");
  }

  @Test
  void sumsUpOverStreams() {
    ReturnScore other = new ReturnScore(1);
    score.add(prediction(1, 100, 110));
    score.add(prediction(2, 110, 1));
    other.add(prediction(1, 100, 100));
    other.add(prediction(2, 110, 1));
    score.addAll(other);
    assertThat(score.count()).isEqualTo(2);
    assertThat(score.skill()).isCloseTo(0.5, within(1e-12));
    assertThat(score.describe()).isEqualTo("50.00 % below");
  }

  private static double square(double x) {
    return x * x;
  }

  private static PredictionRecord prediction(long step, double lastValue, double forecast) {
    double[] forecasts = {forecast, Double.NaN};
    return new PredictionRecord("k", step, "READY", null, step, lastValue, forecasts);
  }
}
