package io.flinklstm.stream;

import static org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness.repackageState;
import static org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness.repartitionOperatorState;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.stream.Ledger.Entry;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final int MAX_PARALLELISM = 16;

  @Test
  void writesTheBalanceOfASubtask() throws Exception {
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.open();
      subtask.ledger().add(Entry.OBSERVATIONS, 5);
      subtask.ledger().add(Entry.PREDICTIONS, 4);
      subtask.ledger().add(Entry.REJECTED, 1);
      assertThat(subtask.ledger().balance(Ledger.OUTCOMES))
          .isEqualTo(
              "observations 5 = predictions 4 + late 0 + duplicates 0 + rejected 1 + buffered 0");
    }
  }

  @Test
  void writesTheBalanceOfAJobFromItsAccumulators() {
    assertThat(
            Ledger.balance(
                Map.of(
                    "lstm.read", 14L,
                    "lstm.skipped", 1L,
                    "lstm.unusable", 1L,
                    "lstm.usable", 12L,
                    "lstm.observations", 12L,
                    "lstm.predictions", 7L,
                    "lstm.duplicates", 2L,
                    "lstm.rejected", 1L,
                    "lstm.buffered", 2L,
                    "somebody.elses", 99)))
        .isEqualTo(
            "read 14 = skipped 1 + unusable 1 + usable 12; observations 12 = predictions 7 + late 0"
                + " + duplicates 2 + rejected 1 + buffered 2");
  }

  @Test
  void countsOnAfterARestartInTheAccumulatorsToo() throws Exception {
    OperatorSubtaskState snapshot;
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.open();
      subtask.ledger().add(Entry.OBSERVATIONS, 5);
      snapshot = subtask.snapshot(1, 1);
      subtask.ledger().add(Entry.OBSERVATIONS, 100);
    }
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.restore(snapshot);
      subtask.ledger().add(Entry.OBSERVATIONS, 2);
      assertThat(subtask.ledger().get(Entry.OBSERVATIONS)).isEqualTo(7);
      assertThat(subtask.accumulated(Entry.OBSERVATIONS)).isEqualTo(7);
    }
  }

  @Test
  void keepsTheSumFromOneSubtaskToTwoAndBackToOne() throws Exception {
    OperatorSubtaskState one;
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.open();
      subtask.ledger().add(Entry.OBSERVATIONS, 5);
      one = subtask.snapshot(1, 1);
    }
    OperatorSubtaskState[] two = new OperatorSubtaskState[2];
    for (int k = 0; k < 2; k++) {
      try (Subtask subtask = new Subtask(2, k)) {
        subtask.restore(repartitionOperatorState(one, MAX_PARALLELISM, 1, 2, k));
        assertThat(subtask.accumulated(Entry.OBSERVATIONS)).isEqualTo(k == 0 ? 5 : 0);
        subtask.ledger().add(Entry.OBSERVATIONS, 10 + k);
        two[k] = subtask.snapshot(2, 2);
      }
    }
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.restore(repartitionOperatorState(repackageState(two), MAX_PARALLELISM, 2, 1, 0));
      assertThat(subtask.ledger().get(Entry.OBSERVATIONS)).isEqualTo(5 + 10 + 11);
      assertThat(subtask.accumulated(Entry.OBSERVATIONS)).isEqualTo(5 + 10 + 11);
    }
  }

  @Test
  void knowsOnEverySubtaskWhatAllRestoredTogether() throws Exception {
    OperatorSubtaskState one;
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.open();
      subtask.ledger().add(Entry.BUFFERED, 3);
      one = subtask.snapshot(1, 1);
    }
    for (int k = 0; k < 2; k++) {
      try (Subtask subtask = new Subtask(2, k)) {
        subtask.restore(repartitionOperatorState(one, MAX_PARALLELISM, 1, 2, k));
        assertThat(subtask.ledger().restored(Entry.BUFFERED)).isEqualTo(3);
        assertThat(subtask.ledger().restored(Entry.READ)).isZero();
      }
    }
  }

  @Test
  void readsCountsOfAReleaseThatCountedLess() throws Exception {
    OperatorSubtaskState older;
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.writesOnly = new long[] {3, 2};
      subtask.open();
      older = subtask.snapshot(1, 1);
    }
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.restore(older);
      assertThat(subtask.ledger().get(Entry.READ)).isEqualTo(3);
      assertThat(subtask.ledger().get(Entry.OBSERVATIONS)).isEqualTo(2);
      assertThat(subtask.ledger().get(Entry.ACTIVE_KEYS)).isZero();
      assertThat(subtask.ledger().restored(Entry.ACTIVE_KEYS)).isZero();
    }
  }

  @Test
  void isStoredFromACompleteSnapshotUntilTheNextCount() throws Exception {
    try (Subtask subtask = new Subtask(1, 0)) {
      subtask.open();
      assertThat(subtask.ledger().isStored()).as("no snapshot yet").isFalse();
      subtask.ledger().add(Entry.READ, 1);
      subtask.snapshot(1, 1);
      assertThat(subtask.ledger().isStored()).as("the snapshot may yet fail").isFalse();
      subtask.ledger().snapshotCompleted();
      assertThat(subtask.ledger().isStored()).isTrue();
      subtask.ledger().add(Entry.READ, 1);
      assertThat(subtask.ledger().isStored()).isFalse();
      subtask.snapshot(2, 2);
      assertThat(subtask.ledger().isStored()).as("the new snapshot may yet fail").isFalse();
    }
  }

  /** A subtask that has nothing but a ledger. */
  private static final class Subtask extends OneInputStreamOperatorTestHarness<String, String> {

    private final Counting counting;
    private long[] writesOnly; // what an older release would write, or null

    Subtask(int parallelism, int index) throws Exception {
      this(new Counting(), parallelism, index);
    }

    private Subtask(Counting counting, int parallelism, int index) throws Exception {
      super(new ProcessOperator<>(counting), MAX_PARALLELISM, parallelism, index);
      this.counting = counting;
    }

    Ledger ledger() {
      return counting.ledger;
    }

    long accumulated(Entry entry) {
      return counting
          .getRuntimeContext()
          .getLongCounter(entry.accumulator())
          .getLocalValuePrimitive();
    }

    void restore(OperatorSubtaskState snapshot) throws Exception {
      initializeState(snapshot);
      open();
    }

    @Override
    public void open() throws Exception {
      counting.writesOnly = writesOnly;
      super.open();
    }
  }

  private static final class Counting extends ProcessFunction<String, String>
      implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private transient Ledger ledger;
    private transient FunctionInitializationContext initialization;
    private long[] writesOnly;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
      initialization = context;
      ledger = new Ledger(context, getRuntimeContext(), List.of(Entry.values()));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
      ledger.snapshot();
      if (writesOnly != null) {
        initialization
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>("ledger", LongPrimitiveArraySerializer.INSTANCE))
            .update(List.of(writesOnly));
      }
    }

    @Override
    public void processElement(String value, Context context, Collector<String> out) {}
  }
}
