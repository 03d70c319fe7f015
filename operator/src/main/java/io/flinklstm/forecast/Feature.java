package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;

/**
 * One input of the model: a formula over the observation's fields, a transform, a scaler.
 *
 * @param name unique within the card
 * @param formula computes a number from the observation's fields
 * @param transform is applied to that number
 * @param mean is subtracted from the transformed value
 * @param std divides the difference; above 0
 * @param clip bound of the scaled value, in standard deviations, above 0; infinity for none
 * @param reject bound of the scaled value beyond which the observation is an outlier and not used,
 *     in standard deviations, above 0; infinity for none
 */
@PublicEvolving
public record Feature(
    String name,
    Formula formula,
    Transform transform,
    double mean,
    double std,
    double clip,
    double reject)
    implements Serializable {

  /** Beyond it a first value would do, but no later one could be told apart from it in float32. */
  private static final double MAX_COMPARABLE = Float.MAX_VALUE / 4;

  /** A feature without outliers. */
  public Feature(
      String name, Formula formula, Transform transform, double mean, double std, double clip) {
    this(name, formula, transform, mean, std, clip, Double.POSITIVE_INFINITY);
  }

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Feature {
    if (formula.function() == Formula.Function.ELAPSED && transform == Transform.LOG_RETURN) {
      throw new IllegalArgumentException(
          "transform of feature "
              + name
              + ": expected another than log_return for elapsed(), which is 0 for the first"
              + " observation and between equal times");
    }
    if (!Double.isFinite(mean)) {
      throw new IllegalArgumentException(
          "mean of feature " + name + ": expected a finite number, got " + mean);
    }
    if (!(std > 0) || Double.isInfinite(std)) {
      throw new IllegalArgumentException(
          "std of feature " + name + ": expected a finite number above 0, got " + std);
    }
    if (!(clip > 0)) {
      throw new IllegalArgumentException(
          "clip of feature " + name + ": expected a number above 0, got " + clip);
    }
    if (formula.function() == Formula.Function.ELAPSED && Double.isFinite(reject)) {
      throw new IllegalArgumentException(
          "reject of feature "
              + name
              + ": expected none for elapsed(), which only grows while observations are refused, got "
              + reject);
    }
    if (!(reject > 0)) {
      throw new IllegalArgumentException(
          "reject of feature " + name + ": expected a number above 0, got " + reject);
    }
  }

  /**
   * From the formula's value to what the model reads: narrowed to a float, unless it is yet to be
   * set in relation to a window.
   *
   * @return NaN or infinity if it cannot be computed or is an {@linkplain #isOutlier outlier}
   */
  double encode(double value, double last) {
    double scaled = scale(value, last);
    if (!(Math.abs(scaled) <= reject)) {
      return Double.NaN;
    }
    double bounded = clip(scaled);
    return transform.isWindowRelative() ? bounded : (float) bounded;
  }

  /**
   * From the formula's value to the scaled one, neither clipped nor narrowed: what an output of the
   * model stands for, but for a window-relative transform's frame.
   *
   * @param value the formula's value
   * @param last the formula's value at the key's previous observation; value itself for the first
   * @return NaN if it cannot be computed
   */
  public double scale(double value, double last) {
    if (transform == Transform.DIFFERENCE && !(Math.abs(value) / std < MAX_COMPARABLE)) {
      return Double.NaN;
    }
    double transformed = transform.encode(value, last);
    double scaled = (transformed - mean) / std;
    if (transform.isWindowRelative() && !(Math.abs(scaled) < MAX_COMPARABLE)) {
      return Double.NaN;
    }
    // Infinity must not be hidden by the clip.
    return Double.isFinite(transformed) ? scaled : Double.NaN;
  }

  /** Whether a value can be computed but is beyond the bound {@link #reject}. */
  boolean isOutlier(double value, double last) {
    return Math.abs(scale(value, last)) > reject;
  }

  /** What the model reads if its own output comes true. */
  float feedBack(float output) {
    return transform.isWindowRelative() ? output : (float) clip(output);
  }

  private double clip(double scaled) {
    return scaled > clip ? clip : scaled < -clip ? -clip : scaled;
  }

  /** From the scaled value to the transformed one. */
  double unscale(double output) {
    return output * std + mean;
  }
}
