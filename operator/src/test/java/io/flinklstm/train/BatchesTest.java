package io.flinklstm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.ModelCard.Context;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Transform;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.ForecastRun;
import io.flinklstm.train.data.Histories;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.LstmParameters;
import io.flinklstm.train.network.TrainableLstm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training sees what serving sees: the same inputs, the same state, the same outputs. */
class BatchesTest {

  private static final int LOOKBACK = 10;
  private static final LstmConfig CONFIG = new LstmConfig(1, 8, 2, 2);
  private static final LstmParameters PARAMETERS = LstmParameters.random(CONFIG, 3);

  private static TrainingOptions options(int batchSize, int streams, int chunk) {
    TrainingOptions options = Histories.options(1, 1);
    return new TrainingOptions(
        options.network(),
        options.loss(),
        options.targetClip(),
        options.optimizer(),
        new TrainingOptions.Batching(batchSize, streams, chunk),
        options.stopping(),
        options.seed());
  }

  /** The forecasts of the model with the parameters, of all streams, by key and index. */
  private static Map<String, List<double[]>> forecasts(Dataset dataset) {
    ForecastModel model = new ForecastModel(PARAMETERS.toWeights(), dataset.card());
    Map<String, List<double[]>> forecasts = new HashMap<>();
    ForecastRun run = new ForecastRun(model, KernelType.AUTO.create());
    for (EncodedSeries series : dataset.series()) {
      List<double[]> list = new ArrayList<>();
      run.over(series, series.size(), (index, prediction) -> list.add(prediction.forecasts()));
      forecasts.put(series.series().key(), list);
    }
    return forecasts;
  }

  @Test
  void carriesTheStateAsTheForecasterDoes() {
    // Scaler 0 and 1 and transform identity: a forecast is the model's output.
    ModelCard card =
        Histories.card(
            Context.CARRY,
            Transform.IDENTITY,
            LOOKBACK,
            2,
            Duration.ofMillis(5 * Histories.SECOND));
    History history =
        Histories.prices(
            0,
            1,
            150,
            1,
            // A pause after every 37 rows, at which the state is reset.
            o ->
                Observation.of(
                    o.key(),
                    o.eventTime() + o.eventTime() / (37 * Histories.SECOND) * 9 * Histories.SECOND,
                    o.values()[0] / 100 - 1));
    Dataset dataset = Dataset.of(history, card, Split.DEFAULT);
    EncodedSeries series = dataset.series().get(0);
    List<double[]> forecasts = forecasts(dataset).get("s0");
    CarriedBatches batches = new CarriedBatches(dataset, CONFIG, options(1, 1, 8));
    TrainableLstm lstm = new TrainableLstm(PARAMETERS);
    int index = 0;
    batches.begin(0);
    while (batches.next()) {
      lstm.forward(batches.batch(), batches.pass());
      for (int t = 0; t < 8; t++) {
        boolean known = !Float.isNaN(batches.target()[2 * t]);
        if (known) {
          while (series.steps(index + 1) == 1) {
            index++; // nothing follows the last one before a reset
          }
          assertThat((double) batches.pass().y()[2 * t]).isEqualTo(forecasts.get(index)[0]);
          assertThat((double) batches.pass().y()[2 * t + 1]).isEqualTo(forecasts.get(index)[1]);
          assertThat(batches.target()[2 * t]).isEqualTo((float) series.value(index + 1));
          if (!Float.isNaN(batches.target()[2 * t + 1])) {
            assertThat(batches.target()[2 * t + 1]).isEqualTo((float) series.value(index + 2));
          }
          index++;
        }
      }
    }
    assertThat(index).isEqualTo(104); // the last training row has nothing to be trained on
  }

  @ParameterizedTest
  @EnumSource(
      value = Transform.class,
      names = {"IDENTITY", "MINUS_LAST", "REVIN"})
  void showsWindowsAsTheForecasterDoes(Transform transform) {
    Dataset dataset =
        Dataset.of(
            Histories.prices(0.3, 2, 100, 1),
            Histories.card(Context.WINDOW, transform, LOOKBACK, 2),
            Split.DEFAULT);
    Map<String, List<double[]>> forecasts = forecasts(dataset);
    WindowBatches batches = new WindowBatches(dataset, CONFIG, options(16, 1, 1));
    TrainableLstm lstm = new TrainableLstm(PARAMETERS);
    Set<Double> judged = new HashSet<>();
    batches.begin(0);
    while (batches.next()) {
      lstm.forward(batches.batch(), batches.pass());
      for (int b = 0; b < batches.batch().batch(); b++) {
        // In the model's own frame, an output and its target are as far apart as the forecast and
        // the actual value.
        float y = batches.pass().y()[2 * b];
        float target = batches.target()[2 * b];
        boolean found = false;
        for (EncodedSeries series : dataset.series()) {
          for (int k = LOOKBACK - 1; k < 68; k++) {
            double scale = transform == Transform.REVIN ? deviation(series, k) : 1;
            double error = series.value(k + 1) - forecasts.get(series.series().key()).get(k)[0];
            if (Math.abs((target - y) * scale - error) < 1e-5 * Math.max(1, Math.abs(error))) {
              found = true;
              judged.add(series.value(k));
            }
          }
        }
        assertThat(found).isTrue();
      }
    }
    // 70 training rows: windows end at rows 9 to 67, from which two more rows are forecast.
    assertThat(judged).hasSize(2 * 59);
  }

  private static double deviation(EncodedSeries series, int last) {
    double mean = 0;
    for (int k = last - LOOKBACK + 1; k <= last; k++) {
      mean += series.value(k) / LOOKBACK;
    }
    double variance = 0;
    for (int k = last - LOOKBACK + 1; k <= last; k++) {
      variance += Math.pow(series.value(k) - mean, 2) / LOOKBACK;
    }
    return Math.sqrt(variance + 1e-5);
  }

  @Test
  void drawsEveryWindowOnceInEachEpochInAnotherOrder() {
    Dataset dataset =
        Dataset.of(
            Histories.prices(0.3, 2, 100, 1),
            Histories.card(Context.WINDOW, Transform.IDENTITY, LOOKBACK, 2),
            Split.DEFAULT);
    WindowBatches batches = new WindowBatches(dataset, CONFIG, options(16, 1, 1));
    List<Float> first = targets(batches, 0);
    List<Float> second = targets(batches, 1);
    assertThat(first).hasSize(2 * 2 * 59).doesNotContain(Float.NaN);
    assertThat(second).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(first);
    assertThat(targets(batches, 0)).isEqualTo(first);
  }

  @Test
  void trainsOnEveryRowOnceHoweverTheStreamsAreLaidOut() {
    Dataset dataset =
        Dataset.of(
            Histories.prices(0.3, 3, 100, 1),
            Histories.card(Context.CARRY, Transform.IDENTITY, LOOKBACK, 1),
            Split.DEFAULT);
    LstmConfig config = new LstmConfig(1, 4, 1, 1);
    for (int streams : new int[] {1, 2, 7, 500}) {
      List<Float> known =
          targets(new CarriedBatches(dataset, config, options(1, streams, 8)), 0).stream()
              .filter(target -> !target.isNaN())
              .toList();
      assertThat(known).hasSize(3 * 69).doesNotHaveDuplicates();
    }
  }

  private static List<Float> targets(Batches batches, int epoch) {
    List<Float> targets = new ArrayList<>();
    batches.begin(epoch);
    while (batches.next()) {
      for (float target : batches.target()) {
        targets.add(target);
      }
    }
    return targets;
  }

  @Test
  void clipsTargetsWhereItIsWanted() {
    Dataset dataset =
        Histories.dataset(
            Histories.prices(0.3, 1, 400, 1),
            Histories.card(Context.CARRY, Transform.LOG_RETURN, LOOKBACK, 1));
    float[] target = new float[1];
    EncodedSeries series = dataset.series().get(0);
    Targets clipped = new Targets(dataset, 0.5);
    for (int k = 0; k < 279; k++) {
      clipped.write(series, k, null, target, 0);
      assertThat((double) target[0])
          .isCloseTo(Math.max(-0.5, Math.min(0.5, series.target(k + 1))), within(1e-6));
    }
  }
}
