package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DieboldMarianoTest {

  private static final double[] LONG = noise(1, 200, 0.1);

  private static double[] noise(long seed, int length, double mean) {
    Random random = new Random(seed);
    return random.doubles(length).map(value -> value - 0.5 + mean).toArray();
  }

  /** S n by its definition, with L lags. */
  private static double variance(double[] d, int lags) {
    double mean = Arrays.stream(d).average().orElseThrow();
    double sum = 0;
    for (int s = 0; s < d.length; s++) {
      for (int t = 0; t < d.length; t++) {
        double weight = 1 - Math.abs(s - t) / (lags + 1.0);
        sum += weight > 0 ? weight * (d[s] - mean) * (d[t] - mean) : 0;
      }
    }
    return sum;
  }

  // L = floor(4 * 2^(2/9)) = 4 for 200 differentials.
  @ParameterizedTest
  @CsvSource({"1, 4", "5, 4", "6, 5"})
  void isTheSumOverTheRootOfItsLongRunVariance(int horizonStep, int lags) {
    assertThat(t(horizonStep, LONG))
        .isCloseTo(Arrays.stream(LONG).sum() / Math.sqrt(variance(LONG, lags)), within(1e-9));
  }

  @Test
  void swapsItsSignWithTheForecasts() {
    assertThat(t(1, negated(LONG))).isEqualTo(-t(1, LONG));
  }

  @Test
  void poolsStreamsByAddingSumsAndVariances() {
    DieboldMariano both = new DieboldMariano();
    both.add(LONG, 1);
    DieboldMariano other = new DieboldMariano();
    other.add(LONG, 1);
    both.addAll(other);
    assertThat(both.t()).isCloseTo(Math.sqrt(2) * t(1, LONG), within(1e-12));
    both.add(negated(LONG), 1);
    both.add(negated(LONG), 1);
    assertThat(both.t()).isCloseTo(0, within(1e-12));
  }

  @Test
  void isUnknownWhereNothingVariesOrThereIsTooLittle() {
    assertThat(t(1)).isNaN();
    assertThat(t(1, 0, 0, 0)).isNaN();
    assertThat(t(1, 1, 2, 3, 4)).isNaN();
    assertThat(t(24, noise(1, 200, 0))).isNaN();
    double[] same = new double[200];
    Arrays.fill(same, 0.1);
    assertThat(t(1, same)).isNaN();
  }

  @Test
  void takesShortStreamsAsObservationsOfTheirOwn() {
    DieboldMariano test = new DieboldMariano();
    double sum = 0;
    double squares = 0;
    for (int s = 0; s < 25; s++) {
      test.add(new double[] {s % 5, 1}, 3);
      sum += s % 5 + 1;
    }
    for (int s = 0; s < 25; s++) {
      squares += Math.pow(s % 5 + 1 - sum / 25, 2);
    }
    assertThat(test.t()).isCloseTo(sum / Math.sqrt(squares), within(1e-12));
  }

  /** Streams, forecasts of each, horizon step. */
  @ParameterizedTest
  @CsvSource({"1, 400, 1", "1, 400, 5", "100, 3, 1", "40, 30, 24", "40, 2, 1"})
  void seldomFindsADifferenceThatIsNotThere(int streams, int length, int horizonStep) {
    Random random = new Random(7);
    int found = 0;
    int trials = 1000;
    for (int trial = 0; trial < trials; trial++) {
      DieboldMariano test = new DieboldMariano();
      for (int s = 0; s < streams; s++) {
        // Overlapping forecasts have similar errors: a moving sum of as many innovations as steps.
        double[] innovations = random.doubles(length + horizonStep).map(v -> v - 0.5).toArray();
        double[] d = new double[length];
        for (int t = 0; t < length; t++) {
          for (int k = 0; k < horizonStep; k++) {
            d[t] += innovations[t + k];
          }
        }
        test.add(d, horizonStep);
      }
      found += Math.abs(test.t()) > 2 ? 1 : 0;
    }
    assertThat(found / (double) trials).isBetween(0.01, 0.12);
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
