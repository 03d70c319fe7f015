package io.flinklstm.stream;

import io.flinklstm.forecast.ForecastBundle;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.stream.Ledger.Entry;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One LSTM step per observation, with every key's memory in Flink's keyed state: state in, advance,
 * state out, collect. Observations that are late, duplicates or cannot be used leave by {@link
 * #LATE}, {@link #DUPLICATES} and {@link #DEAD_LETTERS} and change no memory.
 *
 * <p>With {@link ForecastSettings#maxOutOfOrderness} above zero observations first wait in a {@link
 * ReorderBuffer}; one that comes behind the watermark is applied at once. Memories that {@linkplain
 * io.flinklstm.forecast.StreamPolicy#ttl expire} are recognised when their key's next observation
 * comes; event-time timers, one per key, only reclaim their space. The largest watermark, which
 * says that no more will come, releases the buffers and reclaims nothing.
 *
 * <p>The stream must be keyed by {@link Observation#key()}. The model travels inside the function;
 * no task reads a file. Beside the keyed state the function remembers in operator state which model
 * the memories belong to, so that a restore with another one is noticed before the first event, and
 * its {@link Ledger}.
 */
public final class LstmForecastFunction
    extends KeyedProcessFunction<String, Observation, Prediction>
    implements CheckpointedFunction, CheckpointListener, ResultTypeQueryable<Prediction> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LstmForecastFunction.class);

  /** What an observation can become here. */
  private static final List<Entry> OUTCOMES =
      List.of(Entry.PREDICTIONS, Entry.LATE, Entry.DUPLICATES, Entry.DEAD_LETTERS, Entry.BUFFERED);

  private static final List<Entry> COUNTED =
      List.of(
          Entry.OBSERVATIONS,
          Entry.PREDICTIONS,
          Entry.LATE,
          Entry.DUPLICATES,
          Entry.DEAD_LETTERS,
          Entry.BUFFERED,
          Entry.ACTIVE_KEYS);

  /** Observations that are older than the last one applied for their key. */
  public static final OutputTag<Observation> LATE =
      new OutputTag<>("late", StreamTypes.OBSERVATION);

  /** Observations whose sequence number is not above the last applied one of their key. */
  public static final OutputTag<Observation> DUPLICATES =
      new OutputTag<>("duplicates", StreamTypes.OBSERVATION);

  /** Observations from which no forecast can be made. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", StreamTypes.DEAD_LETTER);

  private final ForecastModel model;
  private final ForecastSettings settings;

  private transient Forecaster forecaster;
  private transient StreamMemory memory;
  private transient ReorderBuffer buffer;
  private transient boolean ordersByTime;
  private transient boolean mayHoldBuffered;
  private transient Ledger ledger;
  private transient ForecastMetrics metrics;
  private transient ForecastBundle bundle;
  private transient LstmForecastOperator.Exits exits; // null: every observation is a bundle

  /** A function with the settings that the model card suggests. */
  public LstmForecastFunction(ForecastModel model) {
    this(model, ForecastSettings.of(model.card()));
  }

  public LstmForecastFunction(ForecastModel model, ForecastSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    RestoredModel.check(context, model.id(), settings.onModelChange());
    ledger = new Ledger(context, getRuntimeContext(), COUNTED);
    ordersByTime = !settings.maxOutOfOrderness().isZero();
    mayHoldBuffered = ordersByTime || ledger.restored(Entry.BUFFERED) > 0;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    if (hasBundled()) {
      throw new IllegalStateException(
          "bundle at a snapshot: expected it to have been run before the barrier, got "
              + bundle.size()
              + " observations in it");
    }
    ledger.snapshot();
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    ledger.snapshotCompleted();
  }

  @Override
  public void open(OpenContext openContext) {
    LstmKernel arithmetic = createKernel();
    forecaster = new Forecaster(model, settings.policy(), arithmetic);
    forecaster.warmUp();
    bundle = forecaster.newBundle(1);
    LOG.info("Forecasting with model {} on kernel {}", forecaster.modelId(), arithmetic.name());
    if (settings.kernel() == KernelType.AUTO && !KernelType.isVectorAvailable()) {
      LOG.warn(
          "Kernel auto: expected a JVM with the module of the vector kernel, got one without, so the"
              + " plain one runs, which is slower; start it with {} (on a cluster"
              + " env.java.opts.taskmanager)",
          KernelType.VECTOR_FLAG);
    }
    memory = new StreamMemory(getRuntimeContext(), settings);
    buffer = new ReorderBuffer(getRuntimeContext());
    metrics =
        new ForecastMetrics(getRuntimeContext().getMetricGroup(), forecaster.modelId(), ledger);
  }

  private LstmKernel createKernel() {
    try {
      return settings.kernel().create();
    } catch (IllegalStateException unfitJvm) {
      // A restart would meet the same machine.
      throw new SuppressRestartsException(unfitJvm);
    }
  }

  /** Logs the balance if it is that of a clean stop, not of a task that fails or is cancelled. */
  @Override
  public void close() {
    if (ledger != null && ledger.isStored()) {
      TaskInfo task = getRuntimeContext().getTaskInfo();
      LOG.info(
          "Subtask {} of {}: {}",
          task.getIndexOfThisSubtask() + 1,
          task.getNumberOfParallelSubtasks(),
          ledger.balance(Entry.OBSERVATIONS, OUTCOMES));
    }
  }

  @Override
  public void processElement(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    metrics.observations.inc();
    ledger.add(Entry.OBSERVATIONS, 1);
    if (mayHoldBuffered) {
      order(observation, context, out);
    } else {
      apply(observation, context, out);
    }
  }

  private void order(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    TimerService timers = context.timerService();
    Rejection defect = forecaster.defect(observation);
    if (defect != null) {
      runBundleWith(observation.key());
      setAside(observation, defect, context);
    } else if (ordersByTime && observation.eventTime() > timers.currentWatermark()) {
      ledger.add(Entry.BUFFERED, 1);
      // More than one only if a restored buffer is over a bound that is lower now.
      for (int k = buffer.add(observation, timers); k > settings.maxBufferedEvents(); k--) {
        metrics.appliedEarly.inc();
        release(buffer.takeOldest(), context, out);
      }
    } else if (ordersByTime || buffer.isEmpty()) {
      apply(observation, context, out);
    } else {
      // Left from a run that put observations in order, which this one does not: the last time.
      ledger.add(Entry.BUFFERED, 1);
      buffer.add(observation, timers);
      releaseUntil(Long.MAX_VALUE, context, out);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Prediction> out)
      throws Exception {
    releaseUntil(context.timerService().currentWatermark(), context, out);
    runBundle();
    if (memory.reclaim(timestamp, context.timerService())) {
      ledger.add(Entry.ACTIVE_KEYS, -1);
      metrics.reclaimed.inc();
    }
  }

  private void releaseUntil(long eventTime, Context context, Collector<Prediction> out)
      throws Exception {
    for (Observation observation : buffer.takeUntil(eventTime, context.timerService())) {
      release(observation, context, out);
    }
  }

  private void release(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    ledger.add(Entry.BUFFERED, -1);
    apply(observation, context, out);
  }

  private void apply(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    runBundleWith(observation.key());
    StreamState stored = memory.value();
    StreamState state =
        stored == null
            ? forecaster.newState()
            : forecaster.isOfOtherModel(stored) ? forecaster.newStateAfter(stored) : stored;
    Outcome outcome = bundle.add(observation, state);
    if (outcome != null) {
      setAside(observation, outcome, context);
    } else if (exits == null) {
      run();
      conclude(0, context, out);
      bundle.clear();
    } else if (bundle.isFull()) {
      runBundle();
    }
  }

  /**
   * From now on observations wait for others and leave by these exits, if that gains anything.
   *
   * @param size of a bundle, or 0 for what suits the model best
   */
  void bundle(int size, LstmForecastOperator.Exits exits) {
    int capacity = size == 0 ? forecaster.bundleSize() : size;
    if (capacity > 1) {
      this.exits = exits;
      bundle = forecaster.newBundle(capacity);
    }
  }

  /** Whether observations wait for others. */
  boolean hasBundled() {
    return bundle.size() > 0;
  }

  /** What comes of a key comes after what came of it before. */
  private void runBundleWith(String key) throws Exception {
    if (bundle.contains(key)) {
      runBundle();
    }
  }

  /** Advances the memories of all observations that wait for others, under any current key. */
  void runBundle() throws Exception {
    if (!hasBundled()) {
      return;
    }
    String key = exits.currentKey();
    run();
    for (int k = 0; k < bundle.size(); k++) {
      exits.enter(bundle.observation(k));
      conclude(k, exits, exits.predictions());
    }
    bundle.clear();
    exits.setCurrentKey(key);
  }

  private void run() {
    if (!metrics.isTimed()) {
      bundle.run();
      return;
    }
    long start = System.nanoTime();
    bundle.run();
    metrics.timed((System.nanoTime() - start) / bundle.size());
  }

  /**
   * Stores and hands on what became of an observation in the bundle; its key is the current one.
   */
  private void conclude(int k, Context context, Collector<Prediction> out) throws Exception {
    if (bundle.outcome(k) instanceof Prediction prediction) {
      if (prediction.reset() == Prediction.Reset.NEW) {
        ledger.add(Entry.ACTIVE_KEYS, 1);
      }
      memory.store(bundle.state(k), context.timerService());
      ledger.add(Entry.PREDICTIONS, 1);
      metrics.predicted(prediction);
      out.collect(prediction);
    } else {
      setAside(bundle.observation(k), bundle.outcome(k), context);
    }
  }

  private void setAside(Observation observation, Outcome outcome, Context context) {
    if (outcome instanceof Rejection rejection) {
      ledger.add(Entry.DEAD_LETTERS, 1);
      metrics.deadLetters.count(rejection.code());
      context.output(
          DEAD_LETTERS,
          new DeadLetter(DeadLetter.FORECAST, rejection, observation.key(), observation.source()));
    } else if (outcome == Outcome.Late.LATE) {
      ledger.add(Entry.LATE, 1);
      metrics.late.inc();
      context.output(LATE, observation);
    } else {
      ledger.add(Entry.DUPLICATES, 1);
      metrics.duplicates.inc();
      context.output(DUPLICATES, observation);
    }
  }

  @Override
  public TypeInformation<Prediction> getProducedType() {
    return StreamTypes.PREDICTION;
  }
}
