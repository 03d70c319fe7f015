package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.Ledger.Entry;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.RejectionCounters;
import io.flinklstm.stream.StreamTypes;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what was read, hands the observations on, and puts the dead letters aside. */
final class ObservationsFunction
    extends ProcessFunction<Either<Observation, DeadLetter>, Observation>
    implements CheckpointedFunction, CheckpointListener, ResultTypeQueryable<Observation> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(ObservationsFunction.class);

  private transient Ledger ledger;
  private transient RejectionCounters deadLetters;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    ledger = new Ledger(context, getRuntimeContext(), List.of(Entry.READ, Entry.DEAD_LETTERS));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    ledger.snapshot();
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    ledger.snapshotCompleted();
  }

  @Override
  public void open(OpenContext openContext) {
    deadLetters = new RejectionCounters(getRuntimeContext().getMetricGroup().addGroup("lstm"));
  }

  /** As the forecast function's: only the counts of a clean stop. */
  @Override
  public void close() {
    if (ledger != null && ledger.isStored()) {
      TaskInfo task = getRuntimeContext().getTaskInfo();
      LOG.info(
          "Subtask {} of {}: read {}, of which dead letters {}",
          task.getIndexOfThisSubtask() + 1,
          task.getNumberOfParallelSubtasks(),
          ledger.get(Entry.READ),
          ledger.get(Entry.DEAD_LETTERS));
    }
  }

  @Override
  public void processElement(
      Either<Observation, DeadLetter> record, Context context, Collector<Observation> out) {
    ledger.add(Entry.READ, 1);
    if (record.isLeft()) {
      out.collect(record.left());
    } else {
      ledger.add(Entry.DEAD_LETTERS, 1);
      deadLetters.count(record.right().rejection().code());
      context.output(LstmForecastFunction.DEAD_LETTERS, record.right());
    }
  }

  @Override
  public TypeInformation<Observation> getProducedType() {
    return StreamTypes.OBSERVATION;
  }
}
