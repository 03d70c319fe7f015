package io.flinklstm.jobs.record;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Times in a pattern of {@link DateTimeFormatter}. Letters may have either case; names are English
 * in every environment. A text without a time of day means midnight, one without a day the first of
 * the month or year.
 */
final class PatternTime {

  /** Every part of it has a value of its own, so that no two can be taken for each other. */
  private static final LocalDate SAMPLE_DAY = LocalDate.of(2023, 11, 14);

  private static final LocalTime SAMPLE_TIME = LocalTime.of(15, 16, 17, 987_654_321);

  /** Fields that may be missing from a date, tried in this order; their first value is meant. */
  private static final List<List<ChronoField>> DAY_DEFAULTS =
      List.of(
          List.of(),
          List.of(ChronoField.DAY_OF_MONTH),
          List.of(ChronoField.DAY_OF_MONTH, ChronoField.MONTH_OF_YEAR));

  private final DateTimeFormatter formatter;
  private final ZoneId zone;
  private final String example;

  /**
   * @param zone of texts without an offset
   * @throws IllegalArgumentException if it is not a pattern, or does not give a date
   */
  PatternTime(String pattern, ZoneId zone) {
    this.zone = zone;
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    for (List<ChronoField> firsts : DAY_DEFAULTS) {
      DateTimeFormatter candidate = formatter(pattern, firsts);
      String readable = readable(candidate, pattern, firsts, zone);
      if (readable != null) {
        formatter = candidate;
        example = readable;
        return;
      }
    }
    throw new IllegalArgumentException(
        "its fields do not give a date, or a time of day that is certain"
            + (pattern.contains("Y") ? "; Y is the year of a week, y that of a date" : "")
            + (pattern.contains("h") ? "; h needs a, H is the hour of the day" : ""));
  }

  private static DateTimeFormatter formatter(String pattern, List<ChronoField> firsts) {
    DateTimeFormatterBuilder builder =
        new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(pattern);
    // Strict, or February 30 would be the 28th; and then a year alone does not say its era.
    builder.parseDefaulting(ChronoField.ERA, 1);
    firsts.forEach(field -> builder.parseDefaulting(field, 1));
    return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
  }

  /** A text that the formatter writes and reads back as the same, or null if there is none. */
  private static @Nullable String readable(
      DateTimeFormatter formatter, String pattern, List<ChronoField> firsts, ZoneId zone) {
    ZonedDateTime sample = SAMPLE_DAY.atTime(SAMPLE_TIME).atZone(zone);
    for (String variant : variants(pattern)) {
      try {
        DateTimeFormatter writer = formatter(variant, firsts);
        String text = writer.format(sample);
        ZonedDateTime read = time(formatter.parse(text), zone);
        if (read.getYear() == sample.getYear() && writer.format(read).equals(text)) {
          return text;
        }
      } catch (DateTimeException | IllegalArgumentException e) {
        // Not readable: the next variant may be.
        continue;
      }
    }
    return null;
  }

  /**
   * The pattern itself, then it with one and with none of its optional sections: sections that are
   * alternatives cannot all be in one text.
   */
  private static List<String> variants(String pattern) {
    List<int[]> sections = new ArrayList<>();
    boolean quoted = false;
    int depth = 0;
    int start = 0;
    for (int k = 0; k < pattern.length(); k++) {
      char c = pattern.charAt(k);
      if (c == '\'') {
        quoted = !quoted;
      } else if (!quoted && c == '[' && depth++ == 0) {
        start = k;
      } else if (!quoted && c == ']' && --depth == 0) {
        sections.add(new int[] {start, k + 1});
      }
    }
    List<String> variants = new ArrayList<>();
    variants.add(pattern);
    for (int kept = 0; kept <= sections.size(); kept++) {
      StringBuilder variant = new StringBuilder(pattern);
      for (int k = sections.size() - 1; k >= 0; k--) {
        if (k != kept) {
          variant.delete(sections.get(k)[0], sections.get(k)[1]);
        }
      }
      variants.add(variant.toString());
    }
    return variants;
  }

  /** A time in this pattern. */
  String example() {
    return example;
  }

  /**
   * The time in epoch milliseconds.
   *
   * @throws DateTimeException if it does not have the pattern
   * @throws ArithmeticException if it is beyond 64 bits
   */
  long parse(String text) {
    return time(formatter.parse(text), zone).toInstant().toEpochMilli();
  }

  private static ZonedDateTime time(TemporalAccessor parsed, ZoneId zone) {
    ZoneId own = parsed.query(TemporalQueries.zone());
    if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
      return ZonedDateTime.from(parsed);
    }
    LocalTime time = parsed.query(TemporalQueries.localTime());
    return LocalDate.from(parsed)
        .atTime(time == null ? LocalTime.MIDNIGHT : time)
        .atZone(own == null ? zone : own);
  }
}
