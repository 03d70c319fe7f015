package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.math.KernelType;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamPolicyTest {

  private static final long BEGINNING = 1_546_300_800_000L;
  private static final Duration GAP = Duration.ofMinutes(5);
  private static final Duration TTL = Duration.ofHours(1);
  private static final ForecastModel MODEL =
      TestModels.direct(
          TestModels.card(
              1,
              GAP,
              ModelCard.GapPolicy.KEEP,
              List.of(TestModels.feature("f", "a", Transform.DIFFERENCE, 0, 1))));

  @Test
  void isTheCardsUnlessToldOtherwise() {
    assertThat(StreamPolicy.of(MODEL.card()))
        .isEqualTo(new StreamPolicy(GAP, ModelCard.GapPolicy.KEEP, null));
  }

  @Test
  void overridesTheCardAndKeepsTheModelsHash() {
    StreamPolicy policy = new StreamPolicy(Duration.ofSeconds(1), ModelCard.GapPolicy.RESET, null);
    Forecaster forecaster = new Forecaster(MODEL, policy, KernelType.PLAIN.create());
    assertThat(forecaster.modelId()).isEqualTo(MODEL.id());
    StreamState state = forecaster.newState();
    predict(forecaster, state, BEGINNING);
    Prediction prediction = predict(forecaster, state, BEGINNING + 1001);
    assertThat(prediction.reset()).isEqualTo(Prediction.Reset.GAP);
    assertThat(prediction.gapMs()).isEqualTo(1001);
  }

  @Test
  void aKeptGapIsToldToo() {
    Forecaster forecaster = new Forecaster(MODEL, KernelType.PLAIN.create());
    StreamState state = forecaster.newState();
    assertThat(predict(forecaster, state, BEGINNING).gapMs()).isZero();
    long atTheGap = BEGINNING + GAP.toMillis();
    assertThat(predict(forecaster, state, atTheGap).gapMs()).isZero();
    Prediction prediction = predict(forecaster, state, atTheGap + GAP.toMillis() + 1);
    assertThat(prediction.reset()).isNull();
    assertThat(prediction.step()).isEqualTo(3);
    assertThat(prediction.gapMs()).isEqualTo(GAP.toMillis() + 1);
  }

  @Test
  void aStateExpiresWhateverTheGapPolicy() {
    for (ModelCard.GapPolicy gapPolicy : ModelCard.GapPolicy.values()) {
      StreamPolicy policy = new StreamPolicy(GAP, gapPolicy, TTL);
      Forecaster forecaster = new Forecaster(MODEL, policy, KernelType.PLAIN.create());
      StreamState state = forecaster.newState();
      predict(forecaster, state, BEGINNING);
      Prediction atTheTtl = predict(forecaster, state, BEGINNING + TTL.toMillis());
      assertThat(atTheTtl.reset()).isNotEqualTo(Prediction.Reset.EXPIRED);
      long expired = BEGINNING + 2 * TTL.toMillis() + 1;
      Prediction prediction = predict(forecaster, state, expired);
      assertThat(prediction.reset()).isEqualTo(Prediction.Reset.EXPIRED);
      assertThat(prediction.step()).isEqualTo(1);
      assertThat(prediction.gapMs()).as("its gap is as unknown as a new stream's").isZero();
      Prediction fresh = predict(forecaster, forecaster.newState(), expired);
      assertThat(Bits.of(prediction.forecasts())).isEqualTo(Bits.of(fresh.forecasts()));
    }
  }

  @Test
  void refusesDurationsOutOfTheirRange() {
    refused(Duration.ZERO, null, "gap: expected a duration of 1 ms or more, got PT0S");
    refused(null, Duration.ofMillis(-1), "ttl: expected a duration of 1 ms or more");
    refused(null, Duration.ofSeconds(Long.MAX_VALUE), "ttl: expected at most");
    refused(GAP, GAP, "ttl: expected a duration above the gap of PT5M, got PT5M");
  }

  private static void refused(Duration gap, Duration ttl, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StreamPolicy(gap, ModelCard.GapPolicy.KEEP, ttl))
        .withMessageContaining(message);
  }

  private static Prediction predict(Forecaster forecaster, StreamState state, long eventTime) {
    return (Prediction) forecaster.advance(Observation.of("k", eventTime, 2), state);
  }
}
