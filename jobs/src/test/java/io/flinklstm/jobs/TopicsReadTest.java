package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.jobs.config.SourceTopics;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.stream.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicsReadTest {

  private static final SourceTopics A = topics("a");
  private static final SourceTopics B = topics("b");

  @Test
  void stopsWithoutARestartIfATopicOfTheStateIsMissing() throws Exception {
    OperatorSubtaskState state = run(1, "source", topics("a", "b"), null);
    assertThatThrownBy(() -> run(1, "source", topics("b", "c"), state))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessage(
            "topics in the restored state of source: expected only those of lstm.source.topic: b,"
                + " c, got a, b; the source would go on reading a. Give the topics of the state"
                + " (lstm.source.topic: a, b), or all (lstm.source.topic: a, b, c). To leave a for"
                + " good and keep the state of every stream, give lstm.source.uid another name and"
                + " restore with --allowNonRestoredState: the source then starts at"
                + " lstm.source.starting-offsets");
  }

  @Test
  void stopsIfAPatternDoesNotMatchATopicOfTheState() throws Exception {
    OperatorSubtaskState state = run(1, "source", pattern("[ab]"), null, "a", "b");
    assertThat(entries(run(1, "source", pattern("[a-c]"), state))).hasSize(2);
    assertThatThrownBy(() -> run(1, "source", pattern("a.*"), state))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContaining("of lstm.source.topic-pattern: a.*, got a, b; the source would")
        .hasMessageContaining(
            "(lstm.source.topic: a, b), or a pattern that matches these too. To leave b for good");
  }

  @Test
  void stopsAtARecordOfATopicThatWasNotInTheState() {
    assertThatThrownBy(() -> run(1, "source", A, null, "a", "b"))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContaining("the source would go on reading b");
  }

  @Test
  void anotherSourceHasItsOwnTopics() throws Exception {
    OperatorSubtaskState old = run(1, "source", A, null, "a");
    OperatorSubtaskState state = run(1, "other/source", B, old, "b");
    assertThat(entries(state)).containsExactly("other/source/b");
    assertThatThrownBy(() -> run(1, "other/source", A, state))
        .isInstanceOf(SuppressRestartsException.class);
  }

  @Test
  void topicsMayBeAdded() throws Exception {
    OperatorSubtaskState state = run(1, "source", A, null);
    assertThat(entries(run(1, "source", topics("a", "b"), state)))
        .containsExactly("source/a", "source/b");
  }

  @Test
  void entriesDoNotMultiplyWhenTheJobIsRescaled() throws Exception {
    SourceTopics topics = topics("a", "b");
    OperatorSubtaskState state = run(1, "source", topics, null, "a", "b");
    for (int parallelism : new int[] {3, 1, 4, 2, 4}) {
      state = run(parallelism, "source", topics, state, "a");
      assertThat(entries(state)).hasSize(parallelism + 1).contains("source/a", "source/b");
    }
    assertThat(entries(run(1, "source", topics, state))).containsExactly("source/a", "source/b");
  }

  @Test
  void savepointsWithoutTopicsAreRestored() throws Exception {
    OperatorSubtaskState state;
    try (var old = new OneInputStreamOperatorTestHarness<>(new OldOperator())) {
      old.open();
      state = old.snapshot(1, 1);
    }
    assertThat(entries(run(1, "source", B, state, "b"))).containsExactly("source/b");
  }

  /** The ledger alone, as before topics were stored. */
  private static final class OldOperator extends AbstractStreamOperator<Observation>
      implements OneInputStreamOperator<ParsedRecord, Observation> {

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
      context
          .getOperatorStateStore()
          .getUnionListState(
              new ListStateDescriptor<>(Ledger.STATE, LongPrimitiveArraySerializer.INSTANCE))
          .add(new long[] {5, 5});
    }

    @Override
    public void processElement(StreamRecord<ParsedRecord> element) {}
  }

  /** Runs all subtasks of the operator, the last of which reads records of topics. */
  private static OperatorSubtaskState run(
      int parallelism,
      String uid,
      SourceTopics topics,
      @Nullable OperatorSubtaskState restored,
      String... records)
      throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[parallelism];
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (var harness =
          new OneInputStreamOperatorTestHarness<>(
              new ObservationsOperator(null, uid, topics), parallelism, parallelism, subtask)) {
        if (restored != null) {
          harness.initializeState(restored);
        }
        harness.open();
        for (String topic : records) {
          harness.processElement(new ParsedRecord(null, null, new SourcePosition(topic, 0, 1)), 0);
        }
        states[subtask] = harness.snapshot(1, 1);
      }
    }
    return AbstractStreamOperatorTestHarness.repackageState(states);
  }

  private static List<String> entries(OperatorSubtaskState state) throws Exception {
    List<String> entries = new ArrayList<>();
    try (var harness = new OneInputStreamOperatorTestHarness<>(new OldOperator())) {
      harness.initializeState(state);
      harness.open();
      harness
          .getOperator()
          .getOperatorStateBackend()
          .getUnionListState(new ListStateDescriptor<>(TopicsRead.STATE, StringSerializer.INSTANCE))
          .get()
          .forEach(entries::add);
    }
    return entries;
  }

  private static SourceTopics topics(String... names) {
    return new SourceTopics(List.of(names), null);
  }

  private static SourceTopics pattern(String text) {
    return new SourceTopics(List.of(), Pattern.compile(text));
  }
}
