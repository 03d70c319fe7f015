package io.flinklstm.local.ticks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Predictions as rows that a person reads. */
public final class PredictionTable {

  private static final MathContext DIGITS = new MathContext(7);
  private static final int MAX_SCALE = 12;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private PredictionTable() {}

  public static String header() {
    return String.format(
        Locale.ROOT,
        "%-23s  %-12s %9s  %-10s %-5s  %12s   %s",
        "event time (UTC)",
        "key",
        "step",
        "status",
        "reset",
        "last value",
        "forecasts of the next values");
  }

  public static String row(PredictionRecord prediction) {
    return String.format(
        Locale.ROOT,
        "%-23s  %-12s %,9d  %-10s %-5s  %12s   %s",
        TIME.format(Instant.ofEpochMilli(prediction.eventTime())),
        prediction.key(),
        prediction.step(),
        prediction.status(),
        prediction.reset() == null ? "" : prediction.reset(),
        number(prediction.lastValue()),
        forecasts(prediction));
  }

  public static String forecasts(PredictionRecord prediction) {
    StringBuilder text = new StringBuilder();
    for (double forecast : prediction.forecasts()) {
      text.append(text.length() == 0 ? "" : "  ").append(number(forecast));
    }
    return text.toString();
  }

  /** Seven digits, so that the values of a stream line up in columns. */
  public static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    int digitsBeforePoint = rounded.precision() - rounded.scale();
    int scale = Math.min(MAX_SCALE, Math.max(0, DIGITS.getPrecision() - digitsBeforePoint));
    return rounded.setScale(scale, RoundingMode.HALF_EVEN).toPlainString();
  }
}
