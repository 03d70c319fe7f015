package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares several at once on the vector kernel with one after another on the plain one. */
class ForecasterBundleTest {

  private static final String[] KEYS = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};

  static List<Arguments> models() {
    Feature returns = TestModels.feature("f", "a", Transform.LOG_RETURN, 0, 0.1);
    ModelCard one = TestModels.card(3, List.of(returns));
    ModelCard two =
        TestModels.card(
            2,
            Duration.ofMillis(20),
            ModelCard.GapPolicy.RESET,
            List.of(returns, TestModels.feature("e", "elapsed()", Transform.LOG1P, 0, 1)));
    ModelCard window =
        TestModels.card(2, List.of(TestModels.feature("f", "a", Transform.REVIN, 0, 1)));
    return List.of(
        Arguments.of("one layer", TestModels.model(two, 64, 1, 2)),
        Arguments.of("odd size", TestModels.model(two, 50, 1, 2)),
        Arguments.of("three layers", TestModels.model(two, 33, 3, 2)),
        Arguments.of("rolled out", TestModels.model(one, 64, 2, 1)),
        Arguments.of("window", TestModels.model(window, 32, 1, 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void makesOfEachObservationWhatItWouldBecomeAlone(String name, ForecastModel model) {
    Forecaster single = new Forecaster(model, KernelType.PLAIN.create());
    Forecaster bundling = new Forecaster(model, KernelType.VECTOR.create());
    for (int capacity = 1; capacity <= LstmModel.MAX_BUNDLE; capacity++) {
      Map<String, StreamState> alone = new HashMap<>();
      Map<String, StreamState> together = new HashMap<>();
      List<Object> expected = new ArrayList<>();
      List<Object> actual = new ArrayList<>();
      List<Observation> bundle = new ArrayList<>();
      Random random = new Random(capacity);
      for (int k = 0; k < 300; k++) {
        Observation observation = random(random, k);
        expected.add(
            bits(
                single.advance(
                    observation,
                    alone.computeIfAbsent(observation.key(), any -> single.newState()))));
        if (bundle.size() == capacity
            || bundle.stream().anyMatch(other -> other.key().equals(observation.key()))) {
          advance(bundling, bundle, together, actual);
        }
        bundle.add(observation);
      }
      advance(bundling, bundle, together, actual);
      assertThat(actual).isEqualTo(expected);
      for (String key : KEYS) {
        assertThat(Bits.of(together.get(key))).isEqualTo(Bits.of(alone.get(key)));
      }
    }
  }

  private static void advance(
      Forecaster forecaster,
      List<Observation> bundle,
      Map<String, StreamState> states,
      List<Object> outcomes) {
    Outcome[] found = new Outcome[bundle.size() + 1];
    forecaster.advance(
        bundle.toArray(Observation[]::new),
        bundle.stream()
            .map(next -> states.computeIfAbsent(next.key(), any -> forecaster.newState()))
            .toArray(StreamState[]::new),
        found,
        bundle.size());
    assertThat(found[bundle.size()]).as("beyond the count").isNull();
    for (int k = 0; k < bundle.size(); k++) {
      outcomes.add(bits(found[k]));
    }
    bundle.clear();
  }

  @Test
  void refusesTwoOfOneKeyAndMoreThanABundleAndTouchesNoState() {
    ForecastModel model =
        TestModels.model(TestModels.card(1, TestModels.identityFeatures(1)), 8, 1, 1);
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    List<String> before = Bits.of(forecaster.newState());
    List<Observation> twice =
        List.of(
            Observation.of("a", 1, 1),
            Observation.of("b", 1, 1),
            Observation.of(new String("b"), 2, 1));
    List<Observation> tooMany =
        IntStream.rangeClosed(0, LstmModel.MAX_BUNDLE)
            .mapToObj(k -> Observation.of("key" + k, 1, 1))
            .toList();
    for (List<Observation> observations : List.of(twice, tooMany)) {
      StreamState[] states =
          observations.stream().map(any -> forecaster.newState()).toArray(StreamState[]::new);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  forecaster.advance(
                      observations.toArray(Observation[]::new),
                      states,
                      new Outcome[states.length],
                      states.length))
          .withMessageMatching(
              "observations at once: expected (different keys, got b twice|at most 8, got 9)");
      assertThat(states).allSatisfy(state -> assertThat(Bits.of(state)).isEqualTo(before));
    }
  }

  /** Mostly in order and usable; occasionally late, a duplicate, not finite, or after a gap. */
  private static Observation random(Random random, int k) {
    double value = random.nextInt(30) == 0 ? -1 : random.nextInt(30) == 0 ? Double.NaN : 1;
    return new Observation(
        KEYS[random.nextInt(KEYS.length)],
        10L * k - (random.nextInt(20) == 0 ? 200 : 0),
        new double[] {value * (1 + random.nextDouble())},
        random.nextInt(20) == 0 ? 0 : k,
        null);
  }

  private static Object bits(Outcome outcome) {
    return outcome instanceof Prediction prediction ? Bits.of(prediction) : outcome;
  }

  @Test
  void largeModelsAloneGainByBundles() {
    ModelCard card = TestModels.card(1, TestModels.identityFeatures(3));
    assertThat(
            Stream.of(64, 256)
                .map(size -> TestModels.model(card, size, 1, 1))
                .map(model -> new Forecaster(model, KernelType.PLAIN.create()).bundleSize()))
        .as("the plain kernel")
        .containsOnly(1);
    assertThat(
            new Forecaster(TestModels.model(card, 64, 1, 1), KernelType.VECTOR.create())
                .bundleSize())
        .isEqualTo(1);
    int large =
        new Forecaster(TestModels.model(card, 256, 1, 1), KernelType.VECTOR.create()).bundleSize();
    assertThat(large)
        .isEqualTo(KernelType.VECTOR.create().gainsByBundles() ? LstmModel.MAX_BUNDLE : 1);
  }
}
