package io.flinklstm.train.backtest;

/**
 * Quantiles of the standard normal distribution to about seven digits, by Wichura's rational
 * approximations [1].
 *
 * <p>[1] M. J. Wichura: Algorithm AS 241, The Percentage Points of the Normal Distribution, 1988
 * (routine PPND7).
 */
final class NormalQuantile {

  private NormalQuantile() {}

  /**
   * @param probability 1e-10 to 1 - 1e-10
   */
  static double of(double probability) {
    double q = probability - 0.5;
    if (Math.abs(q) <= 0.425) {
      double r = 0.180625 - q * q;
      return q
          * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
          / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
    }
    double r = Math.sqrt(-StrictMath.log(q < 0 ? probability : 1 - probability)) - 1.6;
    double tail =
        (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
            / ((0.12021132975 * r + 0.73700164250) * r + 1);
    return q < 0 ? -tail : tail;
  }
}
