package io.flinklstm.train.network;

/** The learning rate as a function of progress, for {@link Adam#step}. */
@FunctionalInterface
public interface LearningRate {

  /**
   * The rate at a step or an epoch, whichever the caller counts.
   *
   * @param index from 0
   */
  double at(long index);

  /** A constant rate. */
  static LearningRate constant(double rate) {
    return index -> rate;
  }

  /** Multiplied by a factor after each step or epoch. */
  static LearningRate exponential(double rate, double factor) {
    return index -> rate * StrictMath.pow(factor, index);
  }

  /**
   * Half a cosine from the first rate down to the last one, which is then kept.
   *
   * @param length number of steps or epochs it takes, at least 1
   */
  static LearningRate cosine(double first, double last, long length) {
    return index -> {
      double progress = Math.min(1.0, (double) index / length);
      return last + 0.5 * (first - last) * (1 + StrictMath.cos(Math.PI * progress));
    };
  }
}
