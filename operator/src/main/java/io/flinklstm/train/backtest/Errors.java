package io.flinklstm.train.backtest;

/**
 * The errors of one method's forecasts. NaN where there is nothing to compute one from.
 *
 * @param scaledSquared mean squared error of moves, in variances of each stream's training rows
 * @param mse mean squared error in the square of the target's unit; NaN for several keys, whose
 *     units need not be the same
 * @param rmse its root, in the target's unit
 * @param mae mean absolute error in the target's unit; NaN for several keys
 * @param bias mean of forecast minus actual value in the target's unit; NaN for several keys
 * @param mape mean absolute error in percent of the actual value, where that is not 0
 * @param direction share, 0 to 1, of forecasts on the right side of the last value, where neither
 *     forecast nor actual value equals it
 */
public record Errors(
    double scaledSquared,
    double mse,
    double rmse,
    double mae,
    double bias,
    Share mape,
    Share direction) {

  /**
   * A mean over some of the forecasts.
   *
   * @param value the mean, NaN if there are none
   * @param count how many there are
   */
  public record Share(double value, long count) {}
}
