package io.flinklstm.train.backtest;

import java.util.List;

/**
 * The last observations of a stream in the judged part and what was forecast for them. NaN where an
 * observation has no judged forecast.
 *
 * @param key the stream
 * @param eventTimes (n), epoch milliseconds, of the observations
 * @param actual (n), the target formula's values
 * @param forecasts of horizon step 1 and, if different, of the last one
 */
public record PlotSeries(String key, long[] eventTimes, double[] actual, List<Line> forecasts) {

  /** Nominal share of actual values between lower and upper. */
  public static final double NOMINAL = 0.9;

  /**
   * @param horizonStep how many observations earlier the forecasts were made
   * @param values (n), the forecasts for the observations
   * @param lower (n), lower end of the interval of share {@link #NOMINAL}; NaN without a validation
   *     part
   * @param upper (n), upper end
   */
  public record Line(int horizonStep, double[] values, double[] lower, double[] upper) {}
}
