package io.flinklstm.stream;

import static org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness.repackageState;
import static org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness.repartitionOperatorState;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.stream.Ledger.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The forecast function with all its subtasks, in harnesses that are replaced at each restart. */
final class HarnessedStreams implements StreamRun, AutoCloseable {

  private final ForecastModel model;
  private final ForecastSettings settings;
  private final StateBackend backend;
  private final int bundleSize;
  private final Random pace = new Random(5); // of the mailbox
  private final List<ForecastHarness> subtasks = new ArrayList<>();
  private final Outcomes outcomes = new Outcomes();

  /** The function alone. */
  HarnessedStreams(ForecastModel model, ForecastSettings settings, StateBackend backend)
      throws Exception {
    this(model, settings, backend, ForecastHarness.FUNCTION_ALONE);
  }

  /** The operator, with bundles of the given size. */
  HarnessedStreams(
      ForecastModel model, ForecastSettings settings, StateBackend backend, int bundleSize)
      throws Exception {
    this.bundleSize = bundleSize;
    this.model = model;
    this.settings = settings;
    this.backend = backend;
    subtasks.add(ForecastHarness.of(model, settings, backend, bundleSize, 1, 0));
    subtasks.get(0).open();
  }

  @Override
  public void observe(Observation observation) throws Exception {
    subtasks
        .get(ForecastHarness.subtaskOf(observation.key(), subtasks.size()))
        .observe(observation);
    for (ForecastHarness subtask : subtasks) {
      // The letter is read between two records; sometimes no record comes, and it notices.
      for (int rounds = pace.nextInt(8) == 0 ? 3 : 1; rounds > 0; rounds--) {
        subtask.readMail();
      }
    }
  }

  @Override
  public void advanceWatermark(long watermark) throws Exception {
    for (ForecastHarness subtask : subtasks) {
      subtask.processWatermark(watermark);
    }
  }

  @Override
  public void restart(int parallelism) throws Exception {
    OperatorSubtaskState[] snapshots = new OperatorSubtaskState[subtasks.size()];
    for (int k = 0; k < snapshots.length; k++) {
      snapshots[k] = subtasks.get(k).snapshot();
    }
    close();
    OperatorSubtaskState whole = repackageState(snapshots);
    for (int k = 0; k < parallelism; k++) {
      ForecastHarness subtask =
          ForecastHarness.of(model, settings, backend, bundleSize, parallelism, k);
      subtasks.add(subtask);
      subtask.restore(
          repartitionOperatorState(
              whole, ForecastHarness.MAX_PARALLELISM, snapshots.length, parallelism, k));
    }
  }

  @Override
  public Outcomes outcomes() throws Exception {
    collect();
    return outcomes;
  }

  private void collect() throws Exception {
    for (ForecastHarness subtask : subtasks) {
      subtask.prepareSnapshotPreBarrier(1L); // nothing waits across it
      for (Prediction prediction : subtask.extractOutputValues()) {
        outcomes.predicted(prediction);
      }
      subtask.getOutput().clear();
      take(subtask.getSideOutput(LstmForecastFunction.LATE), outcomes::late);
      take(subtask.getSideOutput(LstmForecastFunction.DUPLICATES), outcomes::duplicate);
      take(subtask.getSideOutput(LstmForecastFunction.DEAD_LETTERS), outcomes::refused);
    }
  }

  /** A side output that received nothing is null. */
  private static <T> void take(Collection<StreamRecord<T>> records, Consumer<T> to) {
    if (records != null) {
      records.forEach(record -> to.accept(record.getValue()));
      records.clear();
    }
  }

  @Override
  public Map<Entry, Long> counts() throws Exception {
    collect();
    Map<Entry, Long> counts = new EnumMap<>(Entry.class);
    for (Entry entry : Entry.values()) {
      long sum = 0;
      for (ForecastHarness subtask : subtasks) {
        sum += subtask.count(entry);
      }
      counts.put(entry, sum);
    }
    return counts;
  }

  @Override
  public void close() throws Exception {
    collect();
    for (ForecastHarness subtask : subtasks) {
      subtask.close();
    }
    subtasks.clear();
  }
}
