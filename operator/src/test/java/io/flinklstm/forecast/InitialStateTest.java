package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Models whose state does not start at zero. */
class InitialStateTest {

  private static final ModelCard CARRY =
      TestModels.card(
          2, Duration.ofMinutes(1), ModelCard.GapPolicy.RESET, TestModels.identityFeatures(2));
  private static final ModelCard WINDOW =
      new ModelCard(
          "test",
          "1",
          3,
          2,
          ModelCard.Context.WINDOW,
          null,
          ModelCard.GapPolicy.KEEP,
          CARRY.features(),
          CARRY.target(),
          "{}");

  private final LstmKernel kernel = KernelType.PLAIN.create();
  private final ForecastModel model = withInitialState(TestModels.direct(CARRY));
  private final Forecaster forecaster = new Forecaster(model, kernel);
  private final StreamState state = forecaster.newState();

  @Test
  void aStreamBeginsWithIt() {
    double[] forecasts = forecasts(forecaster, 0, 1, state);
    assertThat(Bits.of(forecasts)).isEqualTo(Bits.of(byHand(new float[] {0, 1})));
    LstmModel zero = new LstmModel(TestModels.direct(CARRY).weights(), kernel);
    LstmState begun = zero.newState();
    zero.step(new float[] {0, 1}, begun, begun);
    assertThat(Bits.of(state.lstm())).isNotEqualTo(Bits.of(begun));
  }

  @Test
  void aStreamBeginsWithItAgainAfterAGap() {
    forecasts(forecaster, 0, 1, state);
    forecasts(forecaster, 1, 1, state);
    double[] forecasts = forecasts(forecaster, 100_000, 5, state);
    assertThat(Bits.of(forecasts)).isEqualTo(Bits.of(byHand(new float[] {100_000, 5})));
  }

  @Test
  void everyWindowBeginsWithIt() {
    Forecaster windowed = new Forecaster(new ForecastModel(model.weights(), WINDOW), kernel);
    StreamState window = windowed.newState();
    for (int t = 0; t < 4; t++) {
      forecasts(windowed, t, t, window);
    }
    double[] forecasts = forecasts(windowed, 4, 4, window);
    float[][] inputs = {{2, 2}, {3, 3}, {4, 4}};
    assertThat(Bits.of(forecasts)).isEqualTo(Bits.of(byHand(inputs)));
  }

  @Test
  void itIsPartOfTheModelsIdentity() {
    assertThat(model.id().hash()).isNotEqualTo(TestModels.direct(CARRY).id().hash());
  }

  private double[] byHand(float[]... inputs) {
    LstmModel lstm = new LstmModel(model.weights(), kernel);
    LstmState byHand = lstm.initialState();
    for (float[] x : inputs) {
      lstm.step(x, byHand, byHand);
    }
    float[] y = new float[2];
    lstm.head(byHand, y);
    return new double[] {y[0], y[1]};
  }

  private static double[] forecasts(
      Forecaster forecaster, long eventTime, double second, StreamState state) {
    Observation observation = Observation.of("A", eventTime, eventTime, second);
    return ((Prediction) forecaster.advance(observation, state)).forecasts();
  }

  private static ForecastModel withInitialState(ForecastModel model) {
    LstmWeights weights = model.weights();
    Random random = new Random(5);
    List<LstmWeights.Layer> layers = new ArrayList<>();
    for (LstmWeights.Layer layer : weights.layers()) {
      int hiddenSize = weights.config().hiddenSize();
      layers.add(
          new LstmWeights.Layer(
              layer.weightIh(),
              layer.weightHh(),
              layer.biasIh(),
              layer.biasHh(),
              TestModels.uniform(random, 1, hiddenSize),
              TestModels.uniform(random, 2, hiddenSize)));
    }
    return new ForecastModel(
        new LstmWeights(weights.config(), layers, weights.headWeight(), weights.headBias()),
        model.card());
  }
}
