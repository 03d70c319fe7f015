package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Observations that cannot be used: the reason is given and the state is left unchanged. */
class ForecasterRejectionTest {

  private static final double INF = Double.POSITIVE_INFINITY;
  private static final LstmConfig SMALL = new LstmConfig(1, 2, 1, 1);

  @Test
  void refusesObservationsWithADefect() {
    ModelCard card = TestModels.card(1, TestModels.identityFeatures(2));
    String longKey = "k".repeat(Observation.MAX_KEY_LENGTH + 1);
    refused(card, Observation.of(null, 1, 1, 2), RejectionCode.MISSING_KEY, "got none");
    refused(card, Observation.of("", 1, 1, 2), RejectionCode.MISSING_KEY, "got none");
    refused(card, Observation.of(longKey, 1, 1, 2), RejectionCode.KEY_TOO_LONG, "1024", "1025");
    refused(
        card,
        Observation.of("k", StreamState.NO_EVENT_TIME, 1, 2),
        RejectionCode.INVALID_TIME,
        "event time",
        "got none");
    refused(card, Observation.of("k", 1, 1), RejectionCode.MISSING_FIELD, "2", "got 1");
    refused(card, Observation.of("k", 1, 1, 2, 3), RejectionCode.MISSING_FIELD, "2", "got 3");
    refused(
        card, Observation.of("k", 1, 1, Double.NaN), RejectionCode.NON_FINITE_FIELD, "1", "NaN");
    refused(
        card, Observation.of("k", 1, -INF, 1), RejectionCode.NON_FINITE_FIELD, "0", "-Infinity");
  }

  @Test
  void theLongestKeyIsAccepted() {
    Forecaster forecaster = forecaster(TestModels.card(1, TestModels.identityFeatures(1)));
    String key = "k".repeat(Observation.MAX_KEY_LENGTH);
    assertThat(forecaster.advance(Observation.of(key, 0, 1), forecaster.newState()))
        .isInstanceOf(Prediction.class);
  }

  @Test
  void refusesAReturnOfAPriceThatIsNotAboveZero() {
    ModelCard card = card("price", Transform.LOG_RETURN, INF);
    for (double price : new double[] {0, -0.0, -1}) {
      refused(
          card,
          Observation.of("k", 1, price),
          RejectionCode.NON_FINITE_FEATURE,
          "feature f",
          "log_return of price",
          "got " + price);
    }
  }

  @Test
  void refusesFeaturesThatCannotBeComputed() {
    feature(card("ratio(a, b)", Transform.IDENTITY, INF), 1, 0);
    feature(card("ratio(a, b)", Transform.IDENTITY, 3), 1, 0);
    feature(card("ratio(a, b)", Transform.IDENTITY, 3), 0, 0);
    feature(card("imbalance(a, b)", Transform.IDENTITY, 3), 2, -2);
    feature(card("mean(a, b)", Transform.IDENTITY, 3), Double.MAX_VALUE, Double.MAX_VALUE);
    feature(card("a", Transform.LOG1P, INF), -1);
    feature(card("a", Transform.LOG1P, 3), -1);
    feature(card("a", Transform.LOG1P, 3), -2);
    feature(card("a", Transform.IDENTITY, INF), 1e39);
  }

  @Test
  void refusesAFirstValueThatNoLaterOneCouldBeToldApartFrom() {
    Forecaster forecaster = forecaster(card("a", Transform.DIFFERENCE, 3));
    StreamState state = forecaster.newState();
    List<String> before = Bits.of(state);
    Outcome outcome = forecaster.advance(Observation.of("k", 1, Double.MAX_VALUE), state);
    assertThat(((Rejection) outcome).code()).isEqualTo(RejectionCode.NON_FINITE_FEATURE);
    assertThat(Bits.of(state)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = Transform.class,
      names = {"DIFFERENCE", "LOG_RETURN"})
  void goesOnAfterAnExtremeValueThatItTook(Transform transform) {
    Forecaster forecaster = forecaster(card("a", transform, INF));
    for (double extreme : new double[] {Double.MIN_VALUE, 1e-309, 1e37}) {
      StreamState state = forecaster.newState();
      for (double value : new double[] {extreme, 800, extreme, 801}) {
        assertThat(forecaster.advance(Observation.of("k", 1, value), state))
            .as("%s after %s", value, extreme)
            .isInstanceOf(Prediction.class);
      }
    }
  }

  @Test
  void refusesForecastsThatOverflowWhenDecoded() {
    ModelCard steep = scaled(Transform.LOG_RETURN, 1e6, 1);
    output(new ForecastModel(head(SMALL, 0, 1f), steep), 100);
    ModelCard wide = scaled(Transform.IDENTITY, 1e300, 1);
    output(new ForecastModel(head(SMALL, 0, 1e30f), wide), 100);
    ModelCard far = scaled(Transform.LOG1P, 1e6, 1);
    output(new ForecastModel(head(SMALL, 0, 1f), far), 100);
    ModelCard high = scaled(Transform.DIFFERENCE, 1e308, 1);
    output(new ForecastModel(head(SMALL, 0, 1f), high), 1e308);
  }

  @Test
  void refusesForecastsThatOverflowOnlyAtTheLastHorizonStep() {
    ModelCard direct = scaled(Transform.LOG_RETURN, 300, 3);
    output(new ForecastModel(head(new LstmConfig(1, 2, 1, 3), 0, 1f), direct), 1);
    output(new ForecastModel(head(SMALL, 0, 1f), direct), 1);
  }

  @Test
  void refusesInfiniteOutputsThatDecodingWouldHide() {
    // exp(-infinity) is 0 and expm1(-infinity) is -1, both finite.
    for (Transform transform : Transform.values()) {
      for (float sign : new float[] {1, -1}) {
        LstmWeights weights = head(SMALL, sign * 2e38f, sign * 3.4e38f);
        output(new ForecastModel(weights, scaled(transform, 1, 1)), 1);
        output(new ForecastModel(weights, scaled(transform, 1, 4)), 1);
      }
    }
  }

  @Test
  void refusesAStateThatWouldBecomeNan() {
    ModelCard card = TestModels.card(1, TestModels.identityFeatures(2));
    LstmConfig config = new LstmConfig(2, 2, 1, 1);
    float[] weightIh = new float[16];
    for (int r = 0; r < 8; r++) {
      weightIh[2 * r] = 1e38f;
      weightIh[2 * r + 1] = -1e38f;
    }
    LstmWeights weights =
        new LstmWeights(
            config,
            List.of(new LstmWeights.Layer(weightIh, new float[16], null, null)),
            new float[2],
            null);
    // Only the EJML kernel, which rounds every product, computes infinity - infinity here.
    refused(
        new ForecastModel(weights, card),
        KernelType.EJML,
        Observation.of("k", 1, 1e3, 1e3),
        RejectionCode.NON_FINITE_OUTPUT,
        "expected finite");
  }

  /** A model of the target alone, whose h is near 0.76 whatever the input. */
  private static LstmWeights head(LstmConfig config, float weight, float bias) {
    int n = config.hiddenSize();
    float[] gates = new float[4 * n];
    Arrays.fill(gates, 20f);
    float[] headWeight = new float[config.outputSize() * n];
    float[] headBias = new float[config.outputSize()];
    Arrays.fill(headWeight, weight);
    Arrays.fill(headBias, bias);
    LstmWeights.Layer layer =
        new LstmWeights.Layer(new float[4 * n], new float[4 * n * n], gates, new float[4 * n]);
    return new LstmWeights(config, List.of(layer), headWeight, headBias);
  }

  private static ModelCard card(String formula, Transform transform, double clip) {
    Feature feature = new Feature("f", Formula.parse(formula), transform, 0, 1, clip);
    return TestModels.card(1, List.of(feature));
  }

  private static ModelCard scaled(Transform transform, double std, int horizon) {
    return TestModels.card(horizon, List.of(TestModels.feature("f", "a", transform, 0, std)));
  }

  private static Forecaster forecaster(ModelCard card) {
    return new Forecaster(TestModels.direct(card), KernelType.PLAIN.create());
  }

  private static void refused(
      ModelCard card, Observation observation, RejectionCode code, String... parts) {
    refused(TestModels.direct(card), KernelType.PLAIN, observation, code, parts);
  }

  private static void feature(ModelCard card, double... values) {
    refused(card, Observation.of("k", 1, values), RejectionCode.NON_FINITE_FEATURE, "feature f");
  }

  private static void output(ForecastModel model, double... values) {
    refused(
        model,
        KernelType.PLAIN,
        Observation.of("k", 1, values),
        RejectionCode.NON_FINITE_OUTPUT,
        "output of model test version 1",
        "expected finite");
  }

  /** Refused both by a new stream and by one with history. */
  private static void refused(
      ForecastModel model,
      KernelType kernel,
      Observation observation,
      RejectionCode code,
      String... parts) {
    Forecaster forecaster = new Forecaster(model, kernel.create());
    StreamState fresh = forecaster.newState();
    StreamState used = forecaster.newState();
    Arrays.fill(used.lastValues(), 1);
    Arrays.fill(used.window(), 0.5);
    for (int l = 0; l < used.lstm().numLayers(); l++) {
      used.lstm().h(l)[1] = 0.25f;
      used.lstm().c(l)[0] = -0.5f;
    }
    used.set(7, 0, 3, forecaster.modelId().hash());
    for (StreamState state : List.of(fresh, used)) {
      List<String> before = Bits.of(state);
      Outcome outcome = forecaster.advance(observation, state);
      assertThat(outcome).as("steps %d", state.steps()).isInstanceOf(Rejection.class);
      assertThat(((Rejection) outcome).code()).isEqualTo(code);
      assertThat(((Rejection) outcome).message()).contains("expected").contains(parts);
      assertThat(Bits.of(state)).isEqualTo(before);
    }
  }
}
