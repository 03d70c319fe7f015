package io.flinklstm.jobs.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.ShownText;
import java.io.IOException;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The format of event times: a number of milliseconds, seconds, microseconds or nanoseconds since
 * the epoch, an ISO-8601 text, or a text in a pattern. Fractions of a millisecond are dropped,
 * towards the past. Immutable.
 *
 * <p>A text without an offset is a local time in the format's zone. Where clocks are set back and a
 * local time happens twice, it is the first; where they are set forward and it does not exist, it
 * moves forward by as much as the clocks do.
 */
@PublicEvolving
public final class TimeFormat implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final String ISO_NAME = "iso";

  /** Milliseconds since the epoch. */
  public static final TimeFormat MS = of("ms");

  /** Seconds since the epoch, fractions allowed. */
  public static final TimeFormat S = of("s");

  /** Microseconds since the epoch. */
  public static final TimeFormat US = of("us");

  /** Nanoseconds since the epoch. */
  public static final TimeFormat NS = of("ns");

  /** ISO-8601, in UTC where there is no offset. */
  public static final TimeFormat ISO = of(ISO_NAME);

  /** The formats of numbers, the most common ones first. */
  static final List<TimeFormat> NUMBERS = List.of(MS, S, US, NS);

  private final String text;
  private final ZoneId zone;
  private final transient @Nullable EpochUnit unit; // of numbers
  private final transient @Nullable PatternTime pattern; // of texts that are not ISO-8601

  private TimeFormat(
      String text, ZoneId zone, @Nullable EpochUnit unit, @Nullable PatternTime pattern) {
    this.text = text;
    this.zone = zone.normalized(); // UTC is the same by every name
    this.unit = unit;
    this.pattern = pattern;
  }

  /**
   * A format by its name or pattern, in UTC.
   *
   * @throws IllegalArgumentException if it is neither a name nor a pattern that gives a date
   */
  public static TimeFormat of(String text) {
    return of(text, ZoneOffset.UTC);
  }

  /**
   * A format by its name (ms, s, us, ns or iso) or a pattern of {@link
   * java.time.format.DateTimeFormatter}.
   *
   * @param zone of texts without an offset
   * @throws IllegalArgumentException if it is neither a name nor a pattern that gives a date
   */
  public static TimeFormat of(String text, ZoneId zone) {
    String stripped = text.strip();
    for (EpochUnit unit : EpochUnit.values()) {
      if (unit.name().equalsIgnoreCase(stripped)) {
        return new TimeFormat(unit.name().toLowerCase(Locale.ROOT), zone, unit, null);
      }
    }
    if (stripped.equalsIgnoreCase(ISO_NAME)) {
      return new TimeFormat(ISO_NAME, zone, null, null);
    }
    try {
      return new TimeFormat(stripped, zone, null, new PatternTime(stripped, zone));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "expected ms, s, us, ns, iso or a pattern such as yyyy-MM-dd HH:mm:ss, got "
              + ShownText.of(text)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** The same format in another zone. */
  public TimeFormat in(ZoneId other) {
    return of(text, other);
  }

  private Object readResolve() {
    return of(text, zone);
  }

  /** The zone of texts without an offset. */
  public ZoneId zone() {
    return zone;
  }

  /** The unit of numbers since the epoch, or null if times are texts. */
  public @Nullable EpochUnit unit() {
    return unit;
  }

  /** Whether a whole number can be a time: one since the epoch, or digits in a pattern. */
  public boolean readsWholeNumbers() {
    return unit != null || pattern != null;
  }

  /** Whether times are texts and not numbers since the epoch. */
  public boolean isText() {
    return unit == null;
  }

  /**
   * The parser's current number as epoch milliseconds.
   *
   * @throws RejectedRecordException if it is not a time of this format
   */
  public long read(JsonParser parser, String field) throws IOException, RejectedRecordException {
    boolean isWhole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    if (unit == null) {
      if (isWhole && pattern != null) {
        return fromText(parser.getText(), field);
      }
      throw wrongType(field, parser.getText());
    }
    double value = parser.getDoubleValue();
    checkRange(unit, value, field);
    if (isWhole && fitsLong(value)) {
      return unit.milliseconds(parser.getLongValue());
    }
    try {
      return unit.milliseconds(parser.getDecimalValue());
    } catch (ArithmeticException | NumberFormatException e) {
      throw outOfRange(value, field);
    }
  }

  /**
   * A whole number as epoch milliseconds.
   *
   * @throws RejectedRecordException if it is not a time of this format
   */
  public long read(long number, String field) throws RejectedRecordException {
    if (unit == null) {
      return fromText(Long.toString(number), field);
    }
    checkRange(unit, number, field);
    return unit.milliseconds(number);
  }

  /**
   * A text, in which there may be a number, as epoch milliseconds.
   *
   * @throws RejectedRecordException if it is not a time of this format
   */
  public long read(NumberText written, String field) throws RejectedRecordException {
    if (unit == null) {
      return fromText(written.toString(), field);
    }
    if (!written.isNumber()) {
      throw wrongType(field, written.toString());
    }
    double value = written.toDouble();
    checkRange(unit, value, field);
    try {
      return written.isWhole() && fitsLong(value)
          ? unit.milliseconds(written.toLong())
          : unit.milliseconds(written.toDecimal());
    } catch (ArithmeticException | NumberFormatException e) {
      throw outOfRange(value, field);
    }
  }

  /**
   * A time as text, for example from a CSV file, as epoch milliseconds, exactly as in a record.
   *
   * @throws IllegalArgumentException if it is not a time of this format
   */
  public long parse(String time) {
    NumberText written = new NumberText();
    written.set(time.toCharArray(), 0, time.length());
    try {
      return read(written, "time");
    } catch (RejectedRecordException e) {
      throw new IllegalArgumentException(
          "expected a time in the format " + text + ", got " + ShownText.of(time) + isoCure(time),
          e);
    }
  }

  private long fromText(String time, String field) throws RejectedRecordException {
    try {
      return pattern == null ? IsoTime.parse(time, zone) : pattern.parse(time);
    } catch (DateTimeException | ArithmeticException e) {
      throw new RejectedRecordException(
          RejectionCode.INVALID_TIME,
          "field " + field + ": expected " + expected() + ", got " + ShownText.of(time));
    }
  }

  /** What a time must be, for messages. */
  public String expected() {
    String what =
        unit != null
            ? "a number"
            : "a time like " + (pattern == null ? "2019-01-01T00:00:00.123Z" : pattern.example());
    return what + " (lstm.source.time-format: " + text + ")";
  }

  /** Beyond 2^53 a double cannot hold every millisecond; that is 285,000 years away. */
  private static void checkRange(EpochUnit unit, double value, String field)
      throws RejectedRecordException {
    if (!(Math.abs(unit.roughMilliseconds(value)) < 0x1p53)) {
      throw outOfRange(value, field);
    }
  }

  private static boolean fitsLong(double value) {
    return Math.abs(value) < 0x1p63;
  }

  /** A decimal's exponent has 32 bits, so it can be out of range where a double is not. */
  private static RejectedRecordException outOfRange(double value, String field) {
    TimeFormat likely = PlausibleTimes.ofNumber(value, System.currentTimeMillis());
    return new RejectedRecordException(
        RejectionCode.INVALID_TIME,
        "field "
            + field
            + ": expected a time since the epoch, got "
            + value
            + PlausibleTimes.cure(likely));
  }

  private RejectedRecordException wrongType(String field, String got) {
    return new RejectedRecordException(
        RejectionCode.WRONG_TYPE,
        "field "
            + field
            + ": expected "
            + expected()
            + ", got "
            + ShownText.of(got)
            + isoCure(got));
  }

  private String isoCure(String got) {
    boolean isDate = got.length() >= 10 && got.charAt(4) == '-' && got.charAt(7) == '-';
    return unit != null && isDate ? "; the format iso reads dates" : "";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TimeFormat that && text.equals(that.text) && zone.equals(that.zone);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text, zone);
  }

  /** The name or pattern. */
  @Override
  public String toString() {
    return text;
  }
}
