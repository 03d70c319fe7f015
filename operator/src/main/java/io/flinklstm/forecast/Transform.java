package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Applied to a formula's value before it is scaled, and inverted on the model's output. The
 * {@linkplain #isWindowRelative window-relative} ones come after the scaler instead and are applied
 * by {@link InputWindow}, which knows the window; here they leave the value unchanged.
 *
 * <p>Everything goes through {@link StrictMath}, whose results are the same on every JVM.
 */
@PublicEvolving
public enum Transform {
  /** v. */
  IDENTITY,
  /** log(1 + v). */
  LOG1P {
    @Override
    double encode(double value, double last) {
      return StrictMath.log1p(value);
    }

    @Override
    double decode(double predicted, double lastValue, double sum) {
      return StrictMath.expm1(predicted);
    }
  },
  /** v minus v of the key's previous observation, 0 for the first. */
  DIFFERENCE {
    @Override
    double encode(double value, double last) {
      return value - last;
    }

    @Override
    double decode(double predicted, double lastValue, double sum) {
      return lastValue + sum;
    }
  },
  /** log(v / v of the key's previous observation), 0 for the first; v must be above 0. */
  LOG_RETURN {
    @Override
    double encode(double value, double last) {
      // A value that is not above 0 must be refused even where the quotient is finite (first
      // observation, two negative values): it would make every later return meaningless.
      if (!(value > 0)) {
        return Double.NaN;
      }
      // Between extremes the quotient leaves the range of a double; the logarithms do not.
      double quotient = value / last;
      return quotient > 0 && quotient < Double.POSITIVE_INFINITY
          ? StrictMath.log(quotient)
          : StrictMath.log(value) - StrictMath.log(last);
    }

    @Override
    double decode(double predicted, double lastValue, double sum) {
      return lastValue * StrictMath.exp(sum);
    }
  },
  /** The scaled value minus the newest one in the window. */
  MINUS_LAST,
  /** The scaled value in units of the window's own mean and standard deviation. */
  REVIN;

  /**
   * The transformed value.
   *
   * @param value the formula's value
   * @param last the formula's value at the key's previous observation; value itself for the first
   */
  double encode(double value, double last) {
    return value;
  }

  /**
   * The formula's value that a prediction stands for.
   *
   * @param predicted the transformed value forecast for this horizon step
   * @param lastValue the formula's value at the observation
   * @param sum the sum of the transformed values forecast for this and all nearer horizon steps
   */
  double decode(double predicted, double lastValue, double sum) {
    return predicted;
  }

  /** Whether the model's input depends on the other values in the window. */
  public boolean isWindowRelative() {
    return this == MINUS_LAST || this == REVIN;
  }

  /** The name in a model card. */
  public String cardName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if there is no such transform
   */
  public static Transform parse(String cardName) {
    for (Transform transform : values()) {
      if (transform.cardName().equals(cardName)) {
        return transform;
      }
    }
    throw new IllegalArgumentException(
        "transform: expected one of "
            + Stream.of(values()).map(Transform::cardName).collect(Collectors.joining(", "))
            + ", got \""
            + cardName
            + "\"");
  }
}
