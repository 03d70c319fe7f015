package io.flinklstm.train.data;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.ObservationEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Fits the scalers of a card's features: mean and population standard deviation of the transformed
 * values in the training rows of all streams together. Where a state begins, a difference, return
 * or elapsed time is 0 because there is no last value, and is left out. A feature that never
 * changes keeps its unit. Rows that a feature's bound refuses as outliers are left out.
 */
public final class Scalers {

  /** Enough for the refused rows to stop changing; two or three nearly always suffice. */
  private static final int MAX_ROUNDS = 20;

  private Scalers() {}

  /**
   * @param card whose scalers are to be fitted
   * @param given names of the features whose scalers stay as they are in the card
   * @return the card with fitted scalers
   * @throws IllegalArgumentException if a feature cannot be computed for any training row
   */
  public static ModelCard fit(ModelCard card, Set<String> given, History history, Split split) {
    ModelCard open = card.withFeatures(card.features().stream().map(Scalers::open).toList());
    boolean refuses =
        card.features().stream().anyMatch(feature -> Double.isFinite(feature.reject()));
    ModelCard fitted = fit(card, given, history, split, open, refuses);
    // Refused rows must not move the scaler in which their bound is measured: start from scalers
    // that outliers hardly move, then fit in rounds without the refused rows.
    for (int round = 0; refuses && round < MAX_ROUNDS; round++) {
      ModelCard next = fit(card, given, history, split, fitted, false);
      if (next.equals(fitted)) {
        break;
      }
      fitted = next;
    }
    return fitted;
  }

  /**
   * Fits to the rows that a card admits.
   *
   * @param robust whether to use the median and the distances from it, not mean and standard
   *     deviation
   */
  private static ModelCard fit(
      ModelCard card,
      Set<String> given,
      History history,
      Split split,
      ModelCard admitting,
      boolean robust) {
    Moments[] moments = new Moments[card.features().size()];
    for (int k = 0; k < moments.length; k++) {
      moments[k] = robust ? new RobustMoments() : new Moments();
    }
    ObservationEncoder encoder = new ObservationEncoder(admitting);
    for (Series stream : history.series()) {
      encoder.begin();
      int end = split.end(Split.Part.TRAIN, stream.size());
      for (int row = 0; row < end; row++) {
        if (encoder.encode(stream.observation(row)) == null && !encoder.isReset()) {
          for (int k = 0; k < moments.length; k++) {
            Feature feature = open(card.features().get(k));
            moments[k].add(feature.scale(encoder.values()[k], encoder.lastValues()[k]));
          }
        }
      }
    }
    List<Feature> fitted = new ArrayList<>();
    for (int k = 0; k < moments.length; k++) {
      Feature feature = card.features().get(k);
      fitted.add(given.contains(feature.name()) ? feature : moments[k].scale(feature));
    }
    return card.withFeatures(fitted);
  }

  /** The feature without scaling or bounds. */
  private static Feature open(Feature feature) {
    return scaled(feature, 0, 1, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  private static Feature scaled(
      Feature feature, double mean, double std, double clip, double reject) {
    return new Feature(
        feature.name(), feature.formula(), feature.transform(), mean, std, clip, reject);
  }

  /** Running mean and variance, by Welford's recurrence. */
  private static class Moments {

    long count;
    private double mean;
    private double squares; // sum of squared deviations from the mean

    void add(double value) {
      count++;
      double deviation = value - mean;
      mean += deviation / count;
      squares += deviation * (value - mean);
    }

    double mean() {
      return mean;
    }

    double std() {
      return Math.sqrt(squares / count);
    }

    final Feature scale(Feature feature) {
      if (count == 0) {
        throw new IllegalArgumentException(
            "training rows: expected some from which feature "
                + feature.name()
                + " can be computed and at which no state begins, got none; are the rows"
                + " of each stream in the order of time?");
      }
      return scaled(feature, mean(), std() > 0 ? std() : 1, feature.clip(), feature.reject());
    }
  }

  /** Median and a quantile of the distances from it, which outliers hardly move. */
  private static final class RobustMoments extends Moments {

    private double[] values = new double[64];

    @Override
    void add(double value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, Math.multiplyExact(values.length, 2));
      }
      values[(int) count++] = value;
    }

    @Override
    double mean() {
      double[] sorted = Arrays.copyOf(values, (int) count);
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    /** From the 90 % quantile of the distances, 1.645 deviations for a normal distribution. */
    @Override
    double std() {
      double median = mean();
      double[] distances = new double[(int) count];
      for (int k = 0; k < distances.length; k++) {
        distances[k] = Math.abs(values[k] - median);
      }
      Arrays.sort(distances);
      return distances[(int) (0.9 * (distances.length - 1))] / 1.645;
    }
  }
}
