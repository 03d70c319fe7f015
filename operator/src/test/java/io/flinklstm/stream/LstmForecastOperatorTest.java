package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When observations wait for others, and that this shows nowhere else. */
class LstmForecastOperatorTest {

  private static final ForecastModel MODEL = StreamFixtures.MODEL;
  private static final long NOON = 1_546_300_800_000L;

  static List<StateBackend> backends() {
    return ForecastHarness.backends();
  }

  private static ForecastHarness harness(StateBackend backend, int bundleSize) throws Exception {
    return ForecastHarness.of(MODEL, ForecastSettings.of(MODEL.card()), backend, bundleSize, 1, 0);
  }

  private static ForecastHarness opened(int bundleSize) throws Exception {
    ForecastHarness harness = harness(new HashMapStateBackend(), bundleSize);
    harness.open();
    return harness;
  }

  private static Observation tick(String key, long offset) {
    return StreamFixtures.tick(key, NOON + offset, offset, 100, 100.5);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void predictsWhatAPlainLoopPredicts(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(12, 400);
    List<String> expected = StreamFixtures.expected(MODEL, ticks);
    for (int bundleSize = 1; bundleSize <= 8; bundleSize++) {
      try (ForecastHarness harness = harness(backend, bundleSize)) {
        harness.open();
        List<String> predictions = new ArrayList<>(harness.predict(ticks));
        harness.processWatermark(Long.MAX_VALUE);
        predictions.addAll(harness.predict(List.of()));
        assertThat(predictions).isEqualTo(expected);
      }
    }
  }

  @Test
  void anObservationWaitsForOthersOnlyWhileTheyCome() throws Exception {
    try (ForecastHarness harness = opened(8)) {
      harness.observe(tick("a", 1));
      harness.readMail();
      assertThat(harness.extractOutputValues()).as("there may be more").isEmpty();
      harness.observe(tick("b", 2));
      harness.readMail();
      assertThat(harness.extractOutputValues()).as("there was more").isEmpty();
      harness.readMail();
      assertThat(harness.extractOutputValues()).as("there was no more").hasSize(2);
      assertThat(harness.getTaskMailbox().hasMail()).isFalse();
    }
  }

  @Test
  void aFullBundleWaitsNoLonger() throws Exception {
    try (ForecastHarness harness = opened(3)) {
      harness.observe(tick("a", 1));
      harness.observe(tick("b", 2));
      assertThat(harness.extractOutputValues()).isEmpty();
      harness.observe(tick("c", 3));
      assertThat(harness.extractOutputValues()).hasSize(3);
      harness.readMail();
      harness.readMail();
      assertThat(harness.getTaskMailbox().hasMail()).as("nothing is left waiting").isFalse();
    }
  }

  @Test
  void anObservationDoesNotWaitForTheNextOfItsKey() throws Exception {
    try (ForecastHarness harness = opened(8)) {
      harness.observe(tick("a", 1));
      harness.observe(tick("b", 2));
      harness.observe(tick("a", 3));
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::key)
          .containsExactly("a", "b");
      harness.observe(tick("a", 3));
      assertThat(harness.extractOutputValues())
          .extracting(Prediction::key)
          .containsExactly("a", "b", "a");
      harness.processWatermark(NOON);
      assertThat(harness.getSideOutput(LstmForecastFunction.DUPLICATES)).hasSize(1);
    }
  }

  @Test
  void nothingWaitsAcrossAWatermarkOrACheckpointOrTheEnd() throws Exception {
    try (ForecastHarness harness = opened(8)) {
      harness.observe(tick("a", 1));
      harness.processWatermark(NOON);
      assertThat(harness.getOutput().toArray())
          .extracting(Object::getClass)
          .as("the prediction, and then the watermark")
          .first()
          .isEqualTo(StreamRecord.class);
      harness.observe(tick("a", 2));
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.extractOutputValues()).hasSize(2);
      harness.observe(tick("a", 3));
      harness.getOneInputOperator().finish();
      assertThat(harness.extractOutputValues()).hasSize(3);
    }
  }

  @Test
  void predictionsHaveTheTimeOfTheirObservation() throws Exception {
    try (ForecastHarness harness = opened(2)) {
      harness.observe(tick("a", 1));
      harness.observe(tick("b", 2));
      assertThat(harness.extractOutputStreamRecords())
          .extracting(StreamRecord::getTimestamp)
          .containsExactly(NOON + 1, NOON + 2);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusalsInABundleHaveTheTimeOfTheirObservationAndChangeNoState(StateBackend backend)
      throws Exception {
    List<Observation> before = List.of(tick("a", 10), tick("b", 11), tick("c", 12), tick("d", 13));
    List<Observation> after = List.of(tick("a", 30), tick("b", 31), tick("c", 32), tick("d", 33));
    try (ForecastHarness harness = harness(backend, 4)) {
      harness.open();
      List<String> predictions = new ArrayList<>(harness.predict(before));
      harness.observe(StreamFixtures.tick("a", NOON + 9, 20, 100, 100.5));
      harness.observe(StreamFixtures.tick("b", NOON + 21, 1, 100, 100.5));
      harness.observe(StreamFixtures.tick("c", NOON + 22, 22, Double.NaN, 100.5));
      assertThat(harness.getSideOutput(LstmForecastFunction.LATE)).isNull();
      harness.observe(tick("d", 13));
      assertThat(harness.getSideOutput(LstmForecastFunction.LATE))
          .extracting(StreamRecord::getTimestamp)
          .containsExactly(NOON + 9);
      assertThat(harness.getSideOutput(LstmForecastFunction.DUPLICATES))
          .extracting(StreamRecord::getTimestamp)
          .containsExactly(NOON + 21, NOON + 13);
      assertThat(harness.getSideOutput(LstmForecastFunction.DEAD_LETTERS))
          .extracting(StreamRecord::getTimestamp)
          .containsExactly(NOON + 22);
      predictions.addAll(harness.predict(after));
      List<Observation> applied = new ArrayList<>(before);
      applied.addAll(after);
      assertThat(predictions).isEqualTo(StreamFixtures.expected(MODEL, applied));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theFunctionAloneGoesOnWithTheOperatorsSnapshotAndBack(StateBackend backend)
      throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(5, 90);
    List<String> predictions = new ArrayList<>();
    OperatorSubtaskState snapshot = null;
    int[] bundleSizes = {8, ForecastHarness.FUNCTION_ALONE, 4};
    for (int k = 0; k < bundleSizes.length; k++) {
      try (ForecastHarness harness = harness(backend, bundleSizes[k])) {
        if (snapshot == null) {
          harness.open();
        } else {
          harness.restore(snapshot);
        }
        predictions.addAll(harness.predict(ticks.subList(30 * k, 30 * (k + 1))));
        snapshot = harness.snapshot();
        predictions.addAll(harness.predict(List.of()));
      }
    }
    assertThat(predictions).isEqualTo(StreamFixtures.expected(MODEL, ticks));
  }
}
