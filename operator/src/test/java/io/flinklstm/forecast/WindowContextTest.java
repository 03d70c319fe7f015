package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.WindowGolden;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares models that replay a window at every observation with PyTorch's results; see
 * windows/window_goldens.py in the test resources.
 */
class WindowContextTest {

  private static final double TOLERANCE = 2e-6;

  /** Every transform depends on the series alone, not on the window. */
  private static final List<String> PLAIN = List.of("plain_returns", "plain_identity");

  /** No transform depends on anything before the window. */
  private static final List<String> WINDOW_ONLY =
      List.of(
          "plain_identity",
          "minus_last",
          "minus_last_and_volume",
          "revin",
          "revin_affine",
          "revin_affine_rolled_out");

  static Stream<Arguments> all() {
    return withKernels(Stream.concat(Stream.of("plain_returns"), WINDOW_ONLY.stream()));
  }

  static Stream<Arguments> plain() {
    return withKernels(PLAIN.stream());
  }

  static Stream<Arguments> windowOnly() {
    return withKernels(WINDOW_ONLY.stream());
  }

  private static Stream<Arguments> withKernels(Stream<String> names) {
    return names.flatMap(
        name ->
            Stream.of(KernelType.values())
                .filter(kernel -> kernel != KernelType.AUTO)
                .map(kernel -> Arguments.of(name, kernel)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void matchesPyTorchForEveryRowOfInterleavedKeys(String name, KernelType kernel) {
    WindowGolden golden = WindowGolden.load(name);
    Forecaster forecaster = new Forecaster(golden.model(), kernel.create());
    List<WindowGolden.Row> rows = golden.stream();
    assertThat(rows).hasSize(190);
    int lookback = golden.model().card().lookback();
    Map<String, StreamState> states = new LinkedHashMap<>();
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (WindowGolden.Row row : rows) {
      String key = row.observation().key();
      StreamState state = states.computeIfAbsent(key, k -> forecaster.newState());
      int steps = seen.merge(key, 1, Integer::sum);
      Prediction prediction = (Prediction) forecaster.advance(row.observation(), state);
      String at = "key " + key + " step " + steps;
      assertThat(prediction.step()).as(at).isEqualTo(steps);
      assertThat(prediction.status())
          .as(at)
          .isEqualTo(steps < lookback ? Prediction.Status.WARMING_UP : Prediction.Status.READY);
      assertClose(prediction.forecasts(), row, at);
    }
    assertThat(states).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("windowOnly")
  void forecastsAsIfItHadSeenTheWindowAlone(String name, KernelType kernel) {
    WindowGolden golden = WindowGolden.load(name);
    Forecaster forecaster = new Forecaster(golden.model(), kernel.create());
    int lookback = golden.model().card().lookback();
    int compared = 0;
    for (List<Observation> observations : golden.observationsByKey().values()) {
      StreamState state = forecaster.newState();
      for (int t = 0; t < observations.size(); t++) {
        double[] forecasts = forecasts(forecaster, observations.get(t), state);
        state = state.copy();
        if (t >= lookback && t % 3 == 0) {
          StreamState fresh = forecaster.newState();
          double[] alone = null;
          for (Observation observation : observations.subList(t + 1 - lookback, t + 1)) {
            alone = forecasts(forecaster, observation, fresh);
          }
          assertThat(Bits.of(forecasts)).as("step %d", t).isEqualTo(Bits.of(alone));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("plain")
  void replaysTheInputsOfTheSeriesFromZeroState(String name, KernelType kernel) {
    WindowGolden golden = WindowGolden.load(name);
    ModelCard card = golden.model().card();
    Forecaster forecaster = new Forecaster(golden.model(), kernel.create());
    LstmModel lstm = new LstmModel(golden.model().weights(), kernel.create());
    float[] y = new float[card.horizon()];
    for (List<Observation> observations : golden.observationsByKey().values()) {
      StreamState state = forecaster.newState();
      List<float[]> inputs = new ArrayList<>();
      Observation previous = observations.get(0);
      for (Observation observation : observations) {
        inputs.add(input(card, observation, previous));
        LstmState byHand = lstm.newState();
        for (float[] x :
            inputs.subList(Math.max(0, inputs.size() - card.lookback()), inputs.size())) {
          lstm.step(x, byHand, byHand);
        }
        lstm.head(byHand, y);
        double[] expected = decode(card, y, observation);
        assertThat(Bits.of(forecasts(forecaster, observation, state)))
            .as("%s", observation)
            .isEqualTo(Bits.of(expected));
        previous = observation;
      }
    }
  }

  private static double[] forecasts(
      Forecaster forecaster, Observation observation, StreamState state) {
    return ((Prediction) forecaster.advance(observation, state)).forecasts();
  }

  /** The model's input; for the first of a stream, previous is the observation itself. */
  private static float[] input(ModelCard card, Observation observation, Observation previous) {
    float[] x = new float[card.features().size()];
    long elapsed = observation.eventTime() - previous.eventTime();
    for (int k = 0; k < x.length; k++) {
      Feature feature = card.features().get(k);
      double value = value(card, feature, observation, elapsed);
      double transformed =
          switch (feature.transform()) {
            case IDENTITY -> value;
            case LOG1P -> StrictMath.log1p(value);
            case LOG_RETURN -> StrictMath.log(value / value(card, feature, previous, 0));
            default -> throw new IllegalArgumentException(feature.toString());
          };
      double scaled = (transformed - feature.mean()) / feature.std();
      x[k] = (float) Math.max(-feature.clip(), Math.min(feature.clip(), scaled));
    }
    return x;
  }

  private static double[] decode(ModelCard card, float[] y, Observation observation) {
    Feature target = card.features().get(card.targetIndex());
    double last = value(card, target, observation, 0);
    double[] forecasts = new double[y.length];
    double sum = 0;
    for (int k = 0; k < y.length; k++) {
      double predicted = y[k] * target.std() + target.mean();
      sum += predicted;
      forecasts[k] =
          switch (target.transform()) {
            case IDENTITY -> predicted;
            case LOG_RETURN -> last * StrictMath.exp(sum);
            default -> throw new IllegalArgumentException(target.toString());
          };
    }
    return forecasts;
  }

  private static double value(
      ModelCard card, Feature feature, Observation observation, long elapsed) {
    List<String> fields = feature.formula().fields();
    double[] arguments = new double[2];
    for (int k = 0; k < fields.size(); k++) {
      arguments[k] = observation.values()[card.fields().indexOf(fields.get(k))];
    }
    return feature.formula().function().apply(arguments[0], arguments[1], elapsed);
  }

  /** In the forecast's unit and in the output's, because a price hides the error of a return. */
  private static void assertClose(double[] actual, WindowGolden.Row row, String at) {
    double[] expected = row.forecasts();
    assertThat(actual).as(at).hasSameSizeAs(expected);
    for (int k = 0; k < expected.length; k++) {
      double bound = TOLERANCE * Math.min(row.unit(), Math.max(1, Math.abs(expected[k])));
      assertThat(Math.abs(actual[k] - expected[k]))
          .as("%s: %s, PyTorch %s", at, actual[k], expected[k])
          .isLessThanOrEqualTo(bound);
    }
  }
}
