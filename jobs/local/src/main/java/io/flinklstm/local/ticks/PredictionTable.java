package io.flinklstm.local.ticks;

import io.flinklstm.local.console.Terminal;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Predictions as rows of a table for a person to read. On a terminal that is too narrow for all
 * columns, step, reset and status give way to forecasts, in this order; long keys are cut, and
 * forecasts that do not fit are left out. Numbers are never cut.
 */
public final class PredictionTable {

  private static final MathContext DIGITS = new MathContext(7);
  private static final int MAX_SCALE = 12;
  private static final int MAX_DIGITS_BEFORE_POINT = 12;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int TIME_WIDTH = 23;
  private static final int KEY_WIDTH = 10;
  private static final int VALUE_WIDTH = 10;
  private static final int STEP_WIDTH = 10;
  private static final int RESET_WIDTH = 7;
  private static final int STATUS_WIDTH = 10;
  private static final int FORECAST_WIDTH = 8;
  private static final String GAP = "  ";
  private static final String MORE = " …";

  private final int width;
  private final int keyWidth;
  private final boolean withStep;
  private final boolean withReset;
  private final boolean withStatus;

  /**
   * @param width of the terminal, or {@link Terminal#UNBOUNDED}
   */
  public PredictionTable(int width) {
    this.width = width;
    int gap = GAP.length();
    int needed = TIME_WIDTH + gap + VALUE_WIDTH + gap + FORECAST_WIDTH + MORE.length();
    keyWidth = Math.max(1, Math.min(KEY_WIDTH, width - needed - gap));
    int left = width - needed - gap - keyWidth;
    withStatus = left >= STATUS_WIDTH + gap;
    left -= STATUS_WIDTH + gap;
    left -= gap + FORECAST_WIDTH; // a second forecast is worth more than what follows
    withReset = left >= RESET_WIDTH + gap;
    left -= RESET_WIDTH + gap;
    withStep = left >= STEP_WIDTH + gap;
  }

  public String header() {
    String head = columns("event time (UTC)", padded("key", keyWidth), "step", "status", "reset");
    head += GAP + aligned("last value", VALUE_WIDTH) + GAP;
    int room = width - head.length();
    for (String title : new String[] {"forecasts of the next values", "next values"}) {
      if (title.length() <= room) {
        return head + title;
      }
    }
    return head + "next";
  }

  public String row(PredictionRecord prediction) {
    String values =
        GAP
            + aligned(number(prediction.lastValue()), VALUE_WIDTH)
            + GAP
            + number(prediction.forecasts()[0]);
    int room = width - columns(prediction, "").length() - values.length();
    String row = columns(prediction, key(prediction.key(), room)) + values;
    int count = prediction.forecasts().length;
    for (int k = 1; k < count; k++) {
      String next = GAP + number(prediction.forecasts()[k]);
      int more = k + 1 < count ? MORE.length() : 0;
      if (row.length() + next.length() + more > width) {
        return row.length() + MORE.length() > width ? row : row + MORE;
      }
      row += next;
    }
    return row;
  }

  private String columns(PredictionRecord prediction, String key) {
    return columns(
        TIME.format(Instant.ofEpochMilli(prediction.eventTime())),
        key,
        String.format(Locale.ROOT, "%,d", prediction.step()),
        prediction.status(),
        prediction.reset() == null ? "" : prediction.reset());
  }

  private String columns(String time, String key, String step, String status, String reset) {
    return padded(time, TIME_WIDTH)
        + GAP
        + key
        + (withStep ? GAP + aligned(step, STEP_WIDTH) : "")
        + (withStatus ? GAP + padded(status, STATUS_WIDTH) : "")
        + (withReset ? GAP + padded(reset, RESET_WIDTH) : "");
  }

  /** The key in its column, or in the room that large numbers leave. */
  private String key(String key, int room) {
    if (width == Terminal.UNBOUNDED) {
      return padded(key, keyWidth);
    }
    int length = Math.max(1, Math.min(keyWidth, room));
    return padded(key.length() <= length ? key : key.substring(0, length - 1) + "…", length);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String aligned(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** Seven digits, so that the values of a stream line up in columns. */
  public static String number(double value) {
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    int digitsBeforePoint = rounded.precision() - rounded.scale();
    if (digitsBeforePoint > MAX_DIGITS_BEFORE_POINT) {
      return String.format(Locale.ROOT, "%.6e", value);
    }
    int scale = Math.min(MAX_SCALE, Math.max(0, DIGITS.getPrecision() - digitsBeforePoint));
    return rounded.setScale(scale, RoundingMode.HALF_EVEN).toPlainString();
  }
}
