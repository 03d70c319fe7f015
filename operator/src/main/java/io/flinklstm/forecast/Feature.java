package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.formula.Formula;
import java.io.Serializable;

/**
 * One input of the model: a formula over the observation's fields, a transform and a scaler.
 *
 * @param name unique within the card
 * @param formula computes a number from the observation's fields
 * @param transform is applied to that number
 * @param mean is subtracted from the transformed value
 * @param std divides the difference; above 0
 * @param clip bound of the scaled value, in standard deviations, above 0; infinity for none
 * @param reject bound of the scaled value beyond which the observation is refused as an outlier, in
 *     standard deviations, above 0; infinity for none
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

  /** A first value beyond it would do, but float32 could not tell later values apart from it. */
  private static final double MAX_COMPARABLE = Float.MAX_VALUE / 4;

  /** A feature that refuses no outliers. */
  public Feature(
      String name, Formula formula, Transform transform, double mean, double std, double clip) {
    this(name, formula, transform, mean, std, clip, Double.POSITIVE_INFINITY);
  }

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public Feature {
    if (formula.function() == Formula.Function.ELAPSED && transform == Transform.LOG_RETURN) {
      throw new IllegalArgumentException(
          "transform of feature "
              + name
              + ": expected a transform other than log_return for elapsed(), which is 0 for the"
              + " first observation and between equal times");
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
   * Turns the formula's value into the model's input: narrowed to a float, unless it has yet to be
   * related to a window.
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
   * Turns the formula's value into the scaled one, neither clipped nor narrowed: what an output of
   * the model stands for, apart from the frame of a window-relative transform.
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
    // The clip must not hide infinity.
    return Double.isFinite(transformed) ? scaled : Double.NaN;
  }

  /** Whether a value can be computed but exceeds the bound {@link #reject}. */
  boolean isOutlier(double value, double last) {
    return Math.abs(scale(value, last)) > reject;
  }

  /** The model's next input if its output comes true. */
  float feedBack(float output) {
    return transform.isWindowRelative() ? output : (float) clip(output);
  }

  private double clip(double scaled) {
    return scaled > clip ? clip : scaled < -clip ? -clip : scaled;
  }

  /** Turns the scaled value back into the transformed one. */
  double unscale(double output) {
    return output * std + mean;
  }
}
