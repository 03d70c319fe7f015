package io.flinklstm.stream;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.stream.Ledger.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.TaskStateSnapshot;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.TestTaskStateManager;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** One subtask of the forecast function or operator in Flink's operator harness. */
final class ForecastHarness
    extends KeyedOneInputStreamOperatorTestHarness<String, Observation, Prediction> {

  static final int MAX_PARALLELISM = 16;
  static final int FUNCTION_ALONE = 0;

  private final LstmForecastFunction function;
  private int taken; // predictions returned so far

  private ForecastHarness(
      LstmForecastFunction function,
      OneInputStreamOperator<Observation, Prediction> operator,
      MockEnvironment environment)
      throws Exception {
    super(operator, Observation::key, Types.STRING, environment);
    this.function = function;
  }

  /** The only subtask, on the heap. */
  static ForecastHarness of(ForecastModel model, ForecastSettings settings) throws Exception {
    return of(model, settings, new HashMapStateBackend(), 1, 0);
  }

  static ForecastHarness of(
      ForecastModel model,
      ForecastSettings settings,
      StateBackend backend,
      int parallelism,
      int subtask)
      throws Exception {
    return of(model, settings, backend, FUNCTION_ALONE, parallelism, subtask);
  }

  /**
   * @param bundleSize of the forecast operator, or {@link #FUNCTION_ALONE} to run the function in
   *     Flink's own operator
   */
  static ForecastHarness of(
      ForecastModel model,
      ForecastSettings settings,
      StateBackend backend,
      int bundleSize,
      int parallelism,
      int subtask)
      throws Exception {
    return of(model, settings, backend, bundleSize, environment(parallelism, subtask));
  }

  static ForecastHarness of(ForecastModel model, ForecastSettings settings, TaskMetricGroup metrics)
      throws Exception {
    return of(
        model,
        settings,
        new HashMapStateBackend(),
        FUNCTION_ALONE,
        environment(1, 0).setMetricGroup(metrics));
  }

  private static ForecastHarness of(
      ForecastModel model,
      ForecastSettings settings,
      StateBackend backend,
      int bundleSize,
      MockEnvironmentBuilder environment)
      throws Exception {
    LstmForecastFunction function = new LstmForecastFunction(model, settings);
    ForecastHarness harness =
        new ForecastHarness(
            function,
            bundleSize == FUNCTION_ALONE
                ? new KeyedProcessOperator<>(function)
                : new LstmForecastOperator(function, bundleSize),
            environment.build());
    harness.setStateBackend(backend);
    return harness;
  }

  private static MockEnvironmentBuilder environment(int parallelism, int subtask) {
    return new MockEnvironmentBuilder()
        .setTaskName("forecast")
        .setManagedMemorySize(3 << 20)
        .setBufferSize(1024)
        .setMaxParallelism(MAX_PARALLELISM)
        .setParallelism(parallelism)
        .setSubtaskIndex(subtask);
  }

  static List<StateBackend> backends() {
    return List.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  static int subtaskOf(String key, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism);
  }

  void restore(OperatorSubtaskState snapshot) throws Exception {
    // A task knows its snapshot before its operators are set up; the harness only afterwards.
    TaskStateSnapshot task = new TaskStateSnapshot();
    task.putSubtaskStateByOperatorID(config.getOperatorID(), snapshot);
    TestTaskStateManager manager = (TestTaskStateManager) getEnvironment().getTaskStateManager();
    manager.setReportedCheckpointId(0);
    manager.setJobManagerTaskStateSnapshotsByCheckpointId(Map.of(0L, task));
    initializeState(snapshot);
    open();
  }

  /** Reads as a task does between two records: the letters present, not those they post. */
  void readMail() throws Exception {
    for (int letters = getTaskMailbox().size(); letters > 0; letters--) {
      getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }
  }

  OperatorSubtaskState snapshot() throws Exception {
    prepareSnapshotPreBarrier(1L);
    return snapshot(1L, 1L);
  }

  void observe(Observation observation) throws Exception {
    processElement(new StreamRecord<>(observation));
  }

  /** The function's predictions for ticks, as {@link StreamFixtures#bits}. */
  List<String> predict(Collection<Observation> ticks) throws Exception {
    for (Observation tick : ticks) {
      observe(tick);
    }
    List<String> all = extractOutputValues().stream().map(StreamFixtures::bits).toList();
    List<String> news = all.subList(taken, all.size());
    taken = all.size();
    return news;
  }

  @Override
  public void close() throws Exception {
    try {
      super.close();
    } finally {
      getEnvironment().close();
    }
  }

  /** The accumulator's value. */
  long count(Entry entry) {
    return function
        .getRuntimeContext()
        .getLongCounter(entry.accumulator())
        .getLocalValuePrimitive();
  }
}
