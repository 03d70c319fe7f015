package io.flinklstm.jobs.record.csv;

import static io.flinklstm.jobs.record.json.PredictionJsonTest.MODEL;
import static io.flinklstm.jobs.record.json.PredictionJsonTest.SOURCE;
import static io.flinklstm.jobs.record.json.PredictionJsonTest.prediction;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.record.json.PredictionJson;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionCsvTest {

  private final PredictionCsv csv = new PredictionCsv();

  @Test
  void writesTheDocumentedLine() {
    Prediction prediction = prediction("EURUSD", null, 4711, SOURCE);
    assertThat(new String(csv.write(prediction), UTF_8))
        .isEqualTo(
            "EURUSD,1546300800123,READY,,,fx-mid,3,4711,1.14635,ticks-3-42-00c0ffee12345678-1234567800c0ffee,"
                + "1.14637,1.1464");
  }

  @Test
  void leavesCellsEmptyWhereJsonHasNoField() {
    assertThat(new String(csv.write(prediction("a", Prediction.Reset.GAP, 1, SOURCE)), UTF_8))
        .startsWith("a,1546300800123,WARMING_UP,GAP,90000,fx-mid,");
    assertThat(new String(csv.write(prediction("a", null, 2, null)), UTF_8))
        .isEqualTo("a,1546300800123,WARMING_UP,,,fx-mid,3,2,1.14635,,1.14637,1.1464");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a b",
        "a,b",
        "a\"b",
        "\"",
        "a\nb",
        "a\rb",
        "é\uD83D\uDE00",
        "\u0000;'",
        " a "
      })
  void textsReadBackAsTheyWere(String text) {
    ModelId model = new ModelId(text, text, 30, 1);
    Prediction prediction =
        new Prediction(text, 5, model, null, 0, 1, 1.5, new double[] {2.5}, SOURCE, 1);
    List<String> cells = cells(csv.write(prediction));
    assertThat(cells).hasSize(11);
    assertThat(List.of(cells.get(0), cells.get(5), cells.get(6))).containsOnly(text);
    assertThat(cells.get(10)).isEqualTo("2.5");
  }

  @Test
  void writesEachPredictionAfresh() {
    csv.write(
        prediction("a long, long key that leaves letters é", Prediction.Reset.GAP, 1, SOURCE));
    assertThat(csv.write(prediction("a", null, 2, null)))
        .isEqualTo(new PredictionCsv().write(prediction("a", null, 2, null)));
  }

  @Test
  void numbersAreWrittenAsInJson() throws Exception {
    Random random = new Random(7);
    for (int k = 0; k < 20_000; k++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (!Double.isFinite(value)) {
        continue;
      }
      long step = random.nextLong() >>> random.nextInt(64);
      Prediction prediction =
          new Prediction("a", step, MODEL, null, 0, step, value, new double[] {value}, null, 1);
      List<String> cells = cells(csv.write(prediction));
      assertThat(new String(new PredictionJson().write(prediction), UTF_8))
          .contains(
              "\"event_time\":" + cells.get(1) + ",",
              "\"step\":" + cells.get(7) + ",",
              "\"last_value\":" + cells.get(8) + ",",
              "\"forecast_value\":" + cells.get(10) + "}");
      assertThat(Double.doubleToRawLongBits(Double.parseDouble(cells.get(10))))
          .isEqualTo(Double.doubleToRawLongBits(value));
    }
  }

  static List<String> cells(byte[] line) {
    try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(new String(line, UTF_8))) {
      List<CsvRecord> records = reader.stream().toList();
      assertThat(records).hasSize(1);
      return records.get(0).getFields();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
