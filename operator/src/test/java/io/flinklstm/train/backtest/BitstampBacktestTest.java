package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Split;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The figures for the bundled trades: those in the bundled model's README and the baselines'. */
class BitstampBacktestTest {

  private static final Path CONFIG = Path.of("..", "config");

  @Test
  void theBundledModelIsWorthWhatItsDocumentSays() throws Exception {
    ForecastModel model =
        ModelFiles.read(
            Files.readAllBytes(CONFIG.resolve("model/bitstamp-btcusd.safetensors")),
            "bitstamp-btcusd.safetensors");
    BacktestReport report =
        new Backtest(model, KernelType.PLAIN.create())
            .run(
                Dataset.of(trades("price", "amount"), model.card(), Split.DEFAULT),
                Split.Part.TEST,
                "");
    assertThat(report.horizons())
        .extracting(score -> Math.round(1000 * score.noChange().skill()) / 10.0)
        .containsExactly(6.8, 9.7, 9.9, 9.7, 9.9);
    Score next = report.horizons().get(0);
    assertThat(next.model().scaledSquared()).isCloseTo(1.463, within(5e-4));
    assertThat(next.noChange().errors().scaledSquared()).isCloseTo(1.570, within(5e-4));
    assertThat(next.model().direction().value()).isCloseTo(0.42, within(5e-3));
    assertThat(next.model().mae() / next.noChange().errors().mae()).isCloseTo(1.33, within(5e-3));
  }

  @Test
  void theRidgeIsTheKnownOneIfScoredReturnsAreBounded() throws Exception {
    Feature feature = TestModels.feature("return", "price", Transform.LOG_RETURN, 0, 1);
    ModelCard card = TestModels.card(1, List.of(feature));
    Dataset dataset = Dataset.of(trades("price"), card, Split.DEFAULT);
    EncodedSeries stream = dataset.series().get(0);
    TargetScale scale = TargetScale.of(dataset, stream);
    double[] z = scale.inUnits(dataset, stream);
    Ridge ridge = Ridge.fit(dataset, List.of(scale), 30);
    double[] move = new double[1];
    double squares = 0;
    double noChange = 0;
    int count = 0;
    for (int index = 0; index < stream.size(); index++) {
      if (dataset.isOrigin(stream, index, Split.Part.TEST)) {
        double actual = Math.max(-10, Math.min(10, z[index + 1]));
        ridge.forecast(scale, z, index, move);
        squares += (actual - move[0]) * (actual - move[0]);
        noChange += actual * actual;
        count++;
      }
    }
    assertThat(count).isEqualTo(20_000);
    assertThat(noChange / count).isCloseTo(1.4375, within(1e-4));
    assertThat(squares / count).isBetween(1.371, 1.389);
  }

  private static History trades(String... fields) throws IOException {
    History history = new History(fields.length);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(
                        CONFIG.resolve("data/bitstamp_trades_from_20131125_usd.csv.gz"))),
                StandardCharsets.UTF_8))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] columns = line.split(",");
        double[] values = new double[fields.length];
        for (int k = 0; k < fields.length; k++) {
          values[k] = Double.parseDouble(columns[k + 1]);
        }
        history.add(
            new Observation(
                "BTCUSD",
                1000 * Long.parseLong(columns[0]),
                values,
                Observation.NO_SEQUENCE,
                null));
      }
    }
    return history;
  }
}
