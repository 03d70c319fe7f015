package io.flinklstm.train.backtest;

/**
 * How good the forecasts of one horizon step are, compared with those of simpler methods.
 *
 * @param horizonStep 1 is the next observation; 0 stands for the mean over all steps
 * @param count forecasts judged
 * @param model errors of the model
 * @param noChange the forecast that the last value stays
 * @param ridge the forecast of a ridge regression on the last values
 */
public record Score(int horizonStep, long count, Errors model, Baseline noChange, Baseline ridge) {

  /**
   * A simpler method.
   *
   * @param errors its own
   * @param skill of the model against it: 1 minus the ratio of scaled squared errors; NaN if it has
   *     no errors or could not be fitted
   * @param t of Diebold and Mariano, positive if the model is better; NaN if nothing varies. Beyond
   *     2, chance is an unlikely reason
   */
  public record Baseline(Errors errors, double skill, double t) {}
}
