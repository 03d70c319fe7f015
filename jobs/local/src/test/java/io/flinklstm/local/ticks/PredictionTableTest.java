package io.flinklstm.local.ticks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.console.Terminal;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionTableTest {

  private static final String JSON =
      "{\"key\":\"BTCUSD\",\"event_time\":1385337600123,\"status\":\"WARMING_UP\",\"reset\":\"NEW\","
          + "\"model_name\":\"m\",\"model_version\":\"1\",\"step\":4711,\"last_value\":782.45,"
          + "\"forecasts\":[{\"horizon_step\":2,\"forecast_value\":783.5},"
          + "{\"horizon_step\":1,\"forecast_value\":782.5}]}";

  private final PredictionTable table = new PredictionTable(Terminal.UNBOUNDED);

  @Test
  void rowShowsAPredictionInTheOrderOfTheHorizon() throws Exception {
    assertThat(table.row(PredictionRecord.parse(JSON.getBytes(UTF_8))))
        .isEqualTo(
            "2013-11-25 00:00:00.123  BTCUSD           4,711  WARMING_UP  NEW        782.4500  "
                + "782.5000  783.5000");
  }

  @Test
  void columnsStandUnderTheirTitles() throws Exception {
    String header = table.header();
    String row = table.row(PredictionRecord.parse(JSON.getBytes(UTF_8)));
    assertThat(row.indexOf("BTCUSD")).isEqualTo(header.indexOf("key"));
    assertThat(row.indexOf("4,711") + 5).isEqualTo(header.indexOf("step") + 4);
    assertThat(row.indexOf("WARMING_UP")).isEqualTo(header.indexOf("status"));
    assertThat(row.indexOf("NEW")).isEqualTo(header.indexOf("reset"));
    assertThat(row.indexOf("782.5000")).isEqualTo(header.indexOf("forecasts"));
  }

  @Test
  void resetIsBlankWhereThereIsNone() throws Exception {
    String json = JSON.replace("\"reset\":\"NEW\",", "");
    String row = table.row(PredictionRecord.parse(json.getBytes(UTF_8)));
    assertThat(row).contains("WARMING_UP             ").doesNotContain("null");
  }

  @ParameterizedTest
  @CsvSource({
    "782.45,782.4500",
    "1.14635,1.146350",
    "1163,1163.000",
    "0,0.000000",
    "-1.5,-1.500000",
    "1e-20,0.000000000000",
    "123456789.4,123456800",
    "123456789012,123456800000",
    "-1.23456789e20,-1.234568e+20"
  })
  void numbersHaveSevenDigits(double value, String text) {
    assertThat(PredictionTable.number(value)).isEqualTo(text);
  }

  private static PredictionRecord prediction(String key, long step, double... values) {
    return new PredictionRecord(
        key, 1_385_337_600_123L, "READY", "EXPIRED", step, values[0], Arrays.copyOf(values, 5));
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 78, 80, 100, 120})
  void rowsFitTheTerminalAndNumbersAreWhole(int width) throws Exception {
    PredictionTable narrow = new PredictionTable(width);
    assertThat(narrow.header()).hasSizeLessThanOrEqualTo(width);
    for (double value : new double[] {782.45, 123456789012.0, -1.5e-7, -1.7e300, 0}) {
      String row =
          narrow.row(prediction("a key that is longer than its column", 1_234_567_890, value));
      String number = PredictionTable.number(value);
      assertThat(row)
          .hasSizeLessThanOrEqualTo(width)
          .startsWith("2013-11-25 00:00:00.123  ")
          .contains("  " + number + "  " + PredictionTable.number(value));
    }
  }

  @Test
  void narrowTerminalsShowWhatMattersMost() {
    PredictionRecord prediction = prediction("BTCUSD", 4711, 782.45, 782.5);
    assertThat(new PredictionTable(60).header())
        .isEqualTo("event time (UTC)         key         last value  next values");
    assertThat(new PredictionTable(60).row(prediction))
        .isEqualTo("2013-11-25 00:00:00.123  BTCUSD        782.4500  782.4500 …");
    assertThat(new PredictionTable(80).header())
        .isEqualTo("event time (UTC)         key         status      last value  next values");
    assertThat(new PredictionTable(80).row(prediction))
        .isEqualTo("2013-11-25 00:00:00.123  BTCUSD      READY         782.4500  782.4500 …");
    assertThat(new PredictionTable(100).header()).contains("reset").doesNotContain("step");
    assertThat(new PredictionTable(110).header()).contains("reset", "step");
  }

  @Test
  void pipesGetEverythingWhole() {
    String key = "a key that is longer than its column";
    assertThat(table.row(prediction(key, 1, 1, 2, 3, 4, 5)))
        .contains(key)
        .endsWith(
            DoubleStream.of(1, 2, 3, 4, 5)
                .mapToObj(PredictionTable::number)
                .collect(Collectors.joining("  ")));
  }

  @Test
  void languageOfTheMachineMakesNoDifference() throws Exception {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(table.row(PredictionRecord.parse(JSON.getBytes(UTF_8))))
          .contains("4,711", "782.4500");
    } finally {
      Locale.setDefault(before);
    }
  }
}
