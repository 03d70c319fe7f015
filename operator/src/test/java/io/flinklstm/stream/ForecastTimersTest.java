package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger.Entry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the function leaves in Flink's timers and state besides the stream states. */
class ForecastTimersTest {

  private static final long BOUND_MS = 1000;
  private static final long TTL_MS = 1_000_000;

  @Test
  void hasOneTimerForAStateHoweverOftenTheWatermarkMoves() throws Exception {
    try (ForecastHarness harness = harness(1000)) {
      for (int k = 1; k <= 200; k++) {
        observe(harness, 10L * k);
        harness.processWatermark(10L * k);
      }
      assertThat(harness.count(Entry.PREDICTIONS)).isEqualTo(200);
      assertThat(harness.numEventTimeTimers()).isEqualTo(1);
    }
  }

  @Test
  void gathersNoTimersWhileTheWatermarkStandsStill() throws Exception {
    try (ForecastHarness harness = harness(3)) {
      for (int k = 1; k <= 200; k++) {
        observe(harness, 10L * k);
      }
      assertThat(harness.count(Entry.PREDICTIONS)).as("applied early").isEqualTo(197);
      assertThat(harness.numEventTimeTimers())
          .as("of the buffer, and for the first watermark")
          .isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -TTL_MS, -3 * TTL_MS})
  void keepsNothingOfAForgottenKey(long beginning) throws Exception {
    try (ForecastHarness harness = harness(3)) {
      for (int k = 1; k <= 20; k++) {
        observe(harness, beginning + 10L * k);
        harness.processWatermark(beginning + 10L * k - 50);
      }
      long reclaimTime = beginning + 200 + TTL_MS + BOUND_MS;
      harness.processWatermark(beginning + 200);
      harness.processWatermark(reclaimTime - 1);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isEqualTo(1);
      harness.processWatermark(reclaimTime);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isZero();
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void keepsTheStatesAtTheEndOfTheStream() throws Exception {
    try (ForecastHarness harness = harness(1000)) {
      observe(harness, 10);
      observe(harness, 20);
      harness.processWatermark(Long.MAX_VALUE);
      assertThat(harness.count(Entry.PREDICTIONS)).isEqualTo(2);
      assertThat(harness.count(Entry.ACTIVE_KEYS)).isEqualTo(1);
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  private static void observe(ForecastHarness harness, long eventTime) throws Exception {
    harness.observe(StreamFixtures.tick("key", eventTime, eventTime, 1.0, 2.0));
  }

  private static ForecastHarness harness(int maxBufferedEvents) throws Exception {
    ForecastHarness harness =
        ForecastHarness.of(
            StreamFixtures.MODEL,
            new ForecastSettings(
                new StreamPolicy(null, ModelCard.GapPolicy.KEEP, Duration.ofMillis(TTL_MS)),
                Duration.ofMillis(BOUND_MS),
                maxBufferedEvents,
                KernelType.PLAIN,
                OnModelChange.FAIL));
    harness.open();
    return harness;
  }
}
