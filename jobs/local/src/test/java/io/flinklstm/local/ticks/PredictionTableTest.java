package io.flinklstm.local.ticks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionTableTest {

  private static final String JSON =
      "{\"key\":\"BTCUSD\",\"event_time\":1385337600123,\"status\":\"WARMING_UP\",\"reset\":\"NEW\","
          + "\"model_name\":\"m\",\"model_version\":\"1\",\"step\":4711,\"last_value\":782.45,"
          + "\"forecasts\":[{\"horizon_step\":2,\"forecast_value\":783.5},"
          + "{\"horizon_step\":1,\"forecast_value\":782.5}]}";

  @Test
  void rowShowsAPredictionInTheOrderOfTheHorizon() throws Exception {
    assertThat(PredictionTable.row(PredictionRecord.parse(JSON.getBytes(UTF_8))))
        .isEqualTo(
            "2013-11-25 00:00:00.123  BTCUSD           4,711  WARMING_UP NEW        782.4500   "
                + "782.5000  783.5000");
  }

  @Test
  void columnsStandUnderTheirTitles() throws Exception {
    String header = PredictionTable.header();
    String row = PredictionTable.row(PredictionRecord.parse(JSON.getBytes(UTF_8)));
    assertThat(row.indexOf("BTCUSD")).isEqualTo(header.indexOf("key"));
    assertThat(row.indexOf("4,711") + 5).isEqualTo(header.indexOf("step") + 4);
    assertThat(row.indexOf("WARMING_UP")).isEqualTo(header.indexOf("status"));
    assertThat(row.indexOf("NEW")).isEqualTo(header.indexOf("reset"));
    assertThat(row.indexOf("782.5000")).isEqualTo(header.indexOf("forecasts"));
  }

  @Test
  void resetIsBlankWhereThereIsNone() throws Exception {
    String json = JSON.replace("\"reset\":\"NEW\",", "");
    String row = PredictionTable.row(PredictionRecord.parse(json.getBytes(UTF_8)));
    assertThat(row).contains("WARMING_UP        ").doesNotContain("null");
  }

  @ParameterizedTest
  @CsvSource({
    "782.45,782.4500",
    "1.14635,1.146350",
    "1163,1163.000",
    "0,0.000000",
    "-1.5,-1.500000",
    "1e-20,0.000000000000",
    "123456789.4,123456800"
  })
  void numbersHaveSevenDigits(double value, String text) {
    assertThat(PredictionTable.number(value)).isEqualTo(text);
  }

  @Test
  void languageOfTheMachineMakesNoDifference() throws Exception {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(PredictionTable.row(PredictionRecord.parse(JSON.getBytes(UTF_8))))
          .contains("4,711", "782.4500");
    } finally {
      Locale.setDefault(before);
    }
  }
}
