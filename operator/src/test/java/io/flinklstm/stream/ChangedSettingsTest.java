package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger.Entry;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that resume from a snapshot with settings other than those it was taken with. */
class ChangedSettingsTest {

  private static final Duration TTL = Duration.ofMillis(1000);
  private static final long AFTER_TTL = 10_000;

  static List<StateBackend> backends() {
    return ForecastHarness.backends();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void appliesWhatWaitedBeforeWhatComesWhenOrderIsNoLongerAskedFor(StateBackend backend)
      throws Exception {
    try (ForecastHarness harness =
        restored(backend, ordered(), null, inOrderOfArrival(null), tick(30), tick(10), tick(20))) {
      assertThat(harness.count(Entry.BUFFERED)).isEqualTo(3);
      harness.observe(tick(40));
      harness.observe(tick(50));
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::eventTime)
          .containsExactly(10L, 20L, 30L, 40L, 50L);
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::step)
          .containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(harness.count(Entry.BUFFERED)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void appliesWhatWaitedForAKeyThatIsSilentWithTheWatermark(StateBackend backend) throws Exception {
    try (ForecastHarness harness =
        restored(backend, ordered(), null, inOrderOfArrival(null), tick(30), tick(10), tick(20))) {
      harness.processWatermark(20);
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::eventTime)
          .containsExactly(10L, 20L);
      harness.observe(new Observation("key", 25, new double[] {Double.NaN, 2}, 25, null));
      assertThat(harness.extractOutputValues()).as("a refused one releases none").hasSize(2);
      harness.processWatermark(30);
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::eventTime)
          .containsExactly(10L, 20L, 30L);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void expiresAndForgetsStatesThatAreOlderThanTheTtl(StateBackend backend) throws Exception {
    try (ForecastHarness harness =
        restored(backend, inOrderOfArrival(null), 10L, inOrderOfArrival(TTL), tick(10), tick(20))) {
      harness.observe(tick(AFTER_TTL));
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::reset)
          .containsExactly(Prediction.Reset.EXPIRED);
      harness.processWatermark(AFTER_TTL);
      harness.processWatermark(AFTER_TTL + TTL.toMillis() - 1);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isEqualTo(1);
      harness.processWatermark(AFTER_TTL + TTL.toMillis());
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isZero();
      harness.observe(tick(2 * AFTER_TTL));
      assertThat(harness.extractOutputValues().get(1).reset()).isEqualTo(Prediction.Reset.NEW);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void keepsStatesWhenTheTtlIsRemoved(StateBackend backend) throws Exception {
    try (ForecastHarness harness =
        restored(backend, inOrderOfArrival(TTL), 10L, inOrderOfArrival(null), tick(10), tick(20))) {
      assertThat(harness.numEventTimeTimers()).isEqualTo(1);
      harness.processWatermark(AFTER_TTL);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isEqualTo(1);
      harness.observe(tick(AFTER_TTL + 1));
      assertThat(harness.extractOutputValues())
          .extracting(prediction -> prediction.reset() + " " + prediction.step())
          .containsExactly("null 3");
      assertThat(harness.numEventTimeTimers()).as("no longer needed").isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void keepsStatesForTheLongerTtl(StateBackend backend) throws Exception {
    try (ForecastHarness harness =
        restored(
            backend,
            inOrderOfArrival(TTL),
            10L,
            inOrderOfArrival(TTL.multipliedBy(3)),
            tick(10),
            tick(20))) {
      harness.processWatermark(20 + 3 * TTL.toMillis() - 1);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isEqualTo(1);
      harness.processWatermark(20 + 3 * TTL.toMillis());
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void forgetsAgainWhenTheTtlComesBack(StateBackend backend) throws Exception {
    OperatorSubtaskState without;
    try (ForecastHarness harness =
        restored(backend, inOrderOfArrival(TTL), 10L, inOrderOfArrival(null), tick(10))) {
      harness.observe(tick(20));
      without = harness.snapshot();
    }
    try (ForecastHarness harness = harness(backend, inOrderOfArrival(TTL))) {
      harness.restore(without);
      harness.processWatermark(10);
      harness.observe(tick(30));
      harness.processWatermark(30 + TTL.toMillis() - 1);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isEqualTo(1);
      harness.processWatermark(30 + TTL.toMillis());
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void putsAsideWhatWaitedUnderACardOfTheSameNumberOfOtherFields(StateBackend backend)
      throws Exception {
    ForecastSettings reset =
        new ForecastSettings(
            new StreamPolicy(null, ModelCard.GapPolicy.KEEP, null),
            Duration.ofMillis(100),
            1000,
            KernelType.PLAIN,
            OnModelChange.RESET);
    OperatorSubtaskState snapshot;
    try (ForecastHarness harness = harness(backend, reset)) {
      harness.open();
      harness.observe(tick(10));
      snapshot = harness.snapshot();
    }
    ModelCard card = StreamFixtures.MODEL.card();
    Feature swapped =
        new Feature("return", Formula.parse("mean(ask, bid)"), Transform.LOG_RETURN, 0, 1e-3, 20);
    ForecastModel model =
        new ForecastModel(
            StreamFixtures.MODEL.weights(),
            new ModelCard(
                card.name(),
                card.version(),
                card.lookback(),
                card.horizon(),
                card.context(),
                card.gap(),
                card.gapPolicy(),
                List.of(swapped, card.features().get(1)),
                card.target(),
                card.provenance()));
    assertThat(model.card().fields()).hasSameSizeAs(card.fields()).isNotEqualTo(card.fields());
    try (ForecastHarness harness = ForecastHarness.of(model, reset, backend, 1, 0)) {
      harness.restore(snapshot);
      Observation next = tick(20);
      harness.observe(next);
      harness.processWatermark(Long.MAX_VALUE);
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::eventTime, Prediction::step)
          .containsExactly(tuple(20L, 1L));
      assertThat(harness.getSideOutput(LstmForecastFunction.DEAD_LETTERS))
          .extracting(StreamRecord::getValue)
          .singleElement()
          .usingRecursiveComparison()
          .isEqualTo(
              new DeadLetter(
                  DeadLetter.FORECAST,
                  new Rejection(
                      RejectionCode.MISSING_FIELD,
                      "values of a buffered observation in restored state: expected the fields"
                          + " [ask, bid], got those of another model card"),
                  "key",
                  tick(10).source()));
      assertThat(harness.count(Entry.BUFFERED)).isZero();
    }
  }

  /** A run with some settings that resumes where a run with others stopped. */
  private static ForecastHarness restored(
      StateBackend backend,
      ForecastSettings before,
      Long watermark,
      ForecastSettings settings,
      Observation... observations)
      throws Exception {
    OperatorSubtaskState snapshot;
    try (ForecastHarness harness = harness(backend, before)) {
      harness.open();
      if (watermark != null) {
        harness.processWatermark(watermark);
      }
      for (Observation observation : observations) {
        harness.observe(observation);
      }
      snapshot = harness.snapshot();
    }
    ForecastHarness harness = harness(backend, settings);
    harness.restore(snapshot);
    return harness;
  }

  private static ForecastHarness harness(StateBackend backend, ForecastSettings settings)
      throws Exception {
    return ForecastHarness.of(StreamFixtures.MODEL, settings, backend, 1, 0);
  }

  private static Observation tick(long eventTime) {
    return StreamFixtures.tick("key", eventTime, eventTime, 1.0, 2.0);
  }

  private static ForecastSettings ordered() {
    return settings(Duration.ofMillis(100), null);
  }

  private static ForecastSettings inOrderOfArrival(Duration ttl) {
    return settings(Duration.ZERO, ttl);
  }

  private static ForecastSettings settings(Duration maxOutOfOrderness, Duration ttl) {
    return new ForecastSettings(
        new StreamPolicy(null, ModelCard.GapPolicy.KEEP, ttl),
        maxOutOfOrderness,
        1000,
        KernelType.PLAIN,
        OnModelChange.FAIL);
  }
}
