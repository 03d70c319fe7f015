package io.flinklstm.forecast;

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
 */
public record Feature(
    String name, Formula formula, Transform transform, double mean, double std, double clip)
    implements Serializable {

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
  }

  /** From the formula's value to what the model reads; not finite if it cannot be computed. */
  float encode(double value, double last) {
    if (transform == Transform.DIFFERENCE && !(Math.abs(value) / std < Float.MAX_VALUE / 4)) {
      // As a stream's first it would do, but no later value could be told apart from it.
      return Float.NaN;
    }
    double transformed = transform.encode(value, last);
    // Infinity must not be hidden by the clip.
    return Double.isFinite(transformed) ? (float) clip((transformed - mean) / std) : Float.NaN;
  }

  /** A scaled value within the bound. */
  float clip(float scaled) {
    return (float) clip((double) scaled);
  }

  private double clip(double scaled) {
    return scaled > clip ? clip : scaled < -clip ? -clip : scaled;
  }

  /** From the model's output to the transformed value. */
  double unscale(float output) {
    return output * std + mean;
  }
}
