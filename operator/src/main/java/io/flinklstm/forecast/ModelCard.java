package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is needed besides the weights to forecast with a model; it travels with them.
 *
 * @param name the model's name
 * @param version the model's version
 * @param lookback past steps seen in training, at least 1; a stream is warm after that many
 * @param horizon number of steps forecast, 1 to {@link #MAX_HORIZON}
 * @param context how the past reaches the model
 * @param gap the longest pause within a stream, at least 1 ms, or null for no limit
 * @param gapPolicy what happens after a longer pause
 * @param features the model's inputs in order
 * @param target the name of the feature that is forecast
 * @param provenance where the model comes from (data, training, figures): a JSON object, not
 *     interpreted
 */
@PublicEvolving
public record ModelCard(
    String name,
    String version,
    int lookback,
    int horizon,
    Context context,
    @Nullable Duration gap,
    GapPolicy gapPolicy,
    List<Feature> features,
    String target,
    String provenance)
    implements Serializable {

  /** Bounds the cost and size of one prediction. */
  public static final int MAX_HORIZON = 1000;

  /** Bounds the size of one key's window: lookback times features, 8 MiB. */
  public static final int MAX_WINDOW_VALUES = 1 << 20;

  /** How the past reaches the model. */
  public enum Context {
    /** h and c are carried indefinitely, one step per observation. */
    CARRY,
    /** The last lookback inputs are replayed from zero state at each observation. */
    WINDOW
  }

  /** What happens after a pause that is longer than the gap. */
  public enum GapPolicy {
    /** The state continues. */
    KEEP,
    /** The state is reset. */
    RESET
  }

  /**
   * @throws IllegalArgumentException if a number is out of range, a name occurs twice, or the
   *     target is not a feature
   */
  public ModelCard {
    features = List.copyOf(features);
    check("lookback", lookback, Integer.MAX_VALUE);
    check("horizon", horizon, MAX_HORIZON);
    StreamPolicy.check("gap", gap);
    if (features.isEmpty()) {
      throw new IllegalArgumentException("features: expected 1 or more, got none");
    }
    Set<String> names = new HashSet<>();
    for (Feature feature : features) {
      if (!names.add(feature.name())) {
        throw new IllegalArgumentException(
            "features: expected every name once, got " + feature.name() + " twice");
      }
      if (feature.transform().isWindowRelative() && context != Context.WINDOW) {
        throw new IllegalArgumentException(
            "context: expected window for transform "
                + feature.transform().cardName()
                + " of feature "
                + feature.name()
                + ", got "
                + context.name().toLowerCase(Locale.ROOT));
      }
    }
    if (context == Context.WINDOW && (long) lookback * features.size() > MAX_WINDOW_VALUES) {
      throw new IllegalArgumentException(
          "lookback: expected at most "
              + MAX_WINDOW_VALUES / features.size()
              + " with context window and "
              + features.size()
              + " features, got "
              + lookback);
    }
    if (!names.contains(target)) {
      throw new IllegalArgumentException(
          "target: expected the name of a feature, one of " + names + ", got " + target);
    }
  }

  private static void check(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": expected 1 to " + max + ", got " + value);
    }
  }

  /**
   * The fields that the formulas read, each once, in the order of their first appearance: what
   * {@link Observation#values} holds.
   */
  public List<String> fields() {
    return features.stream()
        .flatMap(feature -> feature.formula().fields().stream())
        .distinct()
        .toList();
  }

  /** The same card with other features. */
  public ModelCard withFeatures(List<Feature> others) {
    return new ModelCard(
        name, version, lookback, horizon, context, gap, gapPolicy, others, target, provenance);
  }

  /** The same card with another provenance; forecasts do not change. */
  public ModelCard withProvenance(String other) {
    return new ModelCard(
        name, version, lookback, horizon, context, gap, gapPolicy, features, target, other);
  }

  /** The index of the target among the features. */
  public int targetIndex() {
    for (int k = 0; k < features.size(); k++) {
      if (features.get(k).name().equals(target)) {
        return k;
      }
    }
    throw new IllegalStateException("target " + target + " is not a feature");
  }
}
