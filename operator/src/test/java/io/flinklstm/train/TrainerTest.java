package io.flinklstm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Feature;
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
import io.flinklstm.train.network.Loss;
import io.flinklstm.train.network.LstmParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {

  private static final int LOOKBACK = 10;

  /** Trains to the end, or until a number of batches are done. */
  private static final class Batchwise implements Trainer.Listener {

    private final List<Integer> epochs = new ArrayList<>();
    private int left;

    Batchwise(int batches) {
      this.left = batches;
    }

    @Override
    public boolean onBatch(int epoch, int batch, int batches, double loss) {
      return left-- > 0;
    }

    @Override
    public void onEpoch(TrainingState state) {
      epochs.add(state.epochs().size());
    }
  }

  private static Dataset dataset(Context context, double phi, int rows) {
    return Histories.dataset(
        Histories.prices(phi, 3, rows, 1),
        Histories.card(context, Transform.LOG_RETURN, LOOKBACK, 1));
  }

  private static TrainingState train(Dataset dataset, TrainingOptions options) {
    Trainer trainer = new Trainer(dataset, options, null);
    TrainingState state = trainer.begin();
    trainer.run(state, new Batchwise(Integer.MAX_VALUE));
    return state;
  }

  private static void assertEqual(LstmParameters one, LstmParameters other) {
    for (int a = 0; a < one.arrays().size(); a++) {
      assertThat(one.arrays().get(a)).isEqualTo(other.arrays().get(a));
    }
  }

  /** How much lower the squared error of scaled moves is than that of no change. */
  private static double skill(Dataset dataset, ForecastModel model, Split.Part part) {
    double[] sums = new double[2];
    ForecastRun run = new ForecastRun(model, KernelType.AUTO.create());
    for (EncodedSeries series : dataset.series()) {
      run.over(
          series,
          series.size(),
          (index, prediction) -> {
            if (dataset.isOrigin(series, index, part) && series.steps(index) >= LOOKBACK) {
              double actual = series.value(index + 1);
              sums[0] += Math.pow(StrictMath.log(prediction.forecasts()[0] / actual), 2);
              sums[1] += Math.pow(StrictMath.log(series.value(index) / actual), 2);
            }
          });
    }
    return 1 - sums[0] / sums[1];
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void learnsWhatCanBeForecast(Context context) {
    Dataset dataset = dataset(context, -0.5, 3000);
    Trainer trainer = new Trainer(dataset, Histories.options(16, 16), null);
    TrainingState state = trainer.begin();
    trainer.run(state, new Batchwise(Integer.MAX_VALUE));
    // The share of the variance that r(t-1) explains is phi^2.
    assertThat(skill(dataset, trainer.model(state.best()), Split.Part.TEST)).isBetween(0.2, 0.3);
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void findsNothingInARandomWalk(Context context) {
    Dataset dataset = dataset(context, 0, 3000);
    Trainer trainer = new Trainer(dataset, Histories.options(8, 8), null);
    TrainingState state = trainer.begin();
    trainer.run(state, new Batchwise(Integer.MAX_VALUE));
    ForecastModel model = trainer.model(state.best());
    assertThat(skill(dataset, model, Split.Part.TEST)).isBetween(-0.03, 0.01);
    assertThat(skill(dataset, model, Split.Part.VALIDATION)).isBetween(-0.03, 0.015);
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void doesNotDependOnRowsBehindTheTrainingPart(Context context) {
    int rows = 600;
    int end = Split.DEFAULT.end(Split.Part.TRAIN, rows);
    History other =
        Histories.prices(
            -0.5,
            3,
            rows,
            1,
            o ->
                o.eventTime() < end * Histories.SECOND
                    ? o
                    : Observation.of(o.key(), o.eventTime(), 3 * o.values()[0] + 5));
    // Several steps ahead: forecasts from the last training rows reach beyond them.
    ModelCard card = Histories.card(context, Transform.LOG_RETURN, LOOKBACK, 3);
    Dataset changed = Histories.dataset(other, card);
    Dataset original = Histories.dataset(Histories.prices(-0.5, 3, rows, 1), card);

    assertThat(changed.card()).isEqualTo(original.card());
    TrainingState one = train(original, Histories.options(3, 3));
    TrainingState two = train(changed, Histories.options(3, 3));
    assertEqual(one.parameters(), two.parameters());
    assertThat(one.epochs())
        .extracting(TrainingState.Epoch::loss)
        .isEqualTo(two.epochs().stream().map(TrainingState.Epoch::loss).toList());
    assertThat(one.bestValidation()).isNotEqualTo(two.bestValidation());
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void givesTheSameBitsForAnyNumberOfThreads(Context context) {
    Dataset dataset = dataset(context, -0.5, 600);
    TrainingState alone = train(dataset, Histories.options(2, 2));
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      Trainer trainer = new Trainer(dataset, Histories.options(2, 2), executor);
      TrainingState state = trainer.begin();
      trainer.run(state, new Batchwise(Integer.MAX_VALUE));
      assertEqual(alone.parameters(), state.parameters());
      assertThat(state.epochs()).isEqualTo(alone.epochs());
    } finally {
      executor.shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void goesOnAfterAnEpochAsIfNothingHadHappened(Context context) {
    Dataset dataset = dataset(context, -0.5, 600);
    TrainingOptions options = Histories.options(4, 4);
    TrainingState whole = train(dataset, options);

    Trainer trainer = new Trainer(dataset, options, null);
    TrainingState[] kept = new TrainingState[1];
    Batchwise inMidEpoch = new Batchwise(2 * trainer.batchesPerEpoch() + 1);
    trainer.run(
        trainer.begin(),
        new Trainer.Listener() {
          @Override
          public boolean onBatch(int epoch, int batch, int batches, double loss) {
            return inMidEpoch.onBatch(epoch, batch, batches, loss);
          }

          @Override
          public void onEpoch(TrainingState state) {
            kept[0] = copy(state, trainer.begin());
          }
        });
    assertThat(kept[0].epochs()).hasSize(2);

    trainer.run(kept[0], new Batchwise(Integer.MAX_VALUE));
    assertEqual(whole.parameters(), kept[0].parameters());
    assertEqual(whole.best(), kept[0].best());
    assertThat(kept[0].epochs()).isEqualTo(whole.epochs());
  }

  private static TrainingState copy(TrainingState from, TrainingState to) {
    to.parameters().copyFrom(from.parameters());
    to.average().copyFrom(from.average());
    to.best().copyFrom(from.best());
    to.adam().mean().copyFrom(from.adam().mean());
    to.adam().meanSquare().copyFrom(from.adam().meanSquare());
    to.adam().resumeAt(from.adam().steps());
    to.epochs().addAll(from.epochs());
    return to;
  }

  @Test
  void isTheMeanOfItsParametersAtFirstAndForgetsThemLater() {
    Dataset dataset = dataset(Context.CARRY, -0.5, 600);
    TrainingOptions options = Histories.options(1, 1);
    Trainer trainer = new Trainer(dataset, options, null);
    TrainingState state = trainer.begin();
    double decay = options.optimizer().averagingDecay(trainer.batchesPerEpoch());
    double[] average = new double[1];
    int[] steps = new int[1];
    trainer.run(
        state,
        new Trainer.Listener() {
          @Override
          public boolean onBatch(int epoch, int batch, int batches, double loss) {
            double keep = Math.min(decay, steps[0] / (steps[0] + 1.0));
            average[0] += (1 - keep) * (state.parameters().headWeight()[3] - average[0]);
            steps[0]++;
            return true;
          }

          @Override
          public void onEpoch(TrainingState done) {
            assertThat((double) done.average().headWeight()[3]).isCloseTo(average[0], within(1e-6));
          }
        });
    assertThat(steps[0]).isEqualTo(trainer.batchesPerEpoch()).isGreaterThan(1);
  }

  @Test
  void otherSeedsGiveOtherModels() {
    Dataset dataset = dataset(Context.WINDOW, -0.5, 600);
    TrainingOptions options = Histories.options(1, 1);
    TrainingOptions other =
        new TrainingOptions(
            options.network(),
            options.loss(),
            options.targetClip(),
            options.optimizer(),
            options.batching(),
            options.stopping(),
            8);
    assertThat(train(dataset, other).parameters().headWeight())
        .isNotEqualTo(train(dataset, options).parameters().headWeight());
  }

  @Test
  void endsWhenForLongNoEpochWasBetterAndKeepsTheBest() {
    Dataset dataset = dataset(Context.WINDOW, 0, 600);
    Trainer trainer = new Trainer(dataset, Histories.options(60, 3), null);
    TrainingState state = trainer.begin();
    trainer.run(state, new Batchwise(Integer.MAX_VALUE));

    assertThat(state.epochs().size()).isLessThan(60).isEqualTo(state.bestEpoch() + 3);
    assertThat(state.epochs())
        .extracting(TrainingState.Epoch::validation)
        .allMatch(error -> error >= state.bestValidation());
    Validation validation = new Validation(dataset, Loss.squared());
    assertThat(validation.error(trainer.model(state.best()), KernelType.AUTO.create()))
        .isEqualTo(state.bestValidation());
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void validatesTheForecastsOfTheWholeStream(Context context) {
    Dataset dataset = dataset(context, -0.5, 600);
    ForecastModel model =
        new Trainer(dataset, Histories.options(1, 1), null)
            .model(LstmParameters.random(new LstmConfig(1, 16, 1, 1), 3));
    double[] sum = new double[2];
    ForecastRun run = new ForecastRun(model, KernelType.AUTO.create());
    Feature target = dataset.card().features().get(0);
    for (EncodedSeries series : dataset.series()) {
      run.over(
          series,
          series.size(),
          (index, prediction) -> {
            if (dataset.isOrigin(series, index, Split.Part.VALIDATION)) {
              float output = (float) target.scale(prediction.forecasts()[0], series.value(index));
              double error = (double) output - (float) series.target(index + 1);
              sum[0] += error * error;
              sum[1]++;
            }
          });
    }
    assertThat(new Validation(dataset, Loss.squared()).error(model, KernelType.AUTO.create()))
        .isEqualTo(sum[0] / sum[1]);
  }

  @Test
  void keepsTheLastEpochWithoutAValidationPart() {
    Dataset dataset = dataset(Context.CARRY, -0.5, 600);
    Dataset withoutValidation =
        new Dataset(dataset.card(), new Split(0.8, 0, 0.2), dataset.series());
    TrainingState state = train(withoutValidation, Histories.options(4, 1));
    assertThat(state.epochs()).hasSize(4).allMatch(epoch -> Double.isNaN(epoch.validation()));
    assertThat(state.bestEpoch()).isEqualTo(4);
    assertEqual(state.average(), state.best());
  }

  @ParameterizedTest
  @EnumSource(Context.class)
  void saysWhenThereIsTooLittleToTrainOn(Context context) {
    int rows = context == Context.WINDOW ? 15 : 2;
    assertThatThrownBy(() -> new Trainer(dataset(context, 0, rows), Histories.options(1, 1), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("training rows");
  }
}
