package io.flinklstm.jobs.record;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells event times from numbers read in a wrong unit: those are decades away from the record's
 * timestamp, or in January 1970, where all of this century's seconds are that are read as
 * milliseconds.
 */
public final class PlausibleTimes {

  private static final long LIMIT_MS = Duration.ofDays(20 * 365 + 5).toMillis(); // 20 years
  private static final long JANUARY_1970_MS = Duration.ofDays(31).toMillis();

  private PlausibleTimes() {}

  /**
   * Whether an event time is implausible.
   *
   * @param reference the record's timestamp; negative if there is none
   */
  public static boolean isImplausible(long eventTime, long reference) {
    boolean isInJanuary1970 = eventTime >= 0 && eventTime < JANUARY_1970_MS;
    return isInJanuary1970 || reference >= 0 && Math.abs(eventTime - reference) > LIMIT_MS;
  }

  /**
   * The format that makes a plausible time of an implausible one, or null if none does.
   *
   * @param format by which the time was read
   * @param reference when the time must have been, roughly
   */
  public static @Nullable TimeFormat likely(TimeFormat format, long eventTime, long reference) {
    EpochUnit unit = format.unit();
    return unit != null && eventTime >= 0 && isImplausible(eventTime, reference)
        ? ofNumber(unit.roughNumber(eventTime), reference)
        : null;
  }

  /** The format that makes a plausible time of a number, or null if none does. */
  static @Nullable TimeFormat ofNumber(double number, long reference) {
    for (TimeFormat format : TimeFormat.NUMBERS) {
      EpochUnit unit = format.unit();
      double time = unit == null ? Double.NaN : unit.roughMilliseconds(number);
      if (time < 0x1p53 && !isImplausible((long) time, reference)) {
        return format;
      }
    }
    return null;
  }

  /** What a message says of a likely format; empty for null. */
  public static String cure(@Nullable TimeFormat likely) {
    return likely == null ? "" : "; likely lstm.source.time-format: " + likely;
  }

  /** The number that was read as an event time, or null if it was not a number. */
  public static @Nullable String written(TimeFormat format, long eventTime) {
    EpochUnit unit = format.unit();
    return unit == null
        ? null
        : new BigDecimal(unit.roughNumber(eventTime)).round(MathContext.DECIMAL64).toPlainString();
  }
}
