package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.math.KernelType;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What becomes of an observation and of its stream's state. */
class ForecasterTest {

  private static final long GAP = 60_000;
  private static final long BEGINNING = 1_546_300_800_000L;
  private static final List<Feature> FEATURES =
      List.of(
          TestModels.feature("return", "price", Transform.LOG_RETURN, 0, 0.01),
          TestModels.feature("move", "price", Transform.DIFFERENCE, 0, 1),
          TestModels.feature("pause", "elapsed()", Transform.LOG1P, 4, 3));

  private final Forecaster forecaster = forecaster(ModelCard.GapPolicy.RESET);
  private final StreamState state = forecaster.newState();

  @Test
  void theFirstObservationHasNothingBeforeIt() {
    Prediction prediction = predict(BEGINNING, 100);
    assertThat(prediction.key()).isEqualTo("EURUSD");
    assertThat(prediction.eventTime()).isEqualTo(BEGINNING);
    assertThat(prediction.reset()).isEqualTo(Prediction.Reset.NEW);
    assertThat(prediction.step()).isEqualTo(1);
    assertThat(prediction.lastValue()).isEqualTo(100);
    assertThat(prediction.model()).isEqualTo(forecaster.modelId());
    // Return, move and pause are 0, so neither the price nor the time can affect the state.
    StreamState other = forecaster.newState();
    forecaster.advance(Observation.of("USDJPY", 17, 3.5), other);
    assertThat(Bits.of(other.lstm())).isEqualTo(Bits.of(state.lstm()));
  }

  @Test
  void remembersWhatTheNextObservationNeeds() {
    advance(BEGINNING, 100, 7);
    advance(BEGINNING + 250, 101, Observation.NO_SEQUENCE);
    assertThat(state.lastEventTime()).isEqualTo(BEGINNING + 250);
    assertThat(state.lastValues()).containsExactly(101, 101, 250);
    assertThat(state.lastSequence()).as("the last one seen").isEqualTo(7);
    assertThat(state.steps()).isEqualTo(2);
    assertThat(state.modelHash()).isEqualTo(forecaster.modelId().hash());
  }

  @Test
  void warmsUpUntilTheLookbackWasCarried() {
    List<Prediction.Status> statuses = new ArrayList<>();
    for (int t = 0; t < 5; t++) {
      Prediction prediction = predict(BEGINNING + t, 100 + t);
      assertThat(prediction.step()).isEqualTo(t + 1);
      assertThat(prediction.reset()).isEqualTo(t == 0 ? Prediction.Reset.NEW : null);
      assertThat(prediction.forecasts()).hasSize(1);
      statuses.add(prediction.status());
    }
    assertThat(statuses)
        .containsExactly(
            Prediction.Status.WARMING_UP,
            Prediction.Status.WARMING_UP,
            Prediction.Status.READY,
            Prediction.Status.READY,
            Prediction.Status.READY);
  }

  @Test
  void afterAnotherModelsStateLateOnesAndDuplicatesAreStillKnown() {
    Forecaster other = forecaster(ModelCard.GapPolicy.KEEP);
    StreamState before = other.newState();
    other.advance(observation(BEGINNING, 100, 5), before);
    StreamState next = forecaster.resume(before);
    assertThat(forecaster.advance(observation(BEGINNING + 1, 1, 5), next))
        .isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(forecaster.advance(observation(BEGINNING - 1, 1, 6), next))
        .isEqualTo(Outcome.Late.LATE);
    Prediction first = (Prediction) forecaster.advance(observation(BEGINNING + 1, 1, 6), next);
    assertThat(first.reset()).isEqualTo(Prediction.Reset.MODEL);
    assertThat(first.step()).isEqualTo(1);
    Prediction second = (Prediction) forecaster.advance(observation(BEGINNING + 2, 1, 7), next);
    assertThat(second.reset()).isNull();
  }

  @Test
  void lateObservationsLeaveTheStateUntouched() {
    predict(BEGINNING, 100);
    predict(BEGINNING + 10, 101);
    List<String> before = Bits.of(state);
    assertThat(advance(BEGINNING + 9, 102, 1)).isEqualTo(Outcome.Late.LATE);
    assertThat(advance(0, 102, Observation.NO_SEQUENCE)).isEqualTo(Outcome.Late.LATE);
    assertThat(Bits.of(state)).isEqualTo(before);
  }

  @Test
  void equalTimestampsAreApplied() {
    predict(BEGINNING, 100);
    assertThat(predict(BEGINNING, 101).step()).isEqualTo(2);
    assertThat(predict(BEGINNING, 101).step()).isEqualTo(3);
    assertThat(state.lastValues()[2]).isZero();
  }

  @Test
  void timesBefore1970AreLikeAnyOthers() {
    StreamState later = forecaster.newState();
    long[] times = {-GAP - 3, -2, -1, -1, 0, 1, GAP + 2};
    for (int t = 0; t < times.length; t++) {
      Prediction before = predict(times[t], 100 + t);
      Prediction after =
          (Prediction)
              forecaster.advance(Observation.of("EURUSD", BEGINNING + times[t], 100 + t), later);
      assertThat(Bits.of(before.forecasts())).isEqualTo(Bits.of(after.forecasts()));
      assertThat(before.reset()).isEqualTo(after.reset());
      assertThat(before.gapMs()).isEqualTo(after.gapMs());
      assertThat(before.step()).isEqualTo(after.step());
      assertThat(state.lastEventTime()).isEqualTo(times[t]);
    }
    assertThat(advance(-1, 1, Observation.NO_SEQUENCE)).isEqualTo(Outcome.Late.LATE);
  }

  @Test
  void thePauseBetweenTheEndsOfTimeIsAGap() {
    predict(Long.MIN_VALUE + 1, 100);
    assertThat(predict(Long.MAX_VALUE, 101).reset()).isEqualTo(Prediction.Reset.GAP);
  }

  @Test
  void duplicatesAreFoundBeforeTheTimeIsLookedAt() {
    advance(BEGINNING, 100, 5);
    advance(BEGINNING + 10, 101, 6);
    List<String> before = Bits.of(state);
    assertThat(advance(BEGINNING + 20, 102, 6)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(advance(BEGINNING + 20, 102, 5)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(advance(BEGINNING, 100, 5)).as("late too").isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(advance(BEGINNING, 100, 7)).isEqualTo(Outcome.Late.LATE);
    assertThat(Bits.of(state)).isEqualTo(before);
    assertThat(advance(BEGINNING + 20, 102, 7)).isInstanceOf(Prediction.class);
  }

  @Test
  void anObservationWithoutSequenceIsNoDuplicate() {
    advance(BEGINNING, 100, 5);
    assertThat(advance(BEGINNING, 100, Observation.NO_SEQUENCE)).isInstanceOf(Prediction.class);
    assertThat(advance(BEGINNING, 100, 5)).isEqualTo(Outcome.Duplicate.DUPLICATE);
  }

  @Test
  void aGapResetsTheStateExactlyToThatOfAFreshStream() {
    for (int t = 0; t < 5; t++) {
      advance(BEGINNING + t, 100 + t, t);
    }
    long afterTheGap = BEGINNING + 4 + GAP + 1;
    StreamState fresh = forecaster.newState();
    for (int t = 0; t < 5; t++) {
      Prediction resumed = (Prediction) advance(afterTheGap + t, 90 + t, 100 + t);
      Prediction begun =
          (Prediction) forecaster.advance(observation(afterTheGap + t, 90 + t, 100 + t), fresh);
      assertThat(Bits.of(resumed.forecasts())).isEqualTo(Bits.of(begun.forecasts()));
      assertThat(resumed.gapMs()).isEqualTo(t == 0 ? GAP + 1 : 0);
      assertThat(begun.reset()).isEqualTo(t == 0 ? Prediction.Reset.NEW : null);
      assertThat(resumed.reset()).isEqualTo(t == 0 ? Prediction.Reset.GAP : null);
      assertThat(resumed.step()).isEqualTo(t + 1);
      assertThat(resumed.status() == Prediction.Status.READY).isEqualTo(t >= 2);
      assertThat(withoutHistory(state)).isEqualTo(withoutHistory(fresh));
    }
  }

  private static List<String> withoutHistory(StreamState state) {
    return Bits.of(state).stream().filter(line -> !line.startsWith("history")).toList();
  }

  @Test
  void aPauseOfExactlyTheGapIsNone() {
    predict(BEGINNING, 100);
    assertThat(predict(BEGINNING + GAP, 101).reset()).isNull();
    assertThat(predict(BEGINNING + 2 * GAP + 1, 101).reset()).isEqualTo(Prediction.Reset.GAP);
  }

  @Test
  void aGapIsCarriedOverIfThePolicyIsKeep() {
    Forecaster keeping = forecaster(ModelCard.GapPolicy.KEEP);
    StreamState kept = keeping.newState();
    keeping.advance(Observation.of("EURUSD", BEGINNING, 100), kept);
    long afterTheGap = BEGINNING + 10 * GAP;
    Prediction prediction =
        (Prediction) keeping.advance(Observation.of("EURUSD", afterTheGap, 101), kept);
    assertThat(prediction.reset()).isNull();
    assertThat(prediction.step()).isEqualTo(2);
    assertThat(kept.lastValues()[2]).isEqualTo(10.0 * GAP);
  }

  @Test
  void keepsInterleavedKeysApart() {
    Random random = new Random(3);
    Map<String, StreamState> states = new HashMap<>();
    Map<String, List<Observation>> observations = new HashMap<>();
    Map<String, List<List<String>>> predictions = new HashMap<>();
    for (int t = 0; t < 600; t++) {
      String key = "key" + random.nextInt(7);
      Observation observation =
          Observation.of(key, BEGINNING + 1_000L * t, 100 + random.nextGaussian());
      StreamState own = states.computeIfAbsent(key, k -> forecaster.newState());
      Prediction prediction = (Prediction) forecaster.advance(observation, own);
      observations.computeIfAbsent(key, k -> new ArrayList<>()).add(observation);
      predictions.computeIfAbsent(key, k -> new ArrayList<>()).add(Bits.of(prediction));
    }
    assertThat(states).hasSize(7);
    for (String key : states.keySet()) {
      Forecaster alone = forecaster(ModelCard.GapPolicy.RESET);
      StreamState own = alone.newState();
      List<List<String>> expected = new ArrayList<>();
      for (Observation observation : observations.get(key)) {
        expected.add(Bits.of((Prediction) alone.advance(observation, own)));
      }
      assertThat(predictions.get(key)).isEqualTo(expected);
      assertThat(Bits.of(states.get(key))).isEqualTo(Bits.of(own));
    }
  }

  @Test
  void resumesFromACopyOfTheStateBetweenAnyTwoObservations() {
    StreamState copied = forecaster.newState();
    for (int t = 0; t < 50; t++) {
      Prediction prediction = predict(BEGINNING + t, 100 + t % 7);
      copied = copied.copy();
      Outcome resumed =
          forecaster(ModelCard.GapPolicy.RESET)
              .advance(observation(BEGINNING + t, 100 + t % 7, Observation.NO_SEQUENCE), copied);
      assertThat(Bits.of((Prediction) resumed)).isEqualTo(Bits.of(prediction));
    }
    assertThat(Bits.of(copied)).isEqualTo(Bits.of(state));
  }

  @Test
  void theStateOfAnotherModelIsRefused() {
    Forecaster other = forecaster(ModelCard.GapPolicy.KEEP);
    List<String> before = Bits.of(state);
    assertThat(other.resume(state)).isNotSameAs(state);
    assertThat(forecaster.resume(state)).isSameAs(state);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.advance(Observation.of("EURUSD", BEGINNING, 1), state))
        .withMessageContainingAll(
            "EURUSD",
            "expected one of model " + other.modelId(),
            "got one of the model with hash " + Long.toHexString(forecaster.modelId().hash()));
    assertThat(Bits.of(state)).isEqualTo(before);
  }

  private static Forecaster forecaster(ModelCard.GapPolicy policy) {
    ModelCard card = TestModels.card(1, Duration.ofMillis(GAP), policy, FEATURES);
    return new Forecaster(TestModels.direct(card), KernelType.PLAIN.create());
  }

  private Prediction predict(long eventTime, double price) {
    return (Prediction) advance(eventTime, price, Observation.NO_SEQUENCE);
  }

  private Outcome advance(long eventTime, double price, long sequence) {
    return forecaster.advance(observation(eventTime, price, sequence), state);
  }

  private static Observation observation(long eventTime, double price, long sequence) {
    return new Observation("EURUSD", eventTime, new double[] {price}, sequence, null);
  }
}
