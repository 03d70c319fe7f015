package io.flinklstm.train.backtest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Computes a {@link Calibration}. */
final class Residuals {

  private static final double[] NOMINAL = {0.5, 0.8, 0.9, 0.95};
  private static final int MAX_QUANTILES = 200;
  private static final int BINS = 50;
  private static final double EDGE = 5; // standard deviations

  private Residuals() {}

  /**
   * @param validation forecasts of the validation part, one element per stream
   * @param judged forecasts of the judged part, one element per stream
   * @return null if there are no residuals in one of them
   */
  static @Nullable Calibration calibration(
      List<StreamForecasts> validation, List<StreamForecasts> judged, int horizon) {
    int validationCount = validation.stream().mapToInt(StreamForecasts::count).sum();
    int count = judged.stream().mapToInt(StreamForecasts::count).sum();
    if (validationCount == 0 || count == 0) {
      return null;
    }
    List<Calibration.Step> steps = new ArrayList<>();
    for (int k = 1; k <= horizon; k++) {
      steps.add(new Calibration.Step(k, intervals(sorted(validation, k), sorted(judged, k))));
    }
    double[] nearest = sorted(judged, 1);
    double mean = Arrays.stream(nearest).average().orElseThrow();
    double std = Math.sqrt(Arrays.stream(nearest).map(r -> (r - mean) * (r - mean)).sum() / count);
    boolean varies = std > 0 && Double.isFinite(std);
    for (int i = 0; varies && i < nearest.length; i++) {
      nearest[i] = (nearest[i] - mean) / std;
    }
    return new Calibration(
        validationCount,
        count,
        steps,
        varies ? histogram(nearest, mean, std) : null,
        varies ? quantiles(nearest) : List.of());
  }

  private static double[] sorted(List<StreamForecasts> forecasts, int horizonStep) {
    double[] residuals = new double[forecasts.stream().mapToInt(StreamForecasts::count).sum()];
    int next = 0;
    for (StreamForecasts stream : forecasts) {
      for (int origin = 0; origin < stream.count(); origin++) {
        residuals[next++] = stream.residual(origin, horizonStep);
      }
    }
    Arrays.sort(residuals);
    return residuals;
  }

  private static List<Calibration.Interval> intervals(double[] validation, double[] judged) {
    List<Calibration.Interval> intervals = new ArrayList<>();
    for (double nominal : NOMINAL) {
      double lower = quantile(validation, (1 - nominal) / 2);
      double upper = quantile(validation, (1 + nominal) / 2);
      long inside = Arrays.stream(judged).filter(r -> r >= lower && r <= upper).count();
      intervals.add(
          new Calibration.Interval(nominal, lower, upper, (double) inside / judged.length));
    }
    return intervals;
  }

  /**
   * An empirical quantile, interpolated linearly between two numbers.
   *
   * @param sorted ascending, at least one. Not modified
   */
  static double quantile(double[] sorted, double probability) {
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    double share = position - below;
    return share == 0 ? sorted[below] : sorted[below] * (1 - share) + sorted[below + 1] * share;
  }

  private static Calibration.Histogram histogram(double[] standardized, double mean, double std) {
    double width = 2 * EDGE / BINS;
    long[] counts = new long[BINS];
    long below = 0;
    long above = 0;
    for (double value : standardized) {
      double bin = Math.floor((value + EDGE) / width);
      if (bin < 0) {
        below++;
      } else if (bin >= BINS) {
        above++;
      } else {
        counts[(int) bin]++;
      }
    }
    return new Calibration.Histogram(mean, std, -EDGE, width, counts, below, above);
  }

  private static List<Calibration.QuantilePair> quantiles(double[] standardized) {
    int count = Math.min(MAX_QUANTILES, standardized.length);
    List<Calibration.QuantilePair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double probability = (i + 0.5) / count;
      pairs.add(
          new Calibration.QuantilePair(
              NormalQuantile.of(probability), quantile(standardized, probability)));
    }
    return pairs;
  }
}
