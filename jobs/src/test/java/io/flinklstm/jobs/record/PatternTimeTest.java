package io.flinklstm.jobs.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTimeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MM/dd/yyyy HH:mm:ss | 02/03/2025 14:05:06 | 2025-02-03T14:05:06Z",
        "dd/MM/yyyy | 02/03/2025 | 2025-03-02T00:00:00Z",
        "d/M/yy | 2/3/25 | 2025-03-02T00:00:00Z",
        "yyyyMMdd | 20250302 | 2025-03-02T00:00:00Z",
        "yyyyMMdd HHmmssSSS | 20250302 140506789 | 2025-03-02T14:05:06.789Z",
        "yyyy-MM-dd-HH.mm.ss.SSSSSS | 2025-03-02-14.05.06.789999 | 2025-03-02T14:05:06.789Z",
        "dd MMM yyyy | 02 Mar 2025 | 2025-03-02T00:00:00Z",
        "dd-MMM-yyyy | 02-MAR-2025 | 2025-03-02T00:00:00Z",
        "MMMM d, yyyy h:mm a | march 2, 2025 2:05 pm | 2025-03-02T14:05:00Z",
        "EEE, dd MMM yyyy HH:mm:ss Z | Sun, 02 Mar 2025 14:05:06 +0100 | 2025-03-02T13:05:06Z",
        "EEE MMM dd HH:mm:ss zzz yyyy | Sun Mar 02 14:05:06 UTC 2025 | 2025-03-02T14:05:06Z",
        "yyyy-MM-dd HH:mm:ssXXX | 2025-03-02 14:05:06+05:30 | 2025-03-02T08:35:06Z",
        "yyyy-MM-dd'T'HH:mm VV | 2025-03-02T14:05 Asia/Tokyo | 2025-03-02T05:05:00Z",
        "yyyy-MM-dd[ HH:mm[:ss]] | 2025-03-02 | 2025-03-02T00:00:00Z",
        "yyyy-MM-dd[ HH:mm[:ss]] | 2025-03-02 14:05 | 2025-03-02T14:05:00Z",
        "yyyy-MM-dd HH:mm:ss[.SSSSSS][.SSS] | 2025-03-02 14:05:06.789 | 2025-03-02T14:05:06.789Z",
        "[yyyy-MM-dd][dd.MM.yyyy] | 02.03.2025 | 2025-03-02T00:00:00Z",
        "yyyy-DDD | 2025-061 | 2025-03-02T00:00:00Z",
        "yyyy-MM | 2025-03 | 2025-03-01T00:00:00Z",
        "yyyy | 2025 | 2025-01-01T00:00:00Z",
        "yyyy-MM-dd | 1969-12-31 | 1969-12-31T00:00:00Z",
      })
  void readsWhatThePatternSays(String pattern, String time, Instant expected) {
    assertThat(TimeFormat.of(pattern).parse(time)).isEqualTo(expected.toEpochMilli());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HH:mm | its fields do not give a date",
        "dd.MM. HH:mm | its fields do not give a date",
        "YYYY-MM-dd | Y is the year of a week",
        "yyyy-MM-dd hh:mm | H is the hour of the day",
        "yyyy-MM-dd mm:ss | a time of day that is certain",
        "yyyy-MM-dd'T | Pattern ends with an incomplete string literal",
        "epoch | Unknown pattern letter: o",
        "sec | its fields do not give a date",
        "'' | it is empty",
      })
  void aPatternThatGivesNoTimeIsRefusedWithTheReason(String pattern, String reason) {
    assertThatThrownBy(() -> TimeFormat.of(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "expected ms, s, us, ns, iso or a pattern such as yyyy-MM-dd HH:mm:ss, got " + pattern)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"31.02.2025", "02.13.2025", "2.3.2025", "02.03.2025 14:05", ""})
  void aTextOfAnotherFormIsRefusedWithAnExample(String time) {
    NumberText text = new NumberText();
    text.set(time.toCharArray(), 0, time.length());
    assertThatThrownBy(() -> TimeFormat.of("dd.MM.yyyy").read(text, "Date"))
        .isInstanceOf(RejectedRecordException.class)
        .hasMessage(
            "field Date: expected a time like 14.11.2023 (lstm.source.time-format: dd.MM.yyyy),"
                + " got "
                + time);
  }

  @Test
  void readsEnglishNamesInEveryEnvironment() {
    Locale before = Locale.getDefault();
    try {
      // In Turkish, I and i are letters of their own.
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      TimeFormat format = TimeFormat.of("EEEE dd MMMM yyyy hh:mm a");
      for (String time :
          new String[] {"Friday 18 April 2025 02:05 PM", "FRIDAY 18 APRIL 2025 02:05 pm"}) {
        assertThat(format.parse(time))
            .isEqualTo(Instant.parse("2025-04-18T14:05:00Z").toEpochMilli());
      }
      assertThat(TimeFormat.of("ISO")).isEqualTo(TimeFormat.ISO);
      assertThat(TimeFormat.ISO.parse("2025-04-18t14:05z"))
          .isEqualTo(Instant.parse("2025-04-18T14:05:00Z").toEpochMilli());
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "America/New_York,2025-07-01 12:00:00,2025-07-01T16:00:00Z", // summer time
    "America/New_York,2025-01-01 12:00:00,2025-01-01T17:00:00Z",
    "America/New_York,2025-11-02 00:59:59,2025-11-02T04:59:59Z",
    "America/New_York,2025-11-02 01:00:00,2025-11-02T05:00:00Z", // twice: the first
    "America/New_York,2025-11-02 01:59:59,2025-11-02T05:59:59Z",
    "America/New_York,2025-11-02 02:00:00,2025-11-02T07:00:00Z",
    "America/New_York,2025-03-09 01:59:59,2025-03-09T06:59:59Z",
    "America/New_York,2025-03-09 02:00:00,2025-03-09T07:00:00Z", // never: an hour on
    "America/New_York,2025-03-09 02:30:00,2025-03-09T07:30:00Z",
    "America/New_York,2025-03-09 03:00:00,2025-03-09T07:00:00Z",
    "Europe/Berlin,2025-10-26 02:30:00,2025-10-26T00:30:00Z",
    "Australia/Lord_Howe,2025-10-05 02:10:00,2025-10-04T15:40:00Z", // clocks move by 30 minutes
    "+05:30,2025-07-01 12:00:00,2025-07-01T06:30:00Z",
    "America/Sao_Paulo,2018-11-04 00:00:00,2018-11-04T03:00:00Z", // there was no midnight
  })
  void localTimesAreThoseOfTheZone(ZoneId zone, String time, Instant expected) {
    assertThat(TimeFormat.of("yyyy-MM-dd HH:mm:ss", zone).parse(time))
        .isEqualTo(expected.toEpochMilli());
    assertThat(TimeFormat.of("iso", zone).parse(time)).isEqualTo(expected.toEpochMilli());
  }

  @Test
  void aDayBeginsInItsZoneAndAnOffsetTakesPrecedence() {
    ZoneId zone = ZoneId.of("America/New_York");
    long midnight = Instant.parse("2025-07-01T04:00:00Z").toEpochMilli();
    assertThat(TimeFormat.of("yyyy-MM-dd", zone).parse("2025-07-01")).isEqualTo(midnight);
    assertThat(TimeFormat.of("iso", zone).parse("2025-07-01")).isEqualTo(midnight);
    assertThat(TimeFormat.of("iso", zone).parse("2025-07-01T04:00Z")).isEqualTo(midnight);
    assertThat(TimeFormat.of("yyyy-MM-dd HH:mmX", zone).parse("2025-07-01 04:00Z"))
        .isEqualTo(midnight);
  }

  @ParameterizedTest
  @CsvSource({
    "America/NewYork,America/New_York",
    "europe/berlin,Europe/Berlin",
    "utc,UTC",
    "Asia/Tokio,Asia/Tokyo",
  })
  void anUnknownZoneNamesTheMostSimilarOne(String name, String nearest) {
    assertThatThrownBy(() -> TimeZones.of(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected a time zone such as America/New_York, or an offset such as +05:30, got "
                + name
                + "; did you mean "
                + nearest
                + "?");
  }
}
