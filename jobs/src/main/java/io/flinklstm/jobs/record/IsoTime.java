package io.flinklstm.jobs.record;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * ISO-8601 times as feeds write them: a day, alone or with a time after {@code T} or a space; hours
 * and minutes, with seconds and a fraction of up to nine digits if there are any; an offset if
 * there is one, such as {@code Z}, {@code +01}, {@code +0100} or {@code +01:00}, or {@code UTC},
 * also after a space.
 */
final class IsoTime {

  private static final int MINUTES = "HH:mm".length();
  private static final int SECONDS = "HH:mm:ss".length();
  private static final int NANO_DIGITS = 9;

  private IsoTime() {}

  /**
   * The time in epoch milliseconds.
   *
   * @param zone of a text without an offset
   * @throws DateTimeException if it is not such a time
   * @throws ArithmeticException if it is beyond 64 bits
   */
  static long parse(String text, ZoneId zone) {
    int dayEnd = dayEnd(text);
    LocalDate day = LocalDate.parse(text.substring(0, dayEnd));
    if (dayEnd == text.length()) {
      return milliseconds(day, LocalTime.MIDNIGHT, zone);
    }
    String clock = text.substring(dayEnd + 1);
    requireColon(clock, 2);
    int hour = twoDigits(clock, 0);
    int minute = twoDigits(clock, 3);
    if (clock.length() == MINUTES || clock.charAt(MINUTES) != ':') {
      return milliseconds(day, LocalTime.of(hour, minute), zone(clock, MINUTES, zone));
    }
    int second = twoDigits(clock, MINUTES + 1);
    int end = SECONDS;
    int nano = 0;
    if (end < clock.length() && (clock.charAt(end) == '.' || clock.charAt(end) == ',')) {
      int digits = 0;
      while (end + 1 < clock.length() && isDigit(clock.charAt(end + 1))) {
        end++;
        digits++;
        nano = 10 * nano + (clock.charAt(end) - '0');
        if (digits > NANO_DIGITS) {
          throw new DateTimeException("more than nine digits of a second");
        }
      }
      if (digits == 0) {
        throw new DateTimeException("no digits of a second");
      }
      end++;
      for (; digits < NANO_DIGITS; digits++) {
        nano *= 10;
      }
    }
    return milliseconds(day, LocalTime.of(hour, minute, second, nano), zone(clock, end, zone));
  }

  private static int dayEnd(String text) {
    for (int k = 0; k < text.length(); k++) {
      char c = text.charAt(k);
      if (c == 'T' || c == 't' || c == ' ') {
        return k;
      }
    }
    return text.length();
  }

  private static void requireColon(String clock, int index) {
    if (clock.length() < MINUTES || clock.charAt(index) != ':') {
      throw new DateTimeException("no hours and minutes");
    }
  }

  private static int twoDigits(String clock, int start) {
    if (clock.length() < start + 2
        || !isDigit(clock.charAt(start))
        || !isDigit(clock.charAt(start + 1))) {
      throw new DateTimeException("no two digits");
    }
    return 10 * (clock.charAt(start) - '0') + (clock.charAt(start + 1) - '0');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The offset from a position on, or the default where the text ends. */
  private static ZoneId zone(String clock, int start, ZoneId otherwise) {
    if (start == clock.length()) {
      return otherwise;
    }
    String offset = clock.substring(clock.charAt(start) == ' ' ? start + 1 : start);
    return offset.equalsIgnoreCase("z") || offset.equalsIgnoreCase("utc")
        ? ZoneOffset.UTC
        : ZoneOffset.of(offset);
  }

  private static long milliseconds(LocalDate day, LocalTime time, ZoneId zone) {
    return day.atTime(time).atZone(zone).toInstant().toEpochMilli();
  }
}
