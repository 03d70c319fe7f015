package io.flinklstm.jobs.record;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The unit of times that are numbers since the epoch. */
public enum EpochUnit {
  MS(0, 1),
  S(3, 1e3),
  US(-3, 1e-3),
  NS(-6, 1e-6);

  private final int digits; // from the unit to milliseconds
  private final double milliseconds;

  EpochUnit(int digits, double milliseconds) {
    this.digits = digits;
    this.milliseconds = milliseconds;
  }

  /** How many milliseconds a number of this unit is, roughly. */
  double roughMilliseconds(double number) {
    return number * milliseconds;
  }

  /** How many of this unit a number of milliseconds is, roughly. */
  double roughNumber(long time) {
    return time / milliseconds;
  }

  /**
   * A number as milliseconds; what is finer is dropped, towards the past.
   *
   * @param number whose milliseconds fit 64 bits
   */
  long milliseconds(long number) {
    return switch (this) {
      case MS -> number;
      case S -> number * 1000;
      case US -> Math.floorDiv(number, 1000L);
      case NS -> Math.floorDiv(number, 1_000_000L);
    };
  }

  /**
   * A number as milliseconds; what is finer is dropped, towards the past.
   *
   * @throws ArithmeticException if they do not fit 64 bits
   */
  long milliseconds(BigDecimal number) {
    long integerDigits = (long) number.precision() - number.scale();
    // A short text can stand for a billion digits, which must not be expanded.
    if (number.signum() == 0 || integerDigits < -3) {
      return number.signum() < 0 ? -1 : 0;
    }
    if (integerDigits > 22) {
      throw new ArithmeticException("beyond 64 bits");
    }
    return number.movePointRight(digits).setScale(0, RoundingMode.FLOOR).longValueExact();
  }
}
