package io.flinklstm.stream;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.stream.Ledger.Entry;
import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One LSTM step per observation, with every stream's state in Flink's keyed state: read the state,
 * advance it, write it back, collect the prediction. Late, duplicate and unusable observations go
 * to the side outputs {@link #LATE}, {@link #DUPLICATES} and {@link #DEAD_LETTERS} and change no
 * state.
 *
 * <p>With {@link ForecastSettings#maxOutOfOrderness} above zero, observations first wait in a
 * {@link ReorderBuffer}; one that arrives behind the watermark is applied at once. {@linkplain
 * io.flinklstm.forecast.StreamPolicy#ttl Expiry} is detected at a key's next observation;
 * event-time timers, one per key, only reclaim space. The maximum watermark, which marks the end of
 * input, releases the buffers and reclaims nothing.
 *
 * <p>The stream must be keyed by {@link Observation#key()}. The model travels inside the function;
 * no task reads a file. Besides the keyed state the function keeps its {@link Ledger} and the
 * identity of the states' model in operator state, so a restore with another model is detected
 * before the first event.
 */
@PublicEvolving
public final class LstmForecastFunction
    extends KeyedProcessFunction<String, Observation, Prediction>
    implements Ledger.Keeper, ResultTypeQueryable<Prediction> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LstmForecastFunction.class);

  private static final List<Entry> COUNTED =
      List.of(
          Entry.OBSERVATIONS,
          Entry.PREDICTIONS,
          Entry.LATE,
          Entry.DUPLICATES,
          Entry.REJECTED,
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
  private transient StoredState stored;
  private transient ReorderBuffer buffer;
  private transient boolean ordersByTime;
  private transient boolean mayHoldBuffered;
  private transient Ledger ledger;
  private transient ForecastMetrics metrics;
  private transient @Nullable Bundle bundle; // null: each observation is advanced as it arrives

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
    RestoredModel.check(context, model.id(), settings);
    ledger = new Ledger(context, getRuntimeContext(), COUNTED);
    ordersByTime = !settings.maxOutOfOrderness().isZero();
    mayHoldBuffered = ordersByTime || ledger.restored(Entry.BUFFERED) > 0;
  }

  @Internal
  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    if (bundle != null && bundle.size() > 0) {
      throw new IllegalStateException(
          "bundle at a snapshot: expected it to be empty, concluded before the barrier, got "
              + bundle.size()
              + " observations in it");
    }
    Ledger.Keeper.super.snapshotState(context);
  }

  @Override
  public void open(OpenContext openContext) {
    LstmKernel arithmetic = createKernel();
    forecaster = new Forecaster(model, settings.policy(), arithmetic);
    forecaster.warmUp();
    LOG.info("Forecasting with model {} on kernel {}", forecaster.modelId(), arithmetic.name());
    if (settings.kernel() == KernelType.AUTO && !KernelType.isVectorAvailable()) {
      LOG.warn(
          "Kernel auto: expected a JVM with the vector kernel's module, got one without; using the"
              + " plain kernel, which is slower; start the JVM with {} (on a cluster:"
              + " env.java.opts.taskmanager)",
          KernelType.VECTOR_FLAG);
    }
    stored = new StoredState(getRuntimeContext(), settings);
    buffer = new ReorderBuffer(getRuntimeContext(), model.card().fields());
    metrics =
        new ForecastMetrics(
            getRuntimeContext().getMetricGroup(), forecaster.modelId(), ledger, ordersByTime);
  }

  private LstmKernel createKernel() {
    try {
      return settings.kernel().create();
    } catch (IllegalStateException unfitJvm) {
      // A restart would fail the same way.
      throw new SuppressRestartsException(unfitJvm);
    }
  }

  @Override
  public void close() {
    if (ledger != null) {
      ledger.logAtCleanStop(() -> ledger.balance(Ledger.OUTCOMES));
    }
  }

  @Override
  public void processElement(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    metrics.observed(observation);
    if (mayHoldBuffered) {
      order(observation, context, out);
    } else {
      apply(observation, context, out);
    }
  }

  private void order(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    TimerService timers = context.timerService();
    boolean waits = ordersByTime && observation.eventTime() > timers.currentWatermark();
    if (!waits && (ordersByTime || buffer.isEmpty())) {
      apply(observation, context, out);
      return;
    }
    // An unusable observation must not take another's place in the buffer.
    Rejection defect = forecaster.defect(observation);
    if (defect != null) {
      refuse(observation, defect, context, out);
      return;
    }
    metrics.buffered();
    int waiting = buffer.add(observation, timers);
    if (waits) {
      // More than one too many only if the buffer was restored and the bound has been lowered.
      for (; waiting > settings.maxBufferedEvents(); waiting--) {
        metrics.appliedEarly();
        release(buffer.takeOldest(), context, out);
      }
    } else {
      // Others are left from a run that reordered observations, which this one does not.
      releaseUntil(Long.MAX_VALUE, context, out);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Prediction> out)
      throws Exception {
    releaseUntil(context.timerService().currentWatermark(), context, out);
    if (bundle != null) {
      bundle.conclude();
    }
    if (stored.reclaim(timestamp, context.timerService())) {
      metrics.reclaimed();
    }
  }

  private void releaseUntil(long eventTime, Context context, Collector<Prediction> out)
      throws Exception {
    for (WaitingObservation waiting : buffer.takeUntil(eventTime, context.timerService())) {
      release(waiting, context, out);
    }
  }

  private void release(WaitingObservation waiting, Context context, Collector<Prediction> out)
      throws Exception {
    metrics.released();
    if (buffer.isOfTheseFields(waiting)) {
      apply(waiting.observation(), context, out);
    } else {
      refuse(
          waiting.observation(),
          new Rejection(
              RejectionCode.MISSING_FIELD,
              "values of a buffered observation in restored state: expected the fields "
                  + model.card().fields()
                  + ", got those of another model card"),
          context,
          out);
    }
  }

  private void apply(Observation observation, Context context, Collector<Prediction> out)
      throws Exception {
    if (bundle != null) {
      bundle.concludeIfContains(observation.key());
      bundle.add(observation, forecaster.resume(stored.value()));
      return;
    }
    StreamState state = forecaster.resume(stored.value());
    long start = metrics.startTiming();
    Outcome outcome = forecaster.advance(observation, state);
    metrics.stopTiming(start, outcome instanceof Prediction ? 1 : 0);
    conclude(observation, state, outcome, context, out);
  }

  /** The best number of observations to advance at once; 1 if more would gain nothing. */
  int bundleSize() {
    return forecaster.bundleSize();
  }

  /** Lets observations wait in a bundle from now on; the owner of the bundle concludes them. */
  void waitIn(Bundle bundle) {
    this.bundle = bundle;
  }

  /** Advances the states of the streams in a bundle, whatever the current key. */
  void advance(Bundle bundle) {
    long start = metrics.startTiming();
    bundle.advance(forecaster);
    metrics.stopTiming(start, bundle.predictions());
  }

  /**
   * Stores the state and emits the outcome of an observation, whose key must be current.
   *
   * @param state the stream's state after the observation
   */
  void conclude(
      Observation observation,
      StreamState state,
      Outcome outcome,
      Context context,
      Collector<Prediction> out)
      throws Exception {
    metrics.concluded(outcome);
    if (outcome instanceof Prediction prediction) {
      stored.store(state, context.timerService());
      out.collect(prediction);
    } else if (outcome instanceof Rejection rejection) {
      context.output(
          DEAD_LETTERS,
          new DeadLetter(DeadLetter.FORECAST, rejection, observation.key(), observation.source()));
    } else {
      context.output(outcome == Outcome.Late.LATE ? LATE : DUPLICATES, observation);
    }
  }

  /** Concludes an observation whose outcome does not depend on its stream's state. */
  private void refuse(
      Observation observation, Rejection rejection, Context context, Collector<Prediction> out)
      throws Exception {
    if (bundle != null) {
      bundle.concludeIfContains(observation.key());
    }
    conclude(observation, forecaster.newState(), rejection, context, out);
  }

  @Override
  public TypeInformation<Prediction> getProducedType() {
    return StreamTypes.PREDICTION;
  }
}
