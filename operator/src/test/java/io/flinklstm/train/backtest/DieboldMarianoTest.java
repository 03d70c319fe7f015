package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DieboldMarianoTest {

  private static final double[] RISING = {1, 2, 3, 4};

  @Test
  void isTheSumOverTheRootOfItsLongRunVariance() {
    // g(0) = 1.25, g(1) = 0.3125, one lag of weight 1/2.
    assertThat(t(1, RISING)).isCloseTo(10 / Math.sqrt(4 * 1.5625), within(1e-12));
  }

  @Test
  void longerHorizonsTakeMoreLags() {
    // g(2) = -0.375, two lags of weights 2/3 and 1/3.
    double longRun = 1.25 + 2 * (2 / 3.0) * 0.3125 - 2 * (1 / 3.0) * 0.375;
    assertThat(t(3, RISING)).isCloseTo(10 / Math.sqrt(4 * longRun), within(1e-12));
  }

  @Test
  void swapsItsSignWithTheForecasts() {
    assertThat(t(1, negated(RISING))).isEqualTo(-t(1, RISING));
  }

  @Test
  void poolsStreamsByAddingSumsAndVariances() {
    DieboldMariano both = new DieboldMariano();
    both.add(RISING, 1);
    DieboldMariano other = new DieboldMariano();
    other.add(RISING, 1);
    both.addAll(other);
    assertThat(both.t()).isCloseTo(Math.sqrt(2) * t(1, RISING), within(1e-12));
    both.add(negated(RISING), 1);
    both.add(negated(RISING), 1);
    assertThat(both.t()).isZero();
  }

  @Test
  void isUnknownWhereNothingVaries() {
    assertThat(t(1)).isNaN();
    assertThat(t(1, 0, 0, 0)).isNaN();
    assertThat(t(1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)).isNaN();
    assertThat(t(1, 5)).isNaN();
  }

  private static double[] negated(double[] values) {
    return Arrays.stream(values).map(value -> -value).toArray();
  }

  private static double t(int horizonStep, double... differentials) {
    DieboldMariano test = new DieboldMariano();
    test.add(differentials, horizonStep);
    return test.t();
  }
}
