package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LstmForecastFunctionTest {

  private static final int MAX_PARALLELISM = 16;

  static List<StateBackend> backends() {
    return List.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void predictsWhatAPlainLoopPredicts(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(3, 200);
    try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
      harness.open();
      List<String> expected = StreamFixtures.expected(StreamFixtures.MODEL, ticks);
      assertThat(harness.predict(ticks)).isEqualTo(expected);
      assertThat(expected).as("repetitions are duplicates").hasSize(ticks.size() - 22);
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
      try (Harness before = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
        before.open();
        predictions.addAll(before.predict(ticks.subList(0, cut)));
        snapshot = before.snapshot();
        // What the live states become after the snapshot must not show in it.
        before.predict(ticks.subList(cut, ticks.size()));
      }
      try (Harness after = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
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
    try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
      harness.open();
      predictions.addAll(harness.predict(ticks.subList(0, 100)));
      one = harness.snapshot();
    }
    List<OperatorSubtaskState> two = new ArrayList<>();
    for (int subtask = 0; subtask < 2; subtask++) {
      try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 2, subtask)) {
        harness.restore(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                one, MAX_PARALLELISM, 1, 2, subtask));
        List<Observation> own = ownedBy(ticks.subList(100, 200), subtask);
        assertThat(own).isNotEmpty();
        predictions.addAll(harness.predict(own));
        two.add(harness.snapshot());
      }
    }
    try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
      harness.restore(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              AbstractStreamOperatorTestHarness.repackageState(
                  two.toArray(OperatorSubtaskState[]::new)),
              MAX_PARALLELISM,
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
        .filter(
            tick ->
                KeyGroupRangeAssignment.assignKeyToParallelOperator(tick.key(), MAX_PARALLELISM, 2)
                    == subtask)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sendsLateOnesAsideAndLeavesTheirStateAlone(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(1, 10);
    Observation late = StreamFixtures.tick("key0", ticks.get(4).eventTime() - 1, 99, 1.0, 2.0);
    List<Observation> withLate = new ArrayList<>(ticks);
    withLate.add(5, late);
    try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
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
    try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
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
    try (Harness harness =
        new Harness(StreamFixtures.OTHER_MODEL, new HashMapStateBackend(), 1, 0)) {
      assertThatThrownBy(() -> harness.restore(snapshot))
          .as("a restart would not help")
          .hasStackTraceContaining(SuppressRestartsException.class.getName())
          .hasStackTraceContaining("expected fixture version 2")
          .hasStackTraceContaining("got fixture version 1")
          .hasStackTraceContaining("lstm.model.on-change: reset");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void beginsAnewWithAnotherModelWhenToldTo(StateBackend backend) throws Exception {
    List<Observation> ticks = StreamFixtures.ticks(2, 40);
    OperatorSubtaskState snapshot;
    try (Harness harness = new Harness(StreamFixtures.MODEL, backend, 1, 0)) {
      harness.open();
      harness.predict(ticks.subList(0, 20));
      snapshot = harness.snapshot();
    }
    try (Harness harness =
        new Harness(StreamFixtures.OTHER_MODEL, OnModelChange.RESET, backend, 1, 0)) {
      harness.restore(snapshot);
      List<Observation> rest = ticks.subList(20, 40);
      assertThat(harness.predict(rest))
          .isEqualTo(
              StreamFixtures.expected(StreamFixtures.OTHER_MODEL, rest).stream()
                  .map(bits -> bits.replace(" NEW ", " MODEL "))
                  .toList());
    }
  }

  private static OperatorSubtaskState snapshotAfter(List<Observation> ticks) throws Exception {
    try (Harness harness = new Harness(StreamFixtures.MODEL, new HashMapStateBackend(), 1, 0)) {
      harness.open();
      harness.predict(ticks);
      return harness.snapshot();
    }
  }

  /** The function in Flink's operator harness. */
  private static final class Harness
      extends KeyedOneInputStreamOperatorTestHarness<String, Observation, Prediction> {

    private int taken;

    Harness(ForecastModel model, StateBackend backend, int parallelism, int subtask)
        throws Exception {
      this(model, OnModelChange.FAIL, backend, parallelism, subtask);
    }

    Harness(
        ForecastModel model,
        OnModelChange onModelChange,
        StateBackend backend,
        int parallelism,
        int subtask)
        throws Exception {
      super(
          new KeyedProcessOperator<>(
              new LstmForecastFunction(
                  model,
                  new ForecastSettings(
                      StreamPolicy.of(model.card()),
                      Duration.ZERO,
                      1,
                      KernelType.PLAIN,
                      onModelChange))),
          Observation::key,
          Types.STRING,
          MAX_PARALLELISM,
          parallelism,
          subtask);
      setStateBackend(backend);
    }

    @Override
    public void close() {
      try {
        super.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    void restore(OperatorSubtaskState snapshot) throws Exception {
      initializeState(snapshot);
      open();
    }

    OperatorSubtaskState snapshot() throws Exception {
      return snapshot(1L, 1L);
    }

    List<String> predict(Collection<Observation> ticks) throws Exception {
      for (Observation tick : ticks) {
        processElement(new StreamRecord<>(tick));
      }
      List<String> all = extractOutputValues().stream().map(StreamFixtures::bits).toList();
      List<String> news = all.subList(taken, all.size());
      taken = all.size();
      return news;
    }
  }
}
