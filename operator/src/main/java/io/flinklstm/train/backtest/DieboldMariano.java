package io.flinklstm.train.backtest;

/**
 * The t value of Diebold and Mariano [1]: whether one forecast loses less than another by more than
 * chance.
 *
 * <p>With d(t) the loss of the other forecast less that of the judged one, and d its mean,
 *
 * <pre>
 *   t = sum of d(t) / sqrt(n S),   S = g(0) + 2 sum_{l=1..L} (1 - l / (L + 1)) g(l)
 * </pre>
 *
 * where g(l) is the autocovariance of d(t), because forecasts over several steps overlap and err
 * alike, weighted after Bartlett as Newey and West do [2]. L = max(k - 1, floor(4 (n / 100)^(2/9)))
 * for horizon step k. Several streams are pooled by adding sums and variances, as if they did not
 * depend on each other.
 *
 * <p>[1] F. X. Diebold, R. S. Mariano: Comparing Predictive Accuracy, 1995. [2] W. K. Newey, K. D.
 * West: A Simple, Positive Semi-definite, Heteroskedasticity and Autocorrelation Consistent
 * Covariance Matrix, 1987.
 */
final class DieboldMariano {

  private static final double ROUNDING = 1e-20;

  private double sum; // of the differentials
  private double variance; // of that sum

  /**
   * Adds the differentials of a stream.
   *
   * @param differentials (n), in the order of time: positive where the judged forecast is better.
   *     Not modified
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
    double mean = total / n;
    int lag = Math.max(horizonStep - 1, (int) Math.floor(4 * StrictMath.pow(n / 100.0, 2.0 / 9.0)));
    double longRun = autocovariance(differentials, mean, 0);
    for (int l = 1; l <= lag && l < n; l++) {
      longRun += 2 * (1 - l / (lag + 1.0)) * autocovariance(differentials, mean, l);
    }
    sum += total;
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
    variance += other.variance;
  }

  /** Positive if the judged forecast is better; NaN if nothing varies. */
  double t() {
    // Differentials that are all the same vary by their rounding.
    return variance > ROUNDING * sum * sum ? sum / Math.sqrt(variance) : Double.NaN;
  }
}
