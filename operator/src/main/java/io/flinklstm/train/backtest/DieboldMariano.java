package io.flinklstm.train.backtest;

import java.util.ArrayList;
import java.util.List;

/**
 * The t value of Diebold and Mariano [1]: whether one forecast's loss is lower than another's by
 * more than chance.
 *
 * <p>With d(t) the loss of the other forecast minus that of the judged one,
 *
 * <pre>
 *   t = sum of d(t) / sqrt(n S),   S = g(0) + 2 sum_{l=1..L} (1 - l / (L + 1)) g(l)
 * </pre>
 *
 * where g(l) is the autocovariance of d(t), with Bartlett's weights as in Newey and West [2]; it
 * matters because forecasts over several steps overlap and have similar errors. L = max(k - 1,
 * floor(4 (n / 100)^(2/9))) for horizon step k. Several streams are pooled by adding sums and
 * variances, as if they were independent. Streams of fewer than 10 (L + 1) forecasts are too short
 * for S; each then counts as one observation with the variance (s - n m)^2, where s is its sum and
 * m the mean over all, provided that there are at least 20 of them.
 *
 * <p>[1] F. X. Diebold, R. S. Mariano: Comparing Predictive Accuracy, 1995. [2] W. K. Newey, K. D.
 * West: A Simple, Positive Semi-definite, Heteroskedasticity and Autocorrelation Consistent
 * Covariance Matrix, 1987.
 */
final class DieboldMariano {

  private static final double ROUNDING = 1e-20;

  /** The number of short streams below which they say nothing about a variance. */
  private static final int ENOUGH = 20;

  /** The minimum number of forecasts of a long stream for each term of S. */
  private static final int LONG = 10;

  private double sum; // of all differentials
  private long count; // of all differentials
  private double variance; // of the sum over the long streams
  private final List<double[]> shortStreams = new ArrayList<>(); // sum and number of each

  /**
   * Adds the differentials of a stream.
   *
   * @param differentials (n), in order of time: positive where the judged forecast is better. Not
   *     modified
   * @param horizonStep the number of steps that the forecasts look ahead
   */
  void add(double[] differentials, int horizonStep) {
    int n = differentials.length;
    if (n == 0) {
      return;
    }
    double total = 0;
    for (double differential : differentials) {
      total += differential;
    }
    sum += total;
    count += n;
    int lag = Math.max(horizonStep - 1, (int) Math.floor(4 * StrictMath.pow(n / 100.0, 2.0 / 9.0)));
    if (n < LONG * (lag + 1)) {
      shortStreams.add(new double[] {total, n});
      return;
    }
    double mean = total / n;
    double longRun = autocovariance(differentials, mean, 0);
    for (int l = 1; l <= lag; l++) {
      longRun += 2 * (1 - l / (lag + 1.0)) * autocovariance(differentials, mean, l);
    }
    variance += n * longRun;
  }

  private static double autocovariance(double[] d, double mean, int lag) {
    double sum = 0;
    for (int t = lag; t < d.length; t++) {
      sum += (d[t] - mean) * (d[t - lag] - mean);
    }
    return sum / d.length;
  }

  void addAll(DieboldMariano other) {
    sum += other.sum;
    count += other.count;
    variance += other.variance;
    shortStreams.addAll(other.shortStreams);
  }

  /** Positive if the judged forecast is better; NaN if nothing varies or there are too few. */
  double t() {
    if (!shortStreams.isEmpty() && shortStreams.size() < ENOUGH) {
      return Double.NaN;
    }
    double all = variance;
    for (double[] stream : shortStreams) {
      double deviation = stream[0] - stream[1] * sum / count;
      all += deviation * deviation;
    }
    // Differentials that are all the same vary only by rounding.
    return all > ROUNDING * sum * sum ? sum / Math.sqrt(all) : Double.NaN;
  }
}
