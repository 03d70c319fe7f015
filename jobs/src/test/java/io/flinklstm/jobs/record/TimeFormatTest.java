package io.flinklstm.jobs.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Random;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeFormatTest {

  private static final JsonFactory JSON = new JsonFactory();

  @ParameterizedTest
  @CsvSource({
    "MS,0,0",
    "MS,1546300800123,1546300800123",
    "MS,9007199254740991,9007199254740991",
    "MS,1546300800123.999,1546300800123",
    "MS,1.546300800123e12,1546300800123",
    "MS,-1,-1",
    "MS,-0.5,-1",
    "MS,-0.0,0",
    "S,1546300800,1546300800000",
    "S,1546300800.123,1546300800123",
    "S,1546300800.0005,1546300800000",
    "S,1546300800.1239,1546300800123",
    "S,1546300800.9999999,1546300800999",
    "S,0.001,1",
    "S,0.00099999,0",
    "S,1e3,1000000",
    "S,1e-999,0",
    "S,-0.0001,-1",
    "S,-1.001,-1001",
    "S,-1e-999,-1",
    "US,1546300800123456,1546300800123",
    "US,999,0",
    "US,1000,1",
    "US,1999.9,1",
    "US,-1,-1",
    "US,-1000,-1",
    "US,-1001,-2",
    "NS,1546300800123456789,1546300800123",
    "NS,9007199254740993001,9007199254740",
    "NS,99999999999999999999,99999999999999",
    "NS,1546300800123999999.9,1546300800123",
    "NS,1.546300800123999999e18,1546300800123",
    "NS,999999,0",
    "NS,-1,-1",
    "NS,-1000001,-2",
    "US,1e-999999999,0",
  })
  void numberInJsonAndAsTextIsTheSameTime(TimeFormat format, String number, long milliseconds)
      throws Exception {
    assertThat(read(format, number)).as("JSON").isEqualTo(milliseconds);
    assertThat(read(format, '"' + number + '"')).as("JSON string").isEqualTo(milliseconds);
    assertThat(format.parse(number)).as("text").isEqualTo(milliseconds);
  }

  @ParameterizedTest
  @CsvSource({
    "2019-01-01T00:00:00.123Z,1546300800123",
    "2019-01-01T00:00:00.123999Z,1546300800123",
    "2019-01-01T00:00:00.1,1546300800100",
    "2019-01-01t00:00:00.123456789z,1546300800123",
    "'2019-01-01 00:00:00,123',1546300800123",
    "2019-01-01T05:30+05:30,1546300800000",
    "2019-01-01 05:30:00+05:30,1546300800000",
    "2019-01-01 01:00:00+0100,1546300800000",
    "2019-01-01 01:00:00+01,1546300800000",
    "2018-12-31 19:00:00 -0500,1546300800000",
    "2019-01-01 00:00:00+0000,1546300800000",
    "2019-01-01 00:00:00+00,1546300800000",
    "2019-01-01 00:00:00Z,1546300800000",
    "2019-01-01 00:00:00 UTC,1546300800000",
    "2019-01-01T00:00:00,1546300800000",
    "2019-01-01 00:00,1546300800000",
    "2019-01-01 00:00:00.123456,1546300800123",
    "2019-01-01,1546300800000",
    "1969-12-31,-86400000",
    "1969-12-31T23:59:59.999Z,-1",
    "1969-12-31T23:59:59.9999Z,-1",
    "+12019-01-01T00:00:00Z,317115820800000",
  })
  void isoTimeInJsonAndAsTextIsTheSameTime(String time, long milliseconds) throws Exception {
    assertThat(read(TimeFormat.ISO, '"' + time + '"')).isEqualTo(milliseconds);
    assertThat(TimeFormat.ISO.parse(time)).isEqualTo(milliseconds);
  }

  @Test
  void jsonAndTextAgreeOnRandomDecimals() throws Exception {
    Random random = new Random(5);
    for (int k = 0; k < 20_000; k++) {
      TimeFormat format = TimeFormat.NUMBERS.get(random.nextInt(TimeFormat.NUMBERS.size()));
      long digits = random.nextLong(1L << (1 + random.nextInt(52)));
      String number =
          BigDecimal.valueOf(random.nextBoolean() ? digits : -digits, random.nextInt(12))
              .toPlainString();
      String title = format + " " + number;
      try {
        assertThat(read(format, number)).as(title).isEqualTo(format.parse(number));
      } catch (RejectedRecordException beyond) {
        assertThatThrownBy(() -> format.parse(number)).as(title);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MS,''",
    "MS,x",
    "MS,NaN",
    "MS,9223372036854775808",
    "S,9223372036854775807",
    "S,1e999999999",
    "S,1e2147483647",
    "MS,-1e999999999",
    "US,9007199254740993001",
    "NS,1e300",
    "ISO,2019-13-01",
    "ISO,2019-01-01T25:00",
    "ISO,2019-01-01  00:00",
    "ISO,01/02/2019",
    "ISO,''",
    "ISO,2019-02-30",
    "ISO,2019-01-01T",
    "ISO,2019-01-01T00",
    "ISO,2019-01-01T0:00",
    "ISO,2019-01-01T00:0",
    "ISO,2019-01-01T00:00:",
    "ISO,2019-01-01T00:00:00.",
    "ISO,2019-01-01T00:00:00.1234567890",
    "ISO,2019-01-01T24:00",
    "ISO,'2019-01-01T00:00 '",
    "ISO,2019-01-01T00:00Zulu",
    "ISO,2019-01-01T00:00+25:00",
    "ISO,2019-01-01Z",
    "ISO,1546300800123",
    "ISO,+999999999-01-01T00:00:00Z"
  })
  void textThatIsNoTimeIsNamed(TimeFormat format, String text) {
    assertThatThrownBy(() -> format.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a time in the format " + format + ", got " + text);
  }

  @Test
  void aDateForANumberNamesTheFormatThatReadsIt() {
    assertThatThrownBy(() -> TimeFormat.US.parse("2019-01-01"))
        .hasMessage("expected a time in the format us, got 2019-01-01; the format iso reads dates");
    assertThatThrownBy(() -> read(TimeFormat.MS, "\"2019-01-01T00:00Z\""))
        .hasMessage(
            "field time: expected a number (lstm.source.time-format: ms), got 2019-01-01T00:00Z;"
                + " the format iso reads dates");
  }

  @Test
  void hostileExponentsCostNoTime() {
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () -> {
          ThreadMXBean threads = ManagementFactory.getThreadMXBean();
          long nanos = threads.getCurrentThreadCpuTime();
          assertThat(read(TimeFormat.S, "1e-999999999")).isZero();
          assertThat(TimeFormat.MS.parse("1e-999999999")).isZero();
          // CPU time, which a busy machine does not lengthen; the timeout only ends a hang.
          assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - nanos))
              .isLessThan(Duration.ofSeconds(5));
        });
  }

  private static long read(TimeFormat format, String json) throws Exception {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        return format.read(parser, "time");
      }
      NumberText text = new NumberText();
      text.set(parser.getText().toCharArray(), 0, parser.getTextLength());
      return format.read(text, "time");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ms", "S", " us ", "ns", "ISO", "dd.MM.yyyy HH:mm"})
  void isAValueThatCanBeSentToTasks(String text) throws Exception {
    TimeFormat format = TimeFormat.of(text, ZoneId.of("America/New_York"));
    TimeFormat copy = InstantiationUtil.clone(format);
    assertThat(copy).isEqualTo(format).hasSameHashCodeAs(format).isNotEqualTo(TimeFormat.of(text));
    assertThat(copy.zone()).isEqualTo(format.zone());
    String time = !format.isText() ? "1" : text.equals("ISO") ? "2019-01-01" : "01.01.2019 00:00";
    assertThat(copy.parse(time)).isEqualTo(format.parse(time));
  }

  @Test
  void controlCharactersAndLongTextsAreNotRepeatedInMessages() {
    assertThatThrownBy(() -> read(TimeFormat.ISO, "\"a\\n" + "x".repeat(1000) + '"'))
        .hasMessageEndingWith("got a\\u000a" + "x".repeat(58) + "... of 1002 characters");
  }
}
