package io.flinklstm.train;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.ObservationEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Fits the scalers of a card's features: mean and standard deviation (of the population) of the
 * transformed values in the training rows of all streams together. Where a memory begins, a
 * difference, return or elapsed time is 0 for want of a last value and is left out. A feature that
 * never changes keeps its unit.
 */
public final class Scalers {

  private Scalers() {}

  /**
   * @param card whose scalers are to be fitted
   * @param given names of the features whose scalers stay as the card has them
   * @return the card with fitted scalers
   * @throws IllegalArgumentException if a feature cannot be computed for any training row
   */
  public static ModelCard fit(ModelCard card, Set<String> given, History history, Split split) {
    Moments[] moments = new Moments[card.features().size()];
    for (int k = 0; k < moments.length; k++) {
      moments[k] = new Moments();
    }
    ModelCard open = card.withFeatures(card.features().stream().map(Scalers::open).toList());
    ObservationEncoder encoder = new ObservationEncoder(open);
    for (Series stream : history.series()) {
      encoder.begin();
      int end = split.end(Split.Part.TRAIN, stream.size());
      for (int row = 0; row < end; row++) {
        if (encoder.encode(stream.observation(row)) == null && !encoder.isReset()) {
          for (int k = 0; k < moments.length; k++) {
            Feature feature = open.features().get(k);
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

  /** The feature's transformed value as it is. */
  private static Feature open(Feature feature) {
    return scaled(feature, 0, 1, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  private static Feature scaled(
      Feature feature, double mean, double std, double clip, double reject) {
    return new Feature(
        feature.name(), feature.formula(), feature.transform(), mean, std, clip, reject);
  }

  /** Mean and variance of numbers that come one after the other, by Welford's recurrence. */
  private static final class Moments {

    private long count;
    private double mean;
    private double squares; // sum of squared deviations from the mean

    void add(double value) {
      count++;
      double deviation = value - mean;
      mean += deviation / count;
      squares += deviation * (value - mean);
    }

    Feature scale(Feature feature) {
      if (count == 0) {
        throw new IllegalArgumentException(
            "training rows: expected some from which feature "
                + feature.name()
                + " can be computed and whose memory does not begin there, got none");
      }
      double std = Math.sqrt(squares / count);
      return scaled(feature, mean, std > 0 ? std : 1, feature.clip(), feature.reject());
    }
  }
}
