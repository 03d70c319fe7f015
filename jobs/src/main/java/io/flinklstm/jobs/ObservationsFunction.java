package io.flinklstm.jobs;

import io.flinklstm.forecast.Observation;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.Ledger.Entry;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.RejectionCounters;
import io.flinklstm.stream.StreamTypes;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Counts the records read, forwards the observations, and sends the dead letters to a side output.
 */
final class ObservationsFunction
    extends ProcessFunction<Either<Observation, DeadLetter>, Observation>
    implements Ledger.Keeper, ResultTypeQueryable<Observation> {

  private static final long serialVersionUID = 1L;

  private transient Ledger ledger;
  private transient RejectionCounters deadLetters;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    ledger = new Ledger(context, getRuntimeContext(), List.of(Entry.READ, Entry.DEAD_LETTERS));
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public void open(OpenContext openContext) {
    deadLetters = new RejectionCounters(getRuntimeContext().getMetricGroup().addGroup("lstm"));
  }

  @Override
  public void close() {
    if (ledger != null) {
      ledger.logAtCleanStop(
          () ->
              "read "
                  + ledger.get(Entry.READ)
                  + ", including dead letters "
                  + ledger.get(Entry.DEAD_LETTERS));
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
