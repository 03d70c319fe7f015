package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.formula.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureTest {

  private static final double INF = Double.POSITIVE_INFINITY;

  @Test
  void scalesInDoubleAndNarrowsOnce() {
    Feature feature = feature(Transform.IDENTITY, 1e8, 3, INF);
    assertThat(feature.encode(1e8 + 1, 0)).isEqualTo((float) (1.0 / 3));
  }

  @Test
  void clipsTheScaledValueOnBothSides() {
    Feature feature = feature(Transform.IDENTITY, 10, 2, 3);
    assertThat(feature.encode(15, 0)).isEqualTo(2.5f);
    assertThat(feature.encode(16, 0)).isEqualTo(3f);
    assertThat(feature.encode(1e6, 0)).isEqualTo(3f);
    assertThat(feature.encode(-1e6, 0)).isEqualTo(-3f);
    assertThat(feature.feedBack(2.5f)).isEqualTo(2.5f);
    assertThat(feature.feedBack(4f)).isEqualTo(3f);
    assertThat(feature.feedBack(-4f)).isEqualTo(-3f);
  }

  @Test
  void theClipHidesNothingThatCannotBeComputed() {
    Feature log1p = feature(Transform.LOG1P, 0, 1, 3);
    assertThat(log1p.encode(-1, 0)).isNaN();
    assertThat(log1p.encode(-2, 0)).isNaN();
    assertThat(feature(Transform.LOG_RETURN, 0, 1, 3).encode(0, 1)).isNaN();
    assertThat(feature(Transform.IDENTITY, 0, 1, 3).encode(INF, 0)).isNaN();
    assertThat(feature(Transform.IDENTITY, 0, 1, 3).encode(-INF, 0)).isNaN();
    assertThat(feature(Transform.IDENTITY, 0, 1, 3).encode(Double.NaN, 0)).isNaN();
    assertThat(feature(Transform.IDENTITY, 0, 1, 3).feedBack(Float.NaN)).isNaN();
  }

  @Test
  void anOutlierIsBeyondTheBoundAndCanBeComputed() {
    Feature feature = new Feature("f", Formula.parse("a"), Transform.IDENTITY, 10, 2, 3, 5);
    assertThat(feature.encode(20, 0)).as("at the bound").isEqualTo(3);
    assertThat(feature.isOutlier(20, 0)).isFalse();
    assertThat(feature.encode(Math.nextUp(20.0), 0)).isNaN();
    assertThat(feature.isOutlier(Math.nextUp(20.0), 0)).isTrue();
    assertThat(feature.encode(-1e300, 0)).isNaN();
    assertThat(feature.isOutlier(-1e300, 0)).isTrue();
    assertThat(feature.isOutlier(Double.NaN, 0)).isFalse();
  }

  @Test
  void whatIsRelativeToAWindowIsNarrowedLater() {
    Feature feature = feature(Transform.MINUS_LAST, 1e8, 3, 2);
    assertThat(feature.encode(1e8 + 1, 0)).isEqualTo(1.0 / 3);
    assertThat(feature.encode(1e9, 0)).as("the scaled value is clipped").isEqualTo(2);
    assertThat(feature.feedBack(5f)).as("an output is in the window's frame").isEqualTo(5f);
    assertThat(feature(Transform.REVIN, 0, 1, INF).encode(1e38, 0))
        .as("later differences to it must be finite")
        .isNaN();
  }

  @Test
  void unscalingUndoesScaling() {
    assertThat(feature(Transform.IDENTITY, 10, 2, INF).unscale(2.5f)).isEqualTo(15);
    assertThat(feature(Transform.IDENTITY, 10, 2, 3).unscale(4f))
        .as("a forecast is not clipped")
        .isEqualTo(18);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAStdThatIsNotAboveZero(double std) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> feature(Transform.IDENTITY, 0, std, INF))
        .withMessageContainingAll("std of feature f", "above 0", "got " + std);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesAMeanThatIsNotFinite(double mean) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> feature(Transform.IDENTITY, mean, 1, INF))
        .withMessageContainingAll("mean of feature f", "finite", "got " + mean);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void refusesAClipThatIsNotAboveZero(double clip) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> feature(Transform.IDENTITY, 0, 1, clip))
        .withMessageContainingAll("clip of feature f", "above 0", "got " + clip);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void refusesAnOutlierBoundThatIsNotAboveZero(double reject) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Feature("f", Formula.parse("a"), Transform.IDENTITY, 0, 1, INF, reject))
        .withMessageContainingAll("reject of feature f", "above 0", "got " + reject);
  }

  @Test
  void refusesAnOutlierBoundForElapsedTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Feature("f", Formula.parse("elapsed()"), Transform.LOG1P, 0, 1, INF, 6))
        .withMessageContainingAll("reject of feature f", "elapsed()", "got 6");
  }

  private static Feature feature(Transform transform, double mean, double std, double clip) {
    return new Feature("f", Formula.parse("a"), transform, mean, std, clip);
  }
}
