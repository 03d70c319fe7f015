package io.flinklstm.jobs.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with JSON's own parser: what is a number, and which bits it has. */
class NumberTextTest {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  private final NumberText number = new NumberText();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "0.0",
        "17",
        "998.98",
        "1e5",
        "1E+5",
        "-1.5e-07",
        "1e400",
        "-1e400",
        "1e-400",
        "1e-99999999999",
        "0e99999999999",
        "4.9e-324",
        "2.2250738585072011e-308",
        "9007199254740993",
        "999999999999999999",
        "-999999999999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827021181583404541015625"
      })
  void numberHasTheBitsOfJson(String text) throws Exception {
    assertSameAsJson(text);
    assertThat(number.isNumber()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1.e5",
        "1e",
        "1e+",
        "1.5e5.5",
        "1e5e5",
        " 1",
        "1 ",
        "1,5",
        "1_000",
        "0x10",
        "0x1p3",
        "1f",
        "1d",
        "1L",
        "NaN",
        "Infinity",
        "-Infinity",
        "--1",
        "null",
        "٣",
        "1\u0000"
      })
  void whatIsNoNumberInJsonIsNone(String text) throws Exception {
    assertSameAsJson(text);
    assertThat(number.isNumber()).isFalse();
    assertThat(number.isWhole()).isFalse();
  }

  @Test
  void randomTextsAreWhatJsonSays() throws Exception {
    Random random = new Random(11);
    String characters = "0123456789012345678900..--+eE ";
    for (int k = 0; k < 200_000; k++) {
      StringBuilder text = new StringBuilder();
      for (int length = 1 + random.nextInt(24); length > 0; length--) {
        text.append(characters.charAt(random.nextInt(characters.length())));
      }
      assertSameAsJson(text.toString());
    }
  }

  @Test
  void randomDecimalsHaveTheBitsOfJson() throws Exception {
    Random random = new Random(12);
    for (int k = 0; k < 100_000; k++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertSameAsJson(Double.toString(value));
      }
      assertSameAsJson(Long.toString(random.nextLong() >> random.nextInt(64)));
      BigDecimal decimal = BigDecimal.valueOf(random.nextLong(), random.nextInt(60) - 30);
      assertSameAsJson(decimal.toString());
      assertSameAsJson(decimal.toPlainString());
    }
  }

  @Test
  void thousandCharactersAreTheMost() {
    set("9".repeat(1000));
    assertThat(number.isNumber()).isTrue();
    set("9".repeat(1001));
    assertThat(number.isNumber()).isFalse();
    assertThat(number.shown()).endsWith("9... of 1001 characters").hasSizeLessThan(100);
  }

  @Test
  void wholeNumbersHave64Bits() {
    set("-9223372036854775808");
    assertThat(number.isWhole()).isTrue();
    assertThat(number.toLong()).isEqualTo(Long.MIN_VALUE);
    set("9223372036854775808");
    assertThat(number.isWhole()).isTrue();
    assertThatThrownBy(number::toLong).isInstanceOf(NumberFormatException.class);
    set("7.0");
    assertThat(number.isWhole()).isFalse();
  }

  @Test
  void takesNothingFromBeyondItsEnds() {
    number.set("12.5e7".toCharArray(), 1, 4);
    assertThat(number.toDouble()).isEqualTo(2.5);
    assertThat(number.toDecimal()).isEqualTo("2.5");
    assertThat(number).hasToString("2.5");
    number.set("1234".toCharArray(), 1, 3);
    assertThat(number.toLong()).isEqualTo(23);
  }

  private void set(String text) {
    number.set(text.toCharArray(), 0, text.length());
  }

  private void assertSameAsJson(String text) throws IOException {
    set(text);
    Double json = json(text);
    boolean same =
        json == null
            ? !number.isNumber()
            : number.isNumber()
                && Double.doubleToRawLongBits(number.toDouble())
                    == Double.doubleToRawLongBits(json);
    assertThat(same).as("%s, in JSON %s", text, json).isTrue();
  }

  /** The double, or null if the whole text is not a number. */
  private static Double json(String text) throws IOException {
    try (JsonParser parser = JSON.createParser("[" + text + "]")) {
      parser.nextToken();
      if (text.isBlank() || text.contains(" ") || !parser.nextToken().isNumeric()) {
        return null;
      }
      double value = parser.getDoubleValue();
      return parser.nextToken().isStructEnd() ? value : null;
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      return null;
    }
  }
}
