package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares forecasts, bit for bit, with those computed by hand through {@link LstmModel}. */
class ForecasterHorizonTest {

  private static final double MEAN = 0.125;
  private static final double STD = 0.75;
  private static final double WIDE = 10;
  private static final double NARROW = 0.1;

  private final Random random = new Random(11);

  @ParameterizedTest
  @EnumSource(
      value = Transform.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MINUS_LAST", "REVIN"})
  void everyOutputIsOneStepFurtherAhead(Transform transform) {
    Feature other = TestModels.feature("size", "size", Transform.LOG1P, 1, 2);
    ForecastModel model =
        TestModels.direct(TestModels.card(4, List.of(target(transform, WIDE), other)));
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    LstmModel lstm = new LstmModel(model.weights(), KernelType.PLAIN.create());
    LstmState byHand = lstm.newState();
    float[] y = new float[4];
    double last = Double.NaN;
    for (int t = 0; t < 100; t++) {
      double value = 2 + random.nextDouble();
      double size = 10 * random.nextDouble();
      float[] x = {
        input(transform, value, t == 0 ? value : last, WIDE),
        (float) ((StrictMath.log1p(size) - 1) / 2)
      };
      lstm.step(x, byHand, byHand);
      lstm.head(byHand, y);
      double[] expected = new double[4];
      double sum = 0;
      for (int k = 0; k < 4; k++) {
        double predicted = y[k] * STD + MEAN;
        sum += predicted;
        expected[k] = inUnitOfTarget(transform, predicted, sum, value);
      }
      Prediction prediction =
          (Prediction) forecaster.advance(Observation.of("k", t, value, size), state);
      assertThat(Bits.of(prediction.forecasts())).as("step %d", t).isEqualTo(Bits.of(expected));
      assertThat(Bits.of(state.lstm())).as("step %d", t).isEqualTo(Bits.of(byHand));
      assertThat(prediction.lastValue()).isEqualTo(value);
      last = value;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transform.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MINUS_LAST", "REVIN"})
  void rollingOutFeedsForecastsBackOnACopyOfTheState(Transform transform) {
    assertThat(rollOut(transform, WIDE)).as("forecasts beyond the clip").isZero();
    assertThat(rollOut(transform, NARROW)).as("forecasts beyond the clip").isPositive();
  }

  /** Compares 100 forecasts and returns how many outputs were clipped before they were fed back. */
  private int rollOut(Transform transform, double clip) {
    ForecastModel model =
        TestModels.rolledOut(TestModels.card(6, List.of(target(transform, clip))));
    ForecastModel oneStep =
        TestModels.rolledOut(TestModels.card(1, List.of(target(transform, clip))));
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    Forecaster oneStepForecaster = new Forecaster(oneStep, KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    StreamState oneStepState = oneStepForecaster.newState();
    LstmModel lstm = new LstmModel(model.weights(), KernelType.PLAIN.create());
    LstmState byHand = lstm.newState();
    double last = Double.NaN;
    int clipped = 0;
    for (int t = 0; t < 100; t++) {
      double value = 2 + random.nextDouble();
      float[] x = {input(transform, value, t == 0 ? value : last, clip)};
      lstm.step(x, byHand, byHand);
      LstmState ahead = lstm.newState();
      ahead.copyFrom(byHand);
      double[] expected = new double[6];
      double sum = 0;
      for (int k = 0; k < 6; k++) {
        float[] y = new float[1];
        lstm.head(ahead, y);
        double predicted = y[0] * STD + MEAN;
        sum += predicted;
        expected[k] = inUnitOfTarget(transform, predicted, sum, value);
        clipped += Math.abs(y[0]) > clip ? 1 : 0;
        float[] fedBack = {(float) Math.max(-clip, Math.min(clip, y[0]))};
        LstmState next = lstm.newState();
        lstm.step(fedBack, ahead, next);
        ahead = next;
      }
      Observation observation = Observation.of("k", t, value);
      Prediction prediction = (Prediction) forecaster.advance(observation, state);
      Prediction first = (Prediction) oneStepForecaster.advance(observation, oneStepState);
      assertThat(Bits.of(prediction.forecasts())).as("step %d", t).isEqualTo(Bits.of(expected));
      assertThat(Bits.of(first.forecasts())).isEqualTo(Bits.of(expected[0]));
      assertThat(Bits.of(state.lstm())).isEqualTo(Bits.of(oneStepState.lstm()));
      assertThat(Bits.of(state.lastValues())).isEqualTo(Bits.of(oneStepState.lastValues()));
      assertThat(state.steps()).isEqualTo(oneStepState.steps()).isEqualTo(t + 1);
      assertThat(state.lastEventTime()).isEqualTo(oneStepState.lastEventTime()).isEqualTo(t);
      last = value;
    }
    return clipped;
  }

  private static Feature target(Transform transform, double clip) {
    return new Feature("price", Formula.parse("price"), transform, MEAN, STD, clip);
  }

  private static float input(Transform transform, double value, double last, double clip) {
    double transformed =
        switch (transform) {
          case IDENTITY, MINUS_LAST, REVIN -> value;
          case LOG1P -> StrictMath.log1p(value);
          case DIFFERENCE -> value - last;
          case LOG_RETURN -> StrictMath.log(value / last);
        };
    return (float) Math.max(-clip, Math.min(clip, (transformed - MEAN) / STD));
  }

  /** Only changes accumulate. */
  private static double inUnitOfTarget(
      Transform transform, double predicted, double sum, double lastValue) {
    return switch (transform) {
      case IDENTITY, MINUS_LAST, REVIN -> predicted;
      case LOG1P -> StrictMath.expm1(predicted);
      case DIFFERENCE -> lastValue + sum;
      case LOG_RETURN -> lastValue * StrictMath.exp(sum);
    };
  }
}
