package io.flinklstm.train.network;

/** The learning rate as a function of progress, for {@link Adam#step}. */
@FunctionalInterface
public interface LearningRate {

  /**
   * The rate of a step or an epoch, whichever its user counts.
   *
   * @param index from 0
   */
  double at(long index);

  /** The same rate always. */
  static LearningRate constant(double rate) {
    return index -> rate;
  }

  /** Multiplied by a factor after each. */
  static LearningRate exponential(double rate, double factor) {
    return index -> rate * StrictMath.pow(factor, index);
  }

  /**
   * Half a cosine from the first rate down to the last one, which stays.
   *
   * @param length how many it takes, at least 1
   */
  static LearningRate cosine(double first, double last, long length) {
    return index -> {
      double progress = Math.min(1.0, (double) index / length);
      return last + 0.5 * (first - last) * (1 + StrictMath.cos(Math.PI * progress));
    };
  }
}
