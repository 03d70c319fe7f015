package io.flinklstm.jobs.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.forecast.RejectionCode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** How a record writes its event time. */
@PublicEvolving
public enum TimeFormat {
  /** Milliseconds since the epoch. */
  MS,
  /** Seconds since the epoch, fractions allowed. */
  S,
  /** Microseconds since the epoch. */
  US,
  /** ISO-8601 with an offset. */
  ISO;

  private static final DateTimeFormatter FILE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter(Locale.ROOT);

  /**
   * The parser's current value as epoch milliseconds.
   *
   * @throws RejectedRecordException if it is not a time of this format
   */
  long read(JsonParser parser, String field) throws IOException, RejectedRecordException {
    JsonToken token = parser.currentToken();
    if (this == ISO) {
      if (token != JsonToken.VALUE_STRING) {
        throw wrongType(field, token);
      }
      return fromIso(parser.getText(), field);
    }
    if (!token.isNumeric()) {
      throw wrongType(field, token);
    }
    double value = parser.getDoubleValue();
    checkRange(value, field);
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return milliseconds(parser.getLongValue());
    }
    try {
      return milliseconds(parser.getDecimalValue());
    } catch (ArithmeticException | NumberFormatException e) {
      throw outOfRange(value, field);
    }
  }

  /**
   * A whole number as epoch milliseconds; not for {@link #ISO}.
   *
   * @throws RejectedRecordException if it is not a time of this format
   */
  long read(long number, String field) throws RejectedRecordException {
    checkRange(number, field);
    return milliseconds(number);
  }

  /**
   * A text as epoch milliseconds.
   *
   * @throws RejectedRecordException if it is not a time of this format
   */
  long read(NumberText text, String field) throws RejectedRecordException {
    if (this == ISO) {
      return fromIso(text.toString(), field);
    }
    if (!text.isNumber()) {
      throw wrongType(field, text.shown());
    }
    double value = text.toDouble();
    checkRange(value, field);
    if (text.isWhole()) {
      return milliseconds(text.toLong());
    }
    try {
      return milliseconds(text.toDecimal());
    } catch (ArithmeticException | NumberFormatException e) {
      throw outOfRange(value, field);
    }
  }

  /**
   * A time as text, for example from a CSV file, as epoch milliseconds; fractions of a millisecond
   * are dropped. More lenient than for records: an ISO-8601 time may have a space instead of the T
   * and may lack an offset (it is UTC then), or may be a date, which means midnight UTC.
   *
   * @throws IllegalArgumentException if it is not a time of this format
   */
  public long parse(String text) {
    try {
      return switch (this) {
        case MS, S, US -> milliseconds(new BigDecimal(text));
        case ISO -> fromFile(text);
      };
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected a time in the format " + name().toLowerCase(Locale.ROOT) + ", got " + text, e);
    }
  }

  private static long fromFile(String text) {
    String time = text.length() > 10 && text.charAt(10) == ' ' ? text.replaceFirst(" ", "T") : text;
    TemporalAccessor parsed =
        FILE_TIME.parseBest(time, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
    OffsetDateTime point =
        parsed instanceof OffsetDateTime withOffset
            ? withOffset
            : parsed instanceof LocalDateTime local
                ? local.atOffset(ZoneOffset.UTC)
                : ((LocalDate) parsed).atStartOfDay().atOffset(ZoneOffset.UTC);
    return point.toInstant().toEpochMilli();
  }

  /** Beyond 2^53 a double cannot hold every millisecond; that is 285,000 years away. */
  private void checkRange(double value, String field) throws RejectedRecordException {
    double milliseconds = this == S ? value * 1e3 : this == US ? value / 1e3 : value;
    if (!(Math.abs(milliseconds) < 0x1p53)) {
      throw outOfRange(value, field);
    }
  }

  /** A decimal's exponent has 32 bits, so it can be out of range where a double is not. */
  private static RejectedRecordException outOfRange(double value, String field) {
    return new RejectedRecordException(
        RejectionCode.INVALID_TIME,
        "field " + field + ": expected a time since the epoch, got " + value);
  }

  private long milliseconds(long time) {
    return this == S ? time * 1000 : this == US ? Math.floorDiv(time, 1000L) : time;
  }

  /** The time in milliseconds; fractions of a millisecond are dropped, towards the past. */
  private long milliseconds(BigDecimal time) {
    long integerDigits = (long) time.precision() - time.scale();
    // A short text can stand for a billion digits, which must not be expanded.
    if (time.signum() == 0 || integerDigits < -3) {
      return time.signum() < 0 ? -1 : 0;
    }
    if (integerDigits > 22) {
      throw new ArithmeticException("beyond 64 bits");
    }
    int toMilliseconds = this == S ? 3 : this == US ? -3 : 0;
    return time.movePointRight(toMilliseconds).setScale(0, RoundingMode.FLOOR).longValueExact();
  }

  /** An ISO-8601 time as epoch milliseconds. */
  static long fromIso(String text, String field) throws RejectedRecordException {
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new RejectedRecordException(
          RejectionCode.INVALID_TIME,
          "field " + field + ": expected a time like 2019-01-01T00:00:00.123Z, got " + text);
    }
  }

  private RejectedRecordException wrongType(String field, Object got) {
    return new RejectedRecordException(
        RejectionCode.WRONG_TYPE,
        "field "
            + field
            + ": expected "
            + (this == ISO ? "a string" : "a number")
            + " (lstm.source.time-format: "
            + name().toLowerCase(Locale.ROOT)
            + "), got "
            + got);
  }
}
