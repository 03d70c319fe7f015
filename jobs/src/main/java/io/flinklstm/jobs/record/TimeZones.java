package io.flinklstm.jobs.record;

import io.flinklstm.forecast.ShownText;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Time zones by their names. */
public final class TimeZones {

  private TimeZones() {}

  /**
   * The zone of a region, such as America/New_York, or of an offset, such as +05:30.
   *
   * @throws IllegalArgumentException if there is none; the message has the most similar name
   */
  public static ZoneId of(String name) {
    try {
      return ZoneId.of(name.strip());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "expected a time zone such as America/New_York, or an offset such as +05:30, got "
              + ShownText.of(name)
              + "; did you mean "
              + nearest(name)
              + "?",
          e);
    }
  }

  private static String nearest(String name) {
    String wanted = lowerCase(name);
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    // Many are equally near to a short name; the order of a set would differ between runs.
    return ZoneId.getAvailableZoneIds().stream()
        .sorted()
        .min(Comparator.comparingInt(known -> distance.apply(wanted, lowerCase(known))))
        .orElse("UTC");
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
