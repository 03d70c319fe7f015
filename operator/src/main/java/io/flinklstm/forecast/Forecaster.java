package io.flinklstm.forecast;

import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;

/**
 * Advances the memory of a stream by one observation and forecasts what comes next: the only door
 * to the arithmetic, for jobs, training and tests alike.
 *
 * <p>Always downward: validate, duplicate?, late?, gap and expiry, encode the features, LSTM step
 * (with context window: one for each input in the window, from the initial state), head, decode,
 * guard, prediction. Everything is computed into scratch memory of this object; the stream's state
 * is overwritten only after every number was found finite, so whatever the outcome, a state is
 * either advanced as a whole or untouched. Nothing is allocated but the prediction.
 *
 * <p>Not thread-safe: make one per task.
 */
public final class Forecaster {

  private final ModelCard card;
  private final ModelId id;
  private final boolean rolledOut;
  private final Intake intake;
  private final LstmModel model;
  private final int targetIndex;
  private final Feature target;

  private final LstmState initial; // what a memory begins with, never modified
  private final LstmState ahead; // scratch, the state of a roll-out
  private final InputWindow window; // scratch, or null: h and c are carried
  private final ForecastStep single; // scratch
  private final float[] x; // (inputSize), scratch
  private final float[] y; // (outputSize), scratch

  /** A forecaster for which pauses mean what the model card says. */
  public Forecaster(ForecastModel forecastModel, LstmKernel kernel) {
    this(forecastModel, StreamPolicy.of(forecastModel.card()), kernel);
  }

  /**
   * A forecaster for which pauses mean what a policy says.
   *
   * @param policy how long a stream may pause and when it is forgotten, whatever the card says
   * @param kernel the arithmetic
   */
  public Forecaster(ForecastModel forecastModel, StreamPolicy policy, LstmKernel kernel) {
    this.card = forecastModel.card();
    this.intake = new Intake(card, policy);
    this.id = forecastModel.id();
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
    this.single = newStep();
    this.x = new float[model.config().inputSize()];
    this.y = new float[model.config().outputSize()];
  }

  /** Name, version and hash of the model, which every prediction carries. */
  public ModelId modelId() {
    return id;
  }

  /** Lets the JIT compiler compile the arithmetic; see {@link LstmModel#warmUp}. */
  public void warmUp() {
    model.warmUp();
  }

  /** A state of this model's sizes that has seen nothing. */
  public StreamState newState() {
    return newState(StreamState.NO_EVENT_TIME, Observation.NO_SEQUENCE);
  }

  /**
   * What follows a state of another model: it has seen nothing, but knows which observations are
   * late or duplicates.
   */
  public StreamState newStateAfter(StreamState other) {
    StreamState state = newState(other.lastEventTime(), other.lastSequence());
    state.setReclaimTime(other.reclaimTime());
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

  /** What makes an observation unusable whatever the state, or null if nothing does. */
  public Rejection defect(Observation observation) {
    return intake.defect(observation);
  }

  /**
   * Applies an observation to the memory of its stream.
   *
   * @param observation what happened. Not modified
   * @param state the memory of the observation's key, made by {@link #newState}; one {@linkplain
   *     #isOfOtherModel of another model} must be {@linkplain #newStateAfter replaced} first.
   *     Modified if and only if the outcome is a {@link Prediction}
   * @return what became of the observation
   * @throws IllegalArgumentException if the state belongs to another model
   */
  public Outcome advance(Observation observation, StreamState state) {
    Outcome outcome = begin(observation, state, single);
    if (outcome == null) {
      step(single);
      outcome = finish(single);
    }
    return outcome;
  }

  /** How many observations had best be advanced at once; 1 if nothing is gained by more. */
  public int bundleSize() {
    return window == null && model.gainsByBundles() ? LstmModel.MAX_BUNDLE : 1;
  }

  /**
   * @param capacity observations that it takes, 1 to {@link LstmModel#MAX_BUNDLE}
   * @throws IllegalArgumentException if it is out of that range
   */
  public ForecastBundle newBundle(int capacity) {
    if (capacity < 1 || capacity > LstmModel.MAX_BUNDLE) {
      throw new IllegalArgumentException(
          "capacity of a bundle: expected 1 to " + LstmModel.MAX_BUNDLE + ", got " + capacity);
    }
    return new ForecastBundle(this, capacity);
  }

  ForecastStep newStep() {
    return new ForecastStep(model.config());
  }

  /**
   * All that comes before the LSTM.
   *
   * @param step takes up what is known of the observation. Modified
   * @return what became of the observation, or null if that depends on the LSTM
   */
  Outcome begin(Observation observation, StreamState state, ForecastStep step) {
    if (isOfOtherModel(state)) {
      throw new IllegalArgumentException(
          "state of key "
              + observation.key()
              + ": expected one of model "
              + id
              + ", got one of the model with hash "
              + Long.toHexString(state.modelHash()));
    }
    Outcome outcome = intake.admit(observation, state, step);
    if (outcome == null) {
      step.lstm = step.goesOn() && carries() ? state.lstm() : initial;
    }
    return outcome;
  }

  /** Whether h and c of the state belong to another model than this one. */
  public boolean isOfOtherModel(StreamState state) {
    return state.modelHash() != id.hash();
  }

  /** Whether h and c flow on, so that every observation is one step of the LSTM. */
  boolean carries() {
    return window == null;
  }

  /** The LSTM, up to and with the observation; {@link #finish} must follow at once. */
  void step(ForecastStep step) {
    if (window == null) {
      model.step(step.x, step.lstm, step.next);
      return;
    }
    window.slide(step.state, step.goesOn() ? step.state.steps() : 0, step.scaled);
    for (int row = 0; row < window.length(); row++) {
      step.unusable = window.input(row, x);
      if (step.unusable >= 0) {
        return;
      }
      model.step(x, row == 0 ? initial : step.next, step.next);
    }
  }

  /** As {@link #step(ForecastStep)} for several, whose inputs, h and c these are. */
  void step(float[][] inputs, LstmState[] lstm, LstmState[] next, int count) {
    model.step(inputs, lstm, next, count);
  }

  /** All that comes after the LSTM; overwrites the stream's memory if all is well. */
  Outcome finish(ForecastStep step) {
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
    long pause = step.pause();
    step.state.lstm().copyFrom(step.next);
    intake.commit(step, id.hash());
    return new Prediction(
        step.observation.key(),
        step.observation.eventTime(),
        id,
        step.reset,
        intake.isGap(pause) && (step.goesOn() || step.reset == Prediction.Reset.GAP) ? pause : 0,
        step.state.steps(),
        lastValue,
        forecasts,
        step.observation.position());
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

  /** Both are looked at, because decoding turns an output of minus infinity into a number. */
  private static boolean isFinite(double predicted, double forecast) {
    return Double.isFinite(predicted) && Double.isFinite(forecast);
  }
}
