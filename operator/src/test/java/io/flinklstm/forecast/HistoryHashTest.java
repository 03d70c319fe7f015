package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the history of a prediction depends on. */
class HistoryHashTest {

  private static final int COUNT = 12;
  private static final Duration GAP = Duration.ofMinutes(5);
  private static final Duration TTL = Duration.ofHours(2);
  private static final StreamPolicy POLICY = new StreamPolicy(GAP, ModelCard.GapPolicy.RESET, TTL);
  private static final ForecastModel MODEL = model(1);

  private final List<Observation> observations = observations();
  private final List<Long> histories = histories(MODEL, POLICY, KernelType.PLAIN, observations);

  @Test
  void isAnotherAfterEveryObservation() {
    assertThat(histories).hasSize(COUNT).doesNotHaveDuplicates().doesNotContain(0L);
  }

  @Test
  void isTheSameOnKernelsOfTheSameBits() {
    assertThat(histories(MODEL, POLICY, KernelType.VECTOR, observations)).isEqualTo(histories);
    assertAllDiffer(histories(MODEL, POLICY, KernelType.EJML, observations), 0);
  }

  @Test
  void changesFromAnyChangedBitOfAValueOn() {
    for (int k = 0; k < COUNT; k++) {
      for (int field = 0; field < 2; field++) {
        for (int bit = 0; bit < Double.SIZE - 12; bit++) {
          double[] values = observations.get(k).values().clone();
          values[field] =
              Double.longBitsToDouble(Double.doubleToRawLongBits(values[field]) ^ 1L << bit);
          assertAllDiffer(with(k, Observation.of("A", observations.get(k).eventTime(), values)), k);
        }
      }
    }
  }

  @Test
  void changesWithTimesPlacesOfValuesAndMissingObservations() {
    for (int k = 0; k + 1 < COUNT; k++) {
      Observation observation = observations.get(k);
      assertAllDiffer(
          with(k, Observation.of("A", observation.eventTime() + 1, observation.values())), k);
      double[] swapped = {observation.values()[1], observation.values()[0]};
      assertAllDiffer(with(k, Observation.of("A", observation.eventTime(), swapped)), k);
      List<Observation> less = new ArrayList<>(observations);
      less.remove(k);
      List<Long> without = histories(MODEL, POLICY, KernelType.PLAIN, less);
      assertThat(without.subList(k, COUNT - 1)).doesNotContainAnyElementsOf(histories);
    }
  }

  @Test
  void changesWithTheOrderOfEqualTimes() {
    Forecaster forecaster = forecaster(MODEL, POLICY, KernelType.PLAIN);
    StreamState state = forecaster.newState();
    StreamState other = forecaster.newState();
    Observation one = Observation.of("A", 5, 1, 2);
    Observation two = Observation.of("A", 5, 3, 4);
    history(forecaster, one, state);
    history(forecaster, two, other);
    assertThat(history(forecaster, two, state)).isNotEqualTo(history(forecaster, one, other));
    assertThat(history(forecaster, one, state)).isNotEqualTo(history(forecaster, one, other));
  }

  @Test
  void isThatOfOneKey() {
    List<Observation> ofOther =
        observations.stream().map(o -> Observation.of("B", o.eventTime(), o.values())).toList();
    assertAllDiffer(histories(MODEL, POLICY, KernelType.PLAIN, ofOther), 0);
  }

  @Test
  void changesWithEverySetting() {
    Duration other = GAP.plusMillis(1);
    List<StreamPolicy> policies =
        List.of(
            POLICY,
            new StreamPolicy(other, ModelCard.GapPolicy.RESET, TTL),
            new StreamPolicy(null, ModelCard.GapPolicy.RESET, TTL),
            new StreamPolicy(GAP, ModelCard.GapPolicy.KEEP, TTL),
            new StreamPolicy(GAP, ModelCard.GapPolicy.RESET, TTL.plusMillis(1)),
            new StreamPolicy(GAP, ModelCard.GapPolicy.RESET, null),
            new StreamPolicy(other, ModelCard.GapPolicy.KEEP, null));
    Set<Long> seen = new HashSet<>();
    for (StreamPolicy policy : policies) {
      seen.addAll(histories(MODEL, policy, KernelType.PLAIN, observations));
    }
    seen.addAll(histories(model(2), POLICY, KernelType.PLAIN, observations));
    assertThat(seen).hasSize((policies.size() + 1) * COUNT);
  }

  @Test
  void changesWithASettingFromThenOn() {
    StreamPolicy other = new StreamPolicy(GAP, ModelCard.GapPolicy.RESET, TTL.plusMillis(1));
    StreamState state = forecaster(MODEL, POLICY, KernelType.PLAIN).newState();
    List<Long> mixed = new ArrayList<>();
    for (int k = 0; k < COUNT; k++) {
      // Back again at the end: what was made with the other setting stays in the state.
      StreamPolicy policy = k < 4 || k > 6 ? POLICY : other;
      mixed.add(history(forecaster(MODEL, policy, KernelType.PLAIN), observations.get(k), state));
    }
    assertThat(mixed.subList(0, 4)).isEqualTo(histories.subList(0, 4));
    assertAllDiffer(mixed, 4);
  }

  @Test
  void goesOnOverAnotherModelAndBack() {
    Forecaster one = forecaster(MODEL, POLICY, KernelType.PLAIN);
    Forecaster two = forecaster(model(2), POLICY, KernelType.PLAIN);
    StreamState state = one.newState();
    StreamState fresh = two.newState();
    history(one, observations.get(0), state);
    state = two.resume(state);
    long second = history(two, observations.get(1), state);
    assertThat(second)
        .isNotEqualTo(histories.get(1))
        .isNotEqualTo(history(two, observations.get(1), fresh));
    state = one.resume(state);
    assertThat(history(one, observations.get(2), state)).isNotEqualTo(histories.get(2));
  }

  @Test
  void isUnmovedByWhatIsNotApplied() {
    Forecaster forecaster = forecaster(MODEL, POLICY, KernelType.PLAIN);
    StreamState state = forecaster.newState();
    List<Long> disturbed = new ArrayList<>();
    for (int k = 0; k < COUNT; k++) {
      long time = observations.get(k).eventTime();
      disturbed.add(
          history(
              forecaster,
              new Observation("A", time, observations.get(k).values(), k, null),
              state));
      assertThat(forecaster.advance(Observation.of("A", time - 1, 1, 1), state))
          .isEqualTo(Outcome.Late.LATE);
      assertThat(
              forecaster.advance(new Observation("A", time, new double[] {1, 1}, k, null), state))
          .isEqualTo(Outcome.Duplicate.DUPLICATE);
      assertThat(forecaster.advance(Observation.of("A", time, Double.NaN, 1), state))
          .isInstanceOf(Rejection.class);
      assertThat(forecaster.advance(Observation.of("A", time, Double.MAX_VALUE, 1), state))
          .isInstanceOf(Rejection.class);
    }
    assertThat(disturbed).isEqualTo(histories);
  }

  @Test
  void beginsAgainAfterExpiryAsInANewState() {
    Forecaster forecaster = forecaster(MODEL, POLICY, KernelType.PLAIN);
    StreamState expired = forecaster.newState();
    history(forecaster, observations.get(0), expired);
    Observation next =
        Observation.of("A", observations.get(0).eventTime() + TTL.toMillis() + 1, 1, 2);
    long begun = history(forecaster, next, forecaster.newState());
    assertThat(history(forecaster, next, expired)).isEqualTo(begun);
    StreamState other = forecaster(model(2), POLICY, KernelType.PLAIN).newState();
    history(forecaster(model(2), POLICY, KernelType.PLAIN), observations.get(0), other);
    assertThat(history(forecaster, next, forecaster.resume(other)))
        .as("whatever the model was")
        .isEqualTo(begun);
  }

  @Test
  void goesOnOverAGap() {
    Forecaster forecaster = forecaster(MODEL, POLICY, KernelType.PLAIN);
    StreamState state = forecaster.newState();
    history(forecaster, observations.get(0), state);
    Observation next =
        Observation.of("A", observations.get(0).eventTime() + GAP.toMillis() + 1, 1, 2);
    Prediction prediction = (Prediction) forecaster.advance(next, state);
    assertThat(prediction.reset()).isEqualTo(Prediction.Reset.GAP);
    assertThat(prediction.history()).isNotEqualTo(history(forecaster, next, forecaster.newState()));
  }

  @Test
  void isAnotherThanThatOfAStateStoredWithoutOne() {
    Forecaster forecaster = forecaster(MODEL, POLICY, KernelType.PLAIN);
    StreamState state = forecaster.newState();
    history(forecaster, observations.get(0), state);
    state.setHistory(0);
    assertThat(history(forecaster, observations.get(1), state))
        .isNotEqualTo(history(forecaster, observations.get(1), forecaster.newState()));
  }

  @Test
  void halfOfItsBitsChangeWithAnyBit() {
    Random random = new Random(9);
    double changed = 0;
    int flips = 5000;
    Forecaster forecaster = forecaster(MODEL, POLICY, KernelType.PLAIN);
    for (int k = 0; k < flips; k++) {
      double value = 1 + random.nextDouble();
      double flipped =
          Double.longBitsToDouble(
              Double.doubleToRawLongBits(value) ^ 1L << random.nextInt(Double.SIZE - 12));
      long one = history(forecaster, Observation.of("A", k, value, 1), forecaster.newState());
      long two = history(forecaster, Observation.of("A", k, flipped, 1), forecaster.newState());
      int bits = Long.bitCount(one ^ two);
      assertThat(bits).isBetween(8, 56);
      changed += bits;
    }
    assertThat(changed / flips).isCloseTo(32, within(0.5));
  }

  private List<Long> with(int index, Observation other) {
    List<Observation> all = new ArrayList<>(observations);
    all.set(index, other);
    return histories(MODEL, POLICY, KernelType.PLAIN, all);
  }

  /** Asserts that the histories are the same before an index and others from there on. */
  private void assertAllDiffer(List<Long> others, int from) {
    assertThat(others.subList(0, from)).isEqualTo(histories.subList(0, from));
    for (int k = from; k < COUNT; k++) {
      assertThat(others.get(k)).as("at %d", k).isNotEqualTo(histories.get(k));
    }
  }

  private static List<Long> histories(
      ForecastModel model, StreamPolicy policy, KernelType kernel, List<Observation> applied) {
    Forecaster forecaster = forecaster(model, policy, kernel);
    StreamState state = forecaster.newState();
    return applied.stream().map(observation -> history(forecaster, observation, state)).toList();
  }

  private static long history(Forecaster forecaster, Observation observation, StreamState state) {
    long history = ((Prediction) forecaster.advance(observation, state)).history();
    assertThat(state.history()).isEqualTo(history);
    return history;
  }

  private static Forecaster forecaster(
      ForecastModel model, StreamPolicy policy, KernelType kernel) {
    return new Forecaster(model, policy, kernel.create());
  }

  private static ForecastModel model(int numLayers) {
    ModelCard card =
        TestModels.card(
            1,
            List.of(
                new Feature("f", Formula.parse("a"), Transform.LOG_RETURN, 0, 1, 20, 100),
                TestModels.feature("g", "b", Transform.LOG1P, 0, 1)));
    return TestModels.model(card, 4, numLayers, 1);
  }

  private static List<Observation> observations() {
    Random random = new Random(4);
    List<Observation> observations = new ArrayList<>();
    for (int k = 0; k < COUNT; k++) {
      observations.add(
          Observation.of(
              "A", 1_546_300_800_000L + 100L * k, 1 + random.nextDouble(), random.nextDouble()));
    }
    return observations;
  }
}
