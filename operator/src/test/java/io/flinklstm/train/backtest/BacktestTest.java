package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Transform;
import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Scalers;
import io.flinklstm.train.data.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacktestTest {

  private static final int ROWS = 200;
  private static final Split SPLIT = new Split(120, 40, 40);

  @Test
  void judgesWhatTheModelForecastByWhatCame() {
    Trial trial = new Trial(Transform.LOG_RETURN, 3, Streams.history("a", walk(1)));
    List<Prediction> predictions = new ArrayList<>();
    BacktestReport report = trial.run(Split.Part.TEST, predictions::add);
    // The first one follows row 159, the last one forecasts row 199.
    assertThat(report.mean().count()).isEqualTo(38);
    assertThat(report.data().origins()).isEqualTo(38);
    double[] values = walk(1);
    double unit = report.keys().get(0).unit();
    double squares = 0;
    double noChange = 0;
    for (int k = 0; k < 38; k++) {
      Prediction prediction = predictions.get(k);
      assertThat(prediction.lastValue()).isEqualTo(values[159 + k]);
      double error = Math.log(values[162 + k] / prediction.forecasts()[2]) / unit;
      double move = Math.log(values[162 + k] / values[159 + k]) / unit;
      squares += error * error;
      noChange += move * move;
    }
    Score last = report.horizons().get(2);
    assertThat(last.model().scaledSquared()).isCloseTo(squares / 38, within(1e-9));
    assertThat(last.noChange().skill()).isCloseTo(1 - squares / noChange, within(1e-9));
  }

  @Test
  void handsOverThePredictionsOfThePartAndTheOneThatForecastsItsBeginning() {
    Trial trial = new Trial(Transform.DIFFERENCE, 1, Streams.history("a", walk(1)));
    List<Long> steps = new ArrayList<>();
    trial.run(Split.Part.TEST, prediction -> steps.add(prediction.step()));
    assertThat(steps).hasSize(41).startsWith(160L).endsWith(200L);
  }

  @Test
  void nothingBehindAForecastsHorizonChangesIt() {
    double[] values = walk(1);
    double[] other = values.clone();
    for (int row = 180; row < ROWS; row++) {
      other[row] = 3 * values[row];
    }
    BacktestReport report = plain(2, values);
    BacktestReport changed = plain(2, other);
    PlotSeries plot = report.plots().get(0);
    PlotSeries changedPlot = changed.plots().get(0);
    // Points 0 to 19 stand for rows 160 to 179.
    for (int line = 0; line < 2; line++) {
      double[] forecasts = plot.forecasts().get(line).values();
      assertThat(Arrays.copyOf(changedPlot.forecasts().get(line).values(), 20))
          .isEqualTo(Arrays.copyOf(forecasts, 20));
      assertThat(changedPlot.forecasts().get(line).upper()[10])
          .isEqualTo(plot.forecasts().get(line).upper()[10]);
      // The forecast for row 180 knows rows up to 179 only.
      assertThat(changedPlot.forecasts().get(line).values()[20]).isEqualTo(forecasts[20]);
    }
    assertThat(plot.actual()[19]).isEqualTo(changedPlot.actual()[19]);
    assertThat(changed.keys().get(0).unit()).isEqualTo(report.keys().get(0).unit());
  }

  @Test
  void statesAreWarmWhereThePartBegins() {
    BacktestReport report = plain(1, walk(1));
    assertThat(report.plots().get(0).forecasts().get(0).values()[0]).isNotNaN();
    assertThat(report.plots().get(0).eventTimes()[0]).isEqualTo(160_000);
  }

  @Test
  void warmingUpIsNotJudged() {
    Trial trial = new Trial(Transform.DIFFERENCE, 1, Streams.history("a", walk(1)));
    // Lookback 3: of rows 0 to 198 all but the first two.
    assertThat(trial.run(Split.Part.ALL).mean().count()).isEqualTo(197);
  }

  @Test
  void factsAreThoseOfModelAndData() {
    History history = Streams.add(Streams.history("a", walk(1)), "b", walk(2));
    BacktestReport report = new Trial(Transform.DIFFERENCE, 2, history).run(Split.Part.TEST);
    assertThat(report.data())
        .isEqualTo(
            new BacktestReport.Data(
                "hash", 400, 2, SPLIT, Split.Part.TEST, 160_000L, 199_000L, 78, 3));
    assertThat(report.model().transform()).isEqualTo("difference");
    assertThat(report.model().context()).isEqualTo("carry");
    assertThat(report.keys()).extracting(BacktestReport.Key::key).containsExactly("a", "b");
  }

  @Test
  void severalKeysHaveNoCommonUnit() {
    History history = Streams.add(Streams.history("a", walk(1)), "b", walk(2));
    BacktestReport report = new Trial(Transform.DIFFERENCE, 1, history).run(Split.Part.TEST);
    assertThat(report.mean().model().mse()).isNaN();
    assertThat(report.mean().model().mape().value()).isNotNaN();
    assertThat(report.keys().get(1).mean().model().mse()).isPositive();
  }

  @Test
  void aKeyWithoutForecastsInThePartIsListedWithoutFigures() {
    History history = Streams.add(Streams.history("a", walk(1)), "short", 5, 6, 7);
    BacktestReport report = new Trial(Transform.LOG_RETURN, 2, history).run(Split.Part.TEST);
    BacktestReport.Key key = report.keys().get(1);
    assertThat(key.rows()).isEqualTo(3);
    assertThat(key.mean().count()).isZero();
    assertThat(key.mean().model().scaledSquared()).isNaN();
    assertThat(report.horizons().get(0).noChange().skill()).isNotNaN();
    assertThat(report.plots()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatNeverChangesIsJudgedAllTheSame(Transform transform) {
    double[] values = new double[ROWS];
    Arrays.fill(values, 5);
    Trial trial = new Trial(transform, 2, Streams.history("a", values));
    BacktestReport report = trial.run(Split.Part.TEST);
    assertThat(report.mean().count()).isEqualTo(39);
    assertThat(report.mean().noChange().errors().scaledSquared()).isZero();
    assertThat(report.mean().noChange().skill()).isNaN();
    assertThat(report.mean().model().direction().count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 24})
  void everyHorizonHasItsScoreAndIntervals(int horizon) {
    BacktestReport report = plain(horizon, walk(3));
    assertThat(report.horizons())
        .extracting(Score::horizonStep)
        .hasSize(horizon)
        .startsWith(1)
        .endsWith(horizon);
    assertThat(report.calibration().horizons()).hasSize(horizon);
    assertThat(report.plots().get(0).forecasts())
        .extracting(PlotSeries.Line::horizonStep)
        .containsExactlyElementsOf(horizon == 1 ? List.of(1) : List.of(1, horizon));
    assertThat(report.mean().noChange().skill()).isNotNaN();
  }

  @Test
  void anEmptyPartLeavesNothingToJudge() {
    Trial trial =
        new Trial(Transform.DIFFERENCE, 1, Streams.history("a", walk(1)), new Split(150, 50, 0));
    BacktestReport report = trial.run(Split.Part.TEST);
    assertThat(report.mean().count()).isZero();
    assertThat(report.calibration()).isNull();
    assertThat(report.plots()).isEmpty();
    assertThat(report.data().firstEventTime()).isNull();
  }

  @Test
  void withoutValidationPartThereAreNoIntervals() {
    Trial trial =
        new Trial(Transform.DIFFERENCE, 1, Streams.history("a", walk(1)), new Split(150, 0, 50));
    BacktestReport report = trial.run(Split.Part.TEST);
    assertThat(report.calibration()).isNull();
    assertThat(report.plots().get(0).forecasts().get(0).lower()).containsOnly(Double.NaN);
  }

  @Test
  void plotsAreOfTheStreamsWithTheMostForecastsAndEndWithTheirLastRow() {
    History history = new History(1);
    for (int key = 0; key < 8; key++) {
      Streams.add(history, "k" + key, Streams.walk(key, ROWS + key, 10));
    }
    BacktestReport report =
        new Trial(Transform.LOG_RETURN, 1, history, Split.DEFAULT).run(Split.Part.ALL);
    assertThat(report.plots())
        .extracting(PlotSeries::key)
        .containsExactly("k7", "k6", "k5", "k4", "k3", "k2");
    long[] times = report.plots().get(0).eventTimes();
    assertThat(times[times.length - 1]).isEqualTo(1000L * (ROWS + 6));
  }

  @Test
  void theRidgeIsJudgedOnTheSameForecasts() {
    Trial trial = new Trial(Transform.LOG_RETURN, 2, Streams.history("a", walk(7)));
    EncodedSeries stream = trial.dataset.series().get(0);
    TargetScale scale = TargetScale.of(trial.dataset, stream);
    Ridge ridge = Ridge.fit(trial.dataset, List.of(scale), 3);
    double[] z = scale.inUnits(trial.dataset, stream);
    double[] moves = new double[2];
    double squares = 0;
    for (int index = 159; index < 198; index++) {
      ridge.forecast(scale, z, index, moves);
      double error = moves[1] - Math.log(walk(7)[index + 2] / walk(7)[index]) / scale.unit();
      squares += error * error;
    }
    BacktestReport report = trial.run(Split.Part.TEST);
    assertThat(report.horizons().get(1).ridge().errors().scaledSquared())
        .isCloseTo(squares / 39, within(1e-9));
  }

  private static double[] walk(long seed) {
    return Streams.walk(seed, ROWS, 100);
  }

  private static BacktestReport plain(int horizon, double... values) {
    return new Trial(Transform.LOG_RETURN, horizon, Streams.history("a", values))
        .run(Split.Part.TEST);
  }

  /** A small model that learned nothing, and a history. */
  private static final class Trial {

    final Dataset dataset;
    final ForecastModel model;

    Trial(Transform transform, int horizon, History history) {
      this(transform, horizon, history, SPLIT);
    }

    Trial(Transform transform, int horizon, History history, Split split) {
      ModelCard card = Scalers.fit(Streams.card(horizon, transform), Set.of(), history, split);
      this.model = TestModels.direct(card);
      this.dataset = Dataset.of(history, card, split);
    }

    BacktestReport run(Split.Part part) {
      return run(part, prediction -> {});
    }

    BacktestReport run(Split.Part part, java.util.function.Consumer<Prediction> predictions) {
      return new Backtest(model, KernelType.PLAIN.create()).run(dataset, part, "hash", predictions);
    }
  }
}
