package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LstmForecastFunctionTest {

  static List<StateBackend> backends() {
    return ForecastHarness.backends();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void predictsWhatAPlainLoopPredicts(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(3, 200);
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, backend)) {
      harness.open();
      List<String> expected = StreamFixtures.expected(StreamFixtures.MODEL, ticks);
      assertThat(harness.predict(ticks)).isEqualTo(expected);
      assertThat(expected).as("repeated ticks are duplicates").hasSize(ticks.size() - 22);
      assertThat(expected).as("gaps reset").anyMatch(bits -> bits.contains(" GAP "));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void resumesBetweenAnyTwoEvents(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(2, 24);
    List<String> expected = StreamFixtures.expected(StreamFixtures.MODEL, ticks);
    for (int cut = 0; cut <= ticks.size(); cut++) {
      List<String> predictions = new ArrayList<>();
      OperatorSubtaskState snapshot;
      try (ForecastHarness before = harness(StreamFixtures.MODEL, backend)) {
        before.open();
        predictions.addAll(before.predict(ticks.subList(0, cut)));
        snapshot = before.snapshot();
        // What happens to the live states after the snapshot must not show in it.
        before.predict(ticks.subList(cut, ticks.size()));
      }
      try (ForecastHarness after = harness(StreamFixtures.MODEL, backend)) {
        after.restore(snapshot);
        predictions.addAll(after.predict(ticks.subList(cut, ticks.size())));
      }
      assertThat(predictions).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void resumesAfterRescalingToTwoAndBackToOne(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(12, 300);
    List<String> predictions = new ArrayList<>();
    OperatorSubtaskState one;
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, backend)) {
      harness.open();
      predictions.addAll(harness.predict(ticks.subList(0, 100)));
      one = harness.snapshot();
    }
    List<OperatorSubtaskState> two = new ArrayList<>();
    for (int subtask = 0; subtask < 2; subtask++) {
      try (ForecastHarness harness =
          harness(StreamFixtures.MODEL, OnModelChange.FAIL, backend, 2, subtask)) {
        harness.restore(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                one, ForecastHarness.MAX_PARALLELISM, 1, 2, subtask));
        List<Observation> own = ownedBy(ticks.subList(100, 200), subtask);
        assertThat(own).isNotEmpty();
        predictions.addAll(harness.predict(own));
        two.add(harness.snapshot());
      }
    }
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, backend)) {
      harness.restore(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              AbstractStreamOperatorTestHarness.repackageState(
                  two.toArray(OperatorSubtaskState[]::new)),
              ForecastHarness.MAX_PARALLELISM,
              2,
              1,
              0));
      predictions.addAll(harness.predict(ticks.subList(200, 300)));
    }
    assertThat(predictions)
        .containsExactlyInAnyOrderElementsOf(StreamFixtures.expected(StreamFixtures.MODEL, ticks));
  }

  private static List<Observation> ownedBy(List<Observation> ticks, int subtask) {
    return ticks.stream()
        .filter(tick -> ForecastHarness.subtaskOf(tick.key(), 2) == subtask)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sendsLateOnesAsideAndLeavesTheirStateAlone(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(1, 10);
    Observation late = StreamFixtures.tick("key0", ticks.get(4).eventTime() - 1, 99, 1.0, 2.0);
    List<Observation> withLate = new ArrayList<>(ticks);
    withLate.add(5, late);
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, backend)) {
      harness.open();
      assertThat(harness.predict(withLate))
          .isEqualTo(StreamFixtures.expected(StreamFixtures.MODEL, ticks));
      assertThat(harness.getSideOutput(LstmForecastFunction.LATE))
          .extracting(StreamRecord::getValue)
          .containsExactly(late);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sendsBadOnesAsideAndLeavesTheirStateAlone(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(1, 10);
    Observation bad = StreamFixtures.tick("key0", ticks.get(4).eventTime(), 99, Double.NaN, 2.0);
    Observation first = StreamFixtures.tick("key9", 5, 100, 0.0, 0.0);
    List<Observation> withBad = new ArrayList<>(ticks);
    withBad.add(5, bad);
    withBad.add(6, first);
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, backend)) {
      harness.open();
      assertThat(harness.predict(withBad))
          .isEqualTo(StreamFixtures.expected(StreamFixtures.MODEL, ticks));
      assertThat(harness.getSideOutput(LstmForecastFunction.DEAD_LETTERS))
          .extracting(StreamRecord::getValue)
          .extracting(letter -> letter.source() + " " + letter.rejection().code())
          .containsExactly(
              bad.source() + " " + RejectionCode.NON_FINITE_FIELD,
              first.source() + " " + RejectionCode.NON_FINITE_FEATURE);
      Observation good = StreamFixtures.tick("key9", 4, 101, 1.0, 2.0);
      assertThat(harness.predict(List.of(good)))
          .as("key9 has no state yet, so an earlier time is not late")
          .isEqualTo(StreamFixtures.expected(StreamFixtures.MODEL, List.of(good)));
    }
  }

  @Test
  void refusesStateOfAnotherModelBeforeTheFirstEvent() throws Exception {
    OperatorSubtaskState snapshot = snapshotAfter(StreamFixtures.ticks(1, 5));
    try (ForecastHarness harness = harness(StreamFixtures.OTHER_MODEL, new HashMapStateBackend())) {
      assertThatThrownBy(() -> harness.restore(snapshot))
          .as("a restart would not help")
          .hasStackTraceContaining(SuppressRestartsException.class.getName())
          .hasStackTraceContaining("expected fixture version 2")
          .hasStackTraceContaining("got fixture version 1")
          .hasStackTraceContaining("or set onModelChange: reset");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void beginsAnewWithAnotherModelWhenToldTo(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(2, 40);
    OperatorSubtaskState snapshot;
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, backend)) {
      harness.open();
      harness.predict(ticks.subList(0, 20));
      snapshot = harness.snapshot();
    }
    try (ForecastHarness harness =
        harness(StreamFixtures.OTHER_MODEL, OnModelChange.RESET, backend, 1, 0)) {
      harness.restore(snapshot);
      List<Observation> rest = ticks.subList(20, 40);
      List<String> fresh =
          StreamFixtures.expected(StreamFixtures.OTHER_MODEL, rest).stream()
              .map(bits -> bits.replace(" NEW ", " MODEL "))
              .toList();
      List<String> reset = harness.predict(rest);
      assertThat(reset).as("the history goes on").doesNotContainAnyElementsOf(fresh);
      assertThat(withoutHistory(reset)).isEqualTo(withoutHistory(fresh));
    }
  }

  private static List<String> withoutHistory(List<String> bits) {
    return bits.stream().map(line -> line.replaceAll("-[0-9a-f]{16} ", " ")).toList();
  }

  @Test
  void refusesToBeginFromZeroWhenTheRestOfTheJobIsRestored() throws Exception {
    OperatorSubtaskState nothing = OperatorSubtaskState.builder().build();
    ForecastHarness refusing = harness(StreamFixtures.MODEL, new HashMapStateBackend());
    assertThatThrownBy(() -> refusing.restore(nothing))
        .hasStackTraceContaining("expected the states of the streams, got none");
    refusing.close();
    try (ForecastHarness resetting =
        harness(StreamFixtures.MODEL, OnModelChange.RESET, new HashMapStateBackend(), 1, 0)) {
      resetting.restore(nothing);
      List<Observation> ticks = StreamFixtures.ticks(2, 20);
      assertThat(resetting.predict(ticks))
          .isEqualTo(StreamFixtures.expected(StreamFixtures.MODEL, ticks));
    }
  }

  private static OperatorSubtaskState snapshotAfter(List<Observation> ticks) throws Exception {
    try (ForecastHarness harness = harness(StreamFixtures.MODEL, new HashMapStateBackend())) {
      harness.open();
      harness.predict(ticks);
      return harness.snapshot();
    }
  }

  private static ForecastHarness harness(ForecastModel model, StateBackend backend)
      throws Exception {
    return harness(model, OnModelChange.FAIL, backend, 1, 0);
  }

  private static ForecastHarness harness(
      ForecastModel model,
      OnModelChange onModelChange,
      StateBackend backend,
      int parallelism,
      int subtask)
      throws Exception {
    return ForecastHarness.of(
        model,
        new ForecastSettings(
            StreamPolicy.of(model.card()), Duration.ZERO, 1, KernelType.PLAIN, onModelChange),
        backend,
        parallelism,
        subtask);
  }
}
