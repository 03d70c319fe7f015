package io.flinklstm.local.ticks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TickTest {

  @Test
  void writesTheRecordThatTheJobReads() {
    Tick tick = new Tick("EURUSD", 1_546_300_800_123L, List.of("bid", "ask"), List.of("1", "2.50"));
    assertThat(new String(tick.toJson(), UTF_8))
        .isEqualTo("{\"key\":\"EURUSD\",\"event_time\":1546300800123,\"bid\":1,\"ask\":2.50}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "1.10",
        "782.4500000000000000001",
        "1e5",
        "1E+5",
        "-2.5e-3",
        "123456789012345678901234567890",
        "1e400"
      })
  void numbersAreWrittenDigitForDigit(String number) {
    assertThat(json(number)).isEqualTo("{\"key\":\"k\",\"event_time\":5,\"x\":" + number + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "0x10",
        "1,5",
        " 1",
        "1 ",
        "--1",
        "1_000",
        "1.5f",
        "١",
        "true",
        "null",
        "-",
        "é\"\\\n"
      })
  void everythingElseIsText(String text) throws Exception {
    JsonNode field = new ObjectMapper().readTree(json(text)).get("x");
    assertThat(field.isTextual()).isTrue();
    assertThat(field.textValue()).isEqualTo(text);
  }

  @Test
  void emptyValuesAreLeftOut() {
    assertThat(json("")).isEqualTo("{\"key\":\"k\",\"event_time\":5}");
  }

  @Test
  void anotherKeyChangesNothingElse() {
    Tick tick = new Tick("a", 5, List.of("x"), List.of("1"));
    assertThat(tick.withKey("b")).isEqualTo(new Tick("b", 5, List.of("x"), List.of("1")));
    assertThat(tick.key()).isEqualTo("a");
  }

  private static String json(String value) {
    return new String(new Tick("k", 5, List.of("x"), List.of(value)).toJson(), UTF_8);
  }
}
