package io.flinklstm.stream;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import java.util.Set;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.SimpleTimerService;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.TimestampedCollector;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link LstmForecastFunction} and lets it advance the states of several streams together
 * while more input is available. Forecasts, their order per key, state and savepoints are those of
 * the function alone; large models cost less per event, because their weights are read once for
 * several.
 *
 * <p>Everything emitted from a bundle, including late observations and duplicates, has its
 * observation's event time as timestamp.
 *
 * <p>An observation waits for others only while the task has more input, so its bundle is full
 * after a few more. Between two records the task reads its mailbox: a letter there that finds the
 * same number of observations twice in a row shows that no record came in between. Nothing waits
 * across a watermark, a timer, a checkpoint or the end of input.
 */
@PublicEvolving
public final class LstmForecastOperator
    extends KeyedProcessOperator<String, Observation, Prediction> {

  private static final long serialVersionUID = 1L;

  /** The function's states and Flink's timers. */
  private static final Set<String> KEYED_STATES =
      Set.of(
          StoredState.STATE,
          StoredState.TIMER_STATE,
          ReorderBuffer.STATE,
          ReorderBuffer.SUMMARY_STATE,
          "_timer_state/event_user-timers",
          "_timer_state/processing_user-timers");

  private static final Set<String> OPERATOR_STATES = Set.of(RestoredModel.STATE, Ledger.STATE);

  private final LstmForecastFunction function;
  private final int bundleSize;

  private transient @Nullable Bundling bundling; // null: each observation is advanced as it arrives

  public LstmForecastOperator(LstmForecastFunction function) {
    this(function, 0);
  }

  /**
   * @param bundleSize number of observations advanced together, or 0 for the model's best
   */
  LstmForecastOperator(LstmForecastFunction function, int bundleSize) {
    super(function);
    this.function = function;
    this.bundleSize = bundleSize;
  }

  @Override
  protected void setup(
      StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<Prediction>> output) {
    super.setup(task, config, output);
    SnapshotCheck.check(this, KEYED_STATES, OPERATOR_STATES);
  }

  @Override
  public void open() throws Exception {
    super.open();
    int capacity = bundleSize == 0 ? function.bundleSize() : bundleSize;
    if (capacity > 1) {
      bundling = new Bundling(capacity);
      function.waitIn(bundling.bundle);
    }
  }

  @Override
  public void processElement(StreamRecord<Observation> element) throws Exception {
    super.processElement(element);
    if (bundling != null) {
      bundling.observed();
    }
  }

  /** Nothing waits across a watermark, a barrier or the end of input. */
  private void concludeAll() throws Exception {
    if (bundling != null) {
      bundling.bundle.conclude();
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    concludeAll();
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    concludeAll();
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void finish() throws Exception {
    concludeAll();
    super.finish();
  }

  /** The bundle, and the letter that decides when to conclude it. */
  private final class Bundling {

    private final Bundle bundle;
    private final Exits exits = new Exits(LstmForecastOperator.this, function);
    private final MailboxExecutor mailbox =
        getContainingTask()
            .getMailboxExecutorFactory()
            .createExecutor(getOperatorConfig().getChainIndex());
    private final ThrowingRunnable<Exception> letter = this::concludeUnlessBusy;
    private boolean posted; // whether the letter is in the mailbox
    private long observations;
    private long observationsAtLetter;

    private Bundling(int capacity) {
      bundle = new Bundle(capacity, this::conclude);
    }

    /** An observation was processed. */
    void observed() {
      observations++;
      if (!posted && bundle.size() > 0) {
        post();
      }
    }

    private void post() {
      mailbox.execute(letter, "conclude the bundle unless more input waits");
      posted = true;
    }

    private void concludeUnlessBusy() throws Exception {
      posted = false;
      if (bundle.size() == 0) {
        return;
      }
      if (observations == observationsAtLetter) {
        bundle.conclude();
      } else {
        observationsAtLetter = observations;
        post();
      }
    }

    private void conclude() throws Exception {
      String key = exits.currentKey();
      function.advance(bundle);
      for (int k = 0; k < bundle.size(); k++) {
        Observation observation = bundle.observation(k);
        exits.enter(observation);
        function.conclude(
            observation, bundle.state(k), bundle.outcome(k), exits, exits.predictions());
      }
      exits.setCurrentKey(key);
    }
  }

  /** Emits the outcomes of a bundle, each with the key and event time of its observation. */
  private static final class Exits
      extends KeyedProcessFunction<String, Observation, Prediction>.Context {

    private final LstmForecastOperator operator;
    private final TimestampedCollector<Prediction> predictions;
    private final TimerService timers;
    private long eventTime; // of the current observation

    private Exits(LstmForecastOperator operator, LstmForecastFunction function) {
      function.super();
      this.operator = operator;
      this.predictions = new TimestampedCollector<>(operator.output);
      this.timers =
          new SimpleTimerService(
              operator.getInternalTimerService(
                  "user-timers", VoidNamespaceSerializer.INSTANCE, operator));
    }

    String currentKey() {
      return (String) operator.getCurrentKey();
    }

    void setCurrentKey(String key) {
      if (!key.equals(operator.getCurrentKey())) {
        operator.setCurrentKey(key);
      }
    }

    /** Makes an observation the current one. */
    void enter(Observation next) {
      eventTime = next.eventTime();
      setCurrentKey(next.key());
      predictions.setAbsoluteTimestamp(eventTime);
    }

    TimestampedCollector<Prediction> predictions() {
      return predictions;
    }

    @Override
    public Long timestamp() {
      return eventTime;
    }

    @Override
    public TimerService timerService() {
      return timers;
    }

    @Override
    public <X> void output(OutputTag<X> tag, X value) {
      operator.output.collect(tag, new StreamRecord<>(value, eventTime));
    }

    @Override
    public String getCurrentKey() {
      return currentKey();
    }
  }
}
