package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import org.jspecify.annotations.Nullable;

/**
 * Advances streams' states by one observation each and forecasts what comes next: the only entry
 * point to the arithmetic, for jobs, training and tests alike.
 *
 * <p>The steps, always in this order: validate, gap and expiry, duplicate?, late?, encode the
 * features, LSTM step (with context window: one for each input in the window, from the initial
 * state), head, decode, guard, prediction. All results go into scratch arrays of this object; a
 * stream's state is overwritten only after every number was found finite, so a state is either
 * fully advanced or untouched. Only the predictions are allocated.
 *
 * <p>Not thread-safe: make one per task.
 */
@PublicEvolving
public final class Forecaster {

  private final ModelCard card;
  private final ModelId id;
  private final boolean rolledOut;
  private final Intake intake;
  private final HistoryHash history;
  private final LstmModel model;
  private final int targetIndex;
  private final Feature target;

  private final LstmState initial; // the state a stream starts with, never modified

  // scratch
  private final LstmState ahead; // the state of a roll-out
  private final @Nullable InputWindow window; // null: h and c are carried
  private final float[] x; // (inputSize)
  private final float[] y; // (outputSize)
  private final ForecastStep[] steps; // [bundleSize]
  private final float[][] inputs; // [bundleSize], x of each step
  private final LstmState[] befores; // [bundleSize], h and c before each step
  private final LstmState[] afters; // [bundleSize], h and c after each step

  /** A forecaster that handles pauses as the model card says. */
  public Forecaster(ForecastModel forecastModel, LstmKernel kernel) {
    this(forecastModel, StreamPolicy.of(forecastModel.card()), kernel);
  }

  /**
   * A forecaster that handles pauses as a policy says.
   *
   * @param policy how long a stream may pause and when its state expires, overriding the card
   * @param kernel the arithmetic
   */
  public Forecaster(ForecastModel forecastModel, StreamPolicy policy, LstmKernel kernel) {
    this.card = forecastModel.card();
    this.intake = new Intake(card, policy);
    this.id = forecastModel.id();
    this.history = new HistoryHash(id, policy, kernel);
    this.rolledOut = forecastModel.isRolledOut();
    this.model = new LstmModel(forecastModel.weights(), kernel);
    this.targetIndex = card.targetIndex();
    this.target = intake.feature(targetIndex);
    this.initial = model.initialState();
    this.ahead = model.newState();
    this.window =
        card.context() == ModelCard.Context.WINDOW
            ? new InputWindow(card, forecastModel.affine())
            : null;
    this.x = new float[model.config().inputSize()];
    this.y = new float[model.config().outputSize()];
    this.steps = new ForecastStep[window == null ? LstmModel.MAX_BUNDLE : 1];
    this.inputs = new float[steps.length][];
    this.befores = new LstmState[steps.length];
    this.afters = new LstmState[steps.length];
    for (int k = 0; k < steps.length; k++) {
      steps[k] = new ForecastStep(model.config());
      inputs[k] = steps[k].x;
      afters[k] = steps[k].next;
    }
  }

  /** Name, version and hash of the model, which every prediction carries. */
  public ModelId modelId() {
    return id;
  }

  /** Lets the JIT compiler compile the arithmetic; see {@link LstmModel#warmUp}. */
  public void warmUp() {
    model.warmUp();
  }

  /** A state of this model's sizes that has seen no observation. */
  public StreamState newState() {
    return newState(StreamState.NO_EVENT_TIME, Observation.NO_SEQUENCE);
  }

  /**
   * The state that a stream continues with: its stored state, or a new one if there is none. The
   * state of another model is replaced by a new one that still knows which observations are late or
   * duplicates.
   *
   * @param stored the stream's stored state, or null
   */
  public StreamState resume(@Nullable StreamState stored) {
    if (stored == null) {
      return newState();
    }
    if (!isOfOtherModel(stored)) {
      return stored;
    }
    StreamState state = newState(stored.lastEventTime(), stored.lastSequence());
    state.setReclaimTime(stored.reclaimTime());
    state.setHistory(stored.history());
    return state;
  }

  private StreamState newState(long lastEventTime, long lastSequence) {
    int inputSize = model.config().inputSize();
    StreamState state =
        window == null
            ? new StreamState(model.config().numLayers(), model.config().hiddenSize(), inputSize, 0)
            : new StreamState(0, 0, inputSize, card.lookback());
    state.set(0, lastEventTime, lastSequence, id.hash());
    return state;
  }

  private boolean isOfOtherModel(StreamState state) {
    return state.modelHash() != id.hash();
  }

  /** The defect that makes an observation unusable whatever the state, or null if it has none. */
  public @Nullable Rejection defect(Observation observation) {
    return intake.defect(observation);
  }

  /** The best number of observations to advance at once; 1 if more would gain nothing. */
  public int bundleSize() {
    return window == null && model.gainsByBundles() ? LstmModel.MAX_BUNDLE : 1;
  }

  /** As {@link #advance(Observation[], StreamState[], Outcome[], int)} for one observation. */
  public Outcome advance(Observation observation, StreamState state) {
    checkModel(observation, state);
    return advanceAlone(observation, state);
  }

  private Outcome advanceAlone(Observation observation, StreamState state) {
    ForecastStep step = steps[0];
    Outcome refused = intake.admit(observation, state, step);
    if (refused != null) {
      return refused;
    }
    if (window == null) {
      model.step(step.x, before(step), step.next);
    } else {
      stepThrough(window, step);
    }
    return finish(step);
  }

  /**
   * Applies observations of different streams to their states. Each outcome is, bit for bit, that
   * of the observation applied alone; a large model reads its weights once for several.
   *
   * @param observations [count] observations, each of a different key. Not modified
   * @param states [count] the states of the observations' streams, each from {@link #newState} or
   *     {@link #resume}. Each is modified if and only if its outcome is a {@link Prediction}
   * @param outcomes [count] the outcome of each observation. Modified
   * @param count 0 to {@link LstmModel#MAX_BUNDLE}
   * @throws IllegalArgumentException if there are too many, a key occurs twice or a state belongs
   *     to another model; no state is modified then
   */
  public void advance(
      Observation[] observations, StreamState[] states, Outcome[] outcomes, int count) {
    if (count > 1) {
      checkBundle(observations, count);
    }
    for (int k = 0; k < count; k++) {
      checkModel(observations[k], states[k]);
    }
    if (count == 1 || window != null) {
      for (int k = 0; k < count; k++) {
        outcomes[k] = advanceAlone(observations[k], states[k]);
      }
      return;
    }
    int size = 0;
    for (int k = 0; k < count; k++) {
      ForecastStep step = steps[size];
      outcomes[k] = intake.admit(observations[k], states[k], step);
      if (outcomes[k] == null) {
        step.index = k;
        befores[size++] = before(step);
      }
    }
    if (size > 1) {
      model.step(inputs, befores, afters, size);
    } else if (size == 1) {
      model.step(inputs[0], befores[0], afters[0]);
    }
    for (int k = 0; k < size; k++) {
      outcomes[steps[k].index] = finish(steps[k]);
    }
  }

  /** The LSTM's state before a step. */
  private LstmState before(ForecastStep step) {
    return step.goesOn() ? step.state.lstm() : initial;
  }

  private static void checkBundle(Observation[] observations, int count) {
    if (count > LstmModel.MAX_BUNDLE) {
      throw new IllegalArgumentException(
          "observations at once: expected at most " + LstmModel.MAX_BUNDLE + ", got " + count);
    }
    for (int k = 1; k < count; k++) {
      for (int earlier = 0; earlier < k; earlier++) {
        if (observations[k].key().equals(observations[earlier].key())) {
          throw new IllegalArgumentException(
              "observations at once: expected different keys, got "
                  + observations[k].key()
                  + " twice");
        }
      }
    }
  }

  private void checkModel(Observation observation, StreamState state) {
    if (isOfOtherModel(state)) {
      throw new IllegalArgumentException(
          "state of key "
              + observation.key()
              + ": expected one of model "
              + id
              + ", got one of the model with hash "
              + Long.toHexString(state.modelHash()));
    }
  }

  /** Runs the LSTM over all inputs in the window; {@link #finish} must follow at once. */
  private void stepThrough(InputWindow window, ForecastStep step) {
    window.slide(step.state, step.goesOn() ? step.state.steps() : 0, step.scaled);
    for (int row = 0; row < window.length(); row++) {
      step.unusable = window.input(row, x);
      if (step.unusable >= 0) {
        return;
      }
      model.step(x, row == 0 ? initial : step.next, step.next);
    }
  }

  /** Everything after the LSTM; overwrites the stream's state if all numbers are finite. */
  private Outcome finish(ForecastStep step) {
    if (step.unusable >= 0) {
      return intake.rejection(step);
    }
    double[] forecasts = new double[card.horizon()];
    double lastValue = step.formulaValues[targetIndex];
    boolean finite =
        rolledOut
            ? rollOut(step.next, lastValue, forecasts)
            : forecastDirectly(step.next, lastValue, forecasts);
    if (!finite || !step.next.isFinite()) {
      return new Rejection(
          RejectionCode.NON_FINITE_OUTPUT,
          "output of model " + id + ": expected finite numbers, got NaN or infinity");
    }
    step.state.lstm().copyFrom(step.next);
    step.state.setHistory(history.after(step));
    intake.commit(step, id.hash());
    return new Prediction(
        step.observation.key(),
        step.observation.eventTime(),
        id,
        step.reset,
        step.gapMs,
        step.state.steps(),
        lastValue,
        forecasts,
        step.observation.position(),
        step.state.history());
  }

  /** The target's transformed value that an output of the model stands for. */
  private double decode(float output) {
    return target.unscale(window == null ? output : window.decode(targetIndex, output));
  }

  /** Output k of the head is the target of the k-th next observation. */
  private boolean forecastDirectly(LstmState next, double lastValue, double[] forecasts) {
    model.head(next, y);
    double sum = 0;
    boolean finite = true;
    for (int k = 0; k < forecasts.length; k++) {
      double predicted = decode(y[k]);
      sum += predicted;
      forecasts[k] = target.transform().decode(predicted, lastValue, sum);
      finite &= isFinite(predicted, forecasts[k]);
    }
    return finite;
  }

  /** Each output is fed back as the next input, on a copy of the state. */
  private boolean rollOut(LstmState next, double lastValue, double[] forecasts) {
    model.head(next, y);
    ahead.copyFrom(next);
    double sum = 0;
    boolean finite = true;
    for (int k = 0; k < forecasts.length; k++) {
      if (k > 0) {
        x[0] = target.feedBack(y[0]);
        model.step(x, ahead, ahead);
        model.head(ahead, y);
      }
      double predicted = decode(y[0]);
      sum += predicted;
      forecasts[k] = target.transform().decode(predicted, lastValue, sum);
      finite &= isFinite(predicted, forecasts[k]);
    }
    return finite;
  }

  /** Both are checked, because decoding turns an output of minus infinity into a finite number. */
  private static boolean isFinite(double predicted, double forecast) {
    return Double.isFinite(predicted) && Double.isFinite(forecast);
  }
}
