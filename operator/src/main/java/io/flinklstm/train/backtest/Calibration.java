package io.flinklstm.train.backtest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the errors are distributed, and whether those of the validation part predict them: the
 * intervals around the forecasts are taken from that part. A residual is the actual value minus the
 * forecast, as a move in standard deviations of the stream's training rows.
 *
 * @param validationCount residuals of the validation part, for each horizon step
 * @param count residuals of the judged part, for each horizon step
 * @param horizons the intervals of each horizon step
 * @param histogram of horizon step 1 in the judged part, or null if its residuals do not vary
 * @param quantiles of the same residuals, from the lowest to the highest, at most 200; empty if
 *     they do not vary
 */
public record Calibration(
    long validationCount,
    long count,
    List<Step> horizons,
    @Nullable Histogram histogram,
    List<QuantilePair> quantiles) {

  /**
   * @param horizonStep 1 is the next observation
   * @param intervals from the narrowest to the widest
   */
  public record Step(int horizonStep, List<Interval> intervals) {}

  /**
   * A central interval.
   *
   * @param nominal share of the validation part's residuals in it, 0 to 1
   * @param lower its lower end, to be added to a forecast
   * @param upper its upper end
   * @param coverage share of the judged part's residuals in it
   */
  public record Interval(double nominal, double lower, double upper, double coverage) {}

  /**
   * Counts of the residuals, standardized by their own mean and standard deviation.
   *
   * @param mean of the residuals
   * @param std of the residuals (of the population)
   * @param first lower edge of the first bin, in standard deviations from the mean
   * @param width of a bin
   * @param counts in each bin
   * @param below residuals below the first bin
   * @param above residuals above the last one
   */
  public record Histogram(
      double mean, double std, double first, double width, long[] counts, long below, long above) {}

  /**
   * A quantile of the standardized residuals beside the same quantile of a normal distribution.
   *
   * @param normal standard deviations from the mean
   * @param residual standard deviations from the mean
   */
  public record QuantilePair(double normal, double residual) {}
}
