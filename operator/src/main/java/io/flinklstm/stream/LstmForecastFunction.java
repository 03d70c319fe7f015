package io.flinklstm.stream;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One LSTM step per observation, with every key's memory in Flink's keyed state: state in, advance,
 * state out, collect. Observations that are late or cannot be used leave by {@link #LATE} and
 * {@link #DEAD_LETTERS} and change no state.
 *
 * <p>The stream must be keyed by {@link Observation#key()}. The model travels inside the function;
 * no task reads a file. Beside the keyed state the function remembers in operator state which model
 * the memories belong to, so that a restore with another one is noticed before the first event.
 */
public final class LstmForecastFunction
    extends KeyedProcessFunction<String, Observation, Prediction>
    implements CheckpointedFunction, ResultTypeQueryable<Prediction> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LstmForecastFunction.class);

  /** Observations that are older than the last one applied for their key. */
  public static final OutputTag<Observation> LATE =
      new OutputTag<>("late", StreamTypes.OBSERVATION);

  /** Observations from which no forecast can be made. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", StreamTypes.DEAD_LETTER);

  private final ForecastModel model;
  private final KernelType kernel;
  private final OnModelChange onModelChange;

  private transient Forecaster forecaster;
  private transient ValueState<StreamState> streamState;
  private transient ListState<String> modelState;
  private transient Counter observations;
  private transient Counter predictions;
  private transient Counter late;
  private transient Counter duplicates;
  private transient Counter deadLetters;

  /** A function with the fastest kernel that refuses state of another model. */
  public LstmForecastFunction(ForecastModel model) {
    this(model, KernelType.AUTO, OnModelChange.FAIL);
  }

  public LstmForecastFunction(ForecastModel model, KernelType kernel, OnModelChange onModelChange) {
    this.model = model;
    this.kernel = kernel;
    this.onModelChange = onModelChange;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    modelState =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("model", StringSerializer.INSTANCE));
    ModelId id = model.id();
    for (String restored : modelState.get()) {
      if (!restored.endsWith(id.hashString())) {
        if (onModelChange == OnModelChange.FAIL) {
          throw new SuppressRestartsException(changed(restored, id));
        }
        LOG.warn("State of model {} is restored: streams begin anew with {}", restored, id);
      }
    }
    modelState.clear();
    modelState.add(describe(id));
  }

  private static String describe(ModelId id) {
    return id.name() + " version " + id.version() + " hash " + id.hashString();
  }

  private static IllegalStateException changed(String restored, ModelId id) {
    return new IllegalStateException(
        "model of the restored state: expected "
            + describe(id)
            + ", got "
            + restored
            + "; restore with the model the state belongs to, or set lstm.model.on-change: reset"
            + " to let every stream begin anew, or start without the savepoint");
  }

  /** Nothing to do: the list is written by {@link #initializeState} and never changes after. */
  @Override
  public void snapshotState(FunctionSnapshotContext context) {}

  @Override
  public void open(OpenContext openContext) {
    LstmKernel arithmetic = createKernel();
    forecaster = new Forecaster(model, arithmetic);
    LOG.info("Forecasting with model {} on kernel {}", forecaster.modelId(), arithmetic.name());
    streamState =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("stream", new StreamStateSerializer()));
    MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("lstm");
    observations = metrics.counter("observations");
    predictions = metrics.counter("predictions");
    late = metrics.counter("late");
    duplicates = metrics.counter("duplicates");
    deadLetters = metrics.counter("deadLetters");
  }

  private LstmKernel createKernel() {
    try {
      return kernel.create();
    } catch (IllegalStateException unfitJvm) {
      // A restart would meet the same machine.
      throw new SuppressRestartsException(unfitJvm);
    }
  }

  @Override
  public void processElement(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    observations.inc();
    StreamState state = streamState.value();
    if (state == null) {
      state = forecaster.newState();
    } else if (forecaster.isOfOtherModel(state)) {
      state = forecaster.newStateAfter(state);
    }
    Outcome outcome = forecaster.advance(observation, state);
    if (outcome instanceof Prediction prediction) {
      streamState.update(state);
      predictions.inc();
      out.collect(prediction);
    } else {
      setAside(observation, outcome, context);
    }
  }

  private void setAside(Observation observation, Outcome outcome, Context context) {
    if (outcome instanceof Rejection rejection) {
      deadLetters.inc();
      context.output(
          DEAD_LETTERS,
          new DeadLetter(DeadLetter.FORECAST, rejection, observation.key(), observation.source()));
    } else if (outcome == Outcome.Late.LATE) {
      late.inc();
      context.output(LATE, observation);
    } else {
      duplicates.inc();
    }
  }

  @Override
  public TypeInformation<Prediction> getProducedType() {
    return StreamTypes.PREDICTION;
  }
}
