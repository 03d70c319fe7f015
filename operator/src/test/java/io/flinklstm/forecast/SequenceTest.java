package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which sequence numbers make an observation a duplicate. */
class SequenceTest {

  private static final long BEGINNING = 1_546_300_800_000L;
  private static final Duration GAP = Duration.ofMinutes(5);
  private static final Duration TTL = Duration.ofHours(2);
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long AFTER_A_GAP = GAP.toMillis() + 1;

  private Forecaster forecaster = forecaster(1, ModelCard.GapPolicy.RESET);
  private StreamState state = forecaster.newState();

  @ParameterizedTest
  @EnumSource(ModelCard.GapPolicy.class)
  void beginsAgainAfterTheTtl(ModelCard.GapPolicy policy) {
    forecaster = forecaster(1, policy);
    assertThat(reset(BEGINNING, 900_000)).isEqualTo(Prediction.Reset.NEW);
    assertThat(reset(BEGINNING + DAY, 1)).isEqualTo(Prediction.Reset.EXPIRED);
    assertThat(state.lastSequence()).isEqualTo(1);
    assertThat(advance(BEGINNING + DAY + 1, 1)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(reset(BEGINNING + DAY + 1, 2)).isNull();
  }

  @Test
  void beginsAgainAfterAGapThatResets() {
    reset(BEGINNING, 900_000);
    assertThat(reset(BEGINNING + AFTER_A_GAP, 1)).isEqualTo(Prediction.Reset.GAP);
    assertThat(advance(BEGINNING + AFTER_A_GAP, 1)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(advance(BEGINNING, 900_000))
        .as("of the session before")
        .isEqualTo(Outcome.Late.LATE);
  }

  @Test
  void isForgottenEvenIfTheNewSessionHasNone() {
    reset(BEGINNING, 900_000);
    reset(BEGINNING + AFTER_A_GAP, Observation.NO_SEQUENCE);
    assertThat(state.lastSequence()).isEqualTo(Observation.NO_SEQUENCE);
    assertThat(reset(BEGINNING + AFTER_A_GAP, 1)).isNull();
  }

  @Test
  void goesOnAfterPausesThatEndNoSession() {
    forecaster = forecaster(1, ModelCard.GapPolicy.KEEP);
    reset(BEGINNING, 900_000);
    assertThat(advance(BEGINNING + AFTER_A_GAP, 900_000)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(advance(BEGINNING + TTL.toMillis(), 1)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    forecaster = forecaster(1, ModelCard.GapPolicy.RESET);
    assertThat(advance(BEGINNING + GAP.toMillis(), 1)).isEqualTo(Outcome.Duplicate.DUPLICATE);
  }

  @Test
  void duplicatesDoNotShortenAPause() {
    reset(BEGINNING, 900_000);
    for (int minute = 1; minute <= 5; minute++) {
      assertThat(advance(BEGINNING + 60_000L * minute, minute))
          .isEqualTo(Outcome.Duplicate.DUPLICATE);
    }
    assertThat(reset(BEGINNING + 6 * 60_000, 6)).isEqualTo(Prediction.Reset.GAP);
  }

  @Test
  void goesOnUnderAnotherModelWithinASession() {
    reset(BEGINNING, 900_000);
    forecaster = forecaster(2, ModelCard.GapPolicy.RESET);
    StreamState stored = state;
    state = forecaster.resume(stored);
    assertThat(advance(BEGINNING + 1, 900_000)).isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(reset(BEGINNING + 1, 900_001)).isEqualTo(Prediction.Reset.MODEL);
    state = forecaster.resume(stored);
    assertThat(reset(BEGINNING + AFTER_A_GAP, 1)).isEqualTo(Prediction.Reset.MODEL);
    assertThat(state.lastSequence()).isEqualTo(1);
    state = forecaster.resume(stored);
    assertThat(reset(BEGINNING + DAY, 1)).isEqualTo(Prediction.Reset.EXPIRED);
  }

  @Test
  void beginsAgainInTrainingToo() {
    ObservationEncoder encoder = new ObservationEncoder(card(ModelCard.GapPolicy.RESET));
    assertThat(encoder.encode(observation(BEGINNING, 900_000))).isNull();
    assertThat(encoder.encode(observation(BEGINNING + 1, 1)))
        .isEqualTo(Outcome.Duplicate.DUPLICATE);
    assertThat(encoder.encode(observation(BEGINNING + AFTER_A_GAP, 1))).isNull();
    assertThat(encoder.isReset()).isTrue();
    assertThat(encoder.encode(observation(BEGINNING + AFTER_A_GAP + 1, 2))).isNull();
    assertThat(encoder.isReset()).isFalse();
  }

  private Prediction.Reset reset(long eventTime, long sequence) {
    return ((Prediction) advance(eventTime, sequence)).reset();
  }

  private Outcome advance(long eventTime, long sequence) {
    return forecaster.advance(observation(eventTime, sequence), state);
  }

  private static Observation observation(long eventTime, long sequence) {
    return new Observation("A", eventTime, new double[] {100}, sequence, null);
  }

  private static Forecaster forecaster(int numLayers, ModelCard.GapPolicy policy) {
    return new Forecaster(
        TestModels.model(card(ModelCard.GapPolicy.KEEP), 4, numLayers, 1),
        new StreamPolicy(GAP, policy, TTL),
        KernelType.PLAIN.create());
  }

  private static ModelCard card(ModelCard.GapPolicy policy) {
    return TestModels.card(
        1, GAP, policy, List.of(TestModels.feature("f", "a", Transform.LOG_RETURN, 0, 1)));
  }
}
