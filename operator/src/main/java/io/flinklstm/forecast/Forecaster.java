package io.flinklstm.forecast;

import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;

/**
 * Advances the memory of a stream by one observation and forecasts what comes next: the only door
 * to the arithmetic, for jobs, training and tests alike.
 *
 * <p>Always downward: validate, duplicate?, late?, gap, encode the features, LSTM step, head,
 * decode, guard, prediction. Everything is computed into scratch memory of this object; the
 * stream's state is overwritten only after every number was found finite, so whatever the outcome,
 * a state is either advanced as a whole or untouched. Nothing is allocated but the prediction.
 *
 * <p>Not thread-safe: make one per task.
 */
public final class Forecaster {

  private final ModelCard card;
  private final ModelId id;
  private final boolean rolledOut;
  private final LstmModel model;
  private final FeatureEncoder encoder;
  private final int fieldCount;
  private final int targetIndex;
  private final Feature target;
  private final long gap; // milliseconds

  private final LstmState zero; // what a memory begins with, never modified
  private final LstmState next; // scratch, the state after the step
  private final LstmState ahead; // scratch, the state of a roll-out
  private final double[] formulaValues; // (inputSize), scratch
  private final float[] x; // (inputSize), scratch
  private final float[] y; // (outputSize), scratch

  public Forecaster(ForecastModel forecastModel, LstmKernel kernel) {
    this.card = forecastModel.card();
    this.id = forecastModel.id();
    this.rolledOut = forecastModel.isRolledOut();
    this.model = new LstmModel(forecastModel.weights(), kernel);
    this.encoder = new FeatureEncoder(card);
    this.fieldCount = card.fields().size();
    this.targetIndex = card.targetIndex();
    this.target = encoder.feature(targetIndex);
    this.gap = card.gap() == null ? Long.MAX_VALUE : card.gap().toMillis();
    this.zero = model.newState();
    this.next = model.newState();
    this.ahead = model.newState();
    this.formulaValues = new double[model.config().inputSize()];
    this.x = new float[model.config().inputSize()];
    this.y = new float[model.config().outputSize()];
  }

  public ModelId modelId() {
    return id;
  }

  /** A state of this model's sizes that has seen nothing. */
  public StreamState newState() {
    StreamState state =
        new StreamState(
            model.config().numLayers(), model.config().hiddenSize(), model.config().inputSize());
    state.set(0, 0, Observation.NO_SEQUENCE, id.hash());
    return state;
  }

  /**
   * Applies an observation to the memory of its stream.
   *
   * @param observation what happened. Not modified
   * @param state the memory of the observation's key, made by {@link #newState}, or of another
   *     model: then it must be {@linkplain #isOfOtherModel replaced} first. Modified if and only if
   *     the outcome is a {@link Prediction}
   * @return what became of the observation
   * @throws IllegalArgumentException if the state belongs to another model
   */
  public Outcome advance(Observation observation, StreamState state) {
    return advance(observation, state, Prediction.Reset.NEW);
  }

  /**
   * As {@link #advance(Observation, StreamState)}, with what a prediction says if the state has
   * seen nothing yet.
   */
  public Outcome advance(
      Observation observation, StreamState state, Prediction.Reset resetOfNewState) {
    if (isOfOtherModel(state)) {
      throw new IllegalArgumentException(
          "state of key "
              + observation.key()
              + ": expected one of model "
              + id
              + ", got one of the model with hash "
              + Long.toHexString(state.modelHash()));
    }
    Rejection defect = observation.defect(fieldCount);
    if (defect != null) {
      return defect;
    }
    boolean isNew = state.steps() == 0;
    if (!isNew && isDuplicate(observation, state)) {
      return Outcome.Duplicate.DUPLICATE;
    }
    if (!isNew && observation.eventTime() < state.lastEventTime()) {
      return Outcome.Late.LATE;
    }
    long elapsed = isNew ? 0 : observation.eventTime() - state.lastEventTime();
    Prediction.Reset reset = isNew ? resetOfNewState : elapsed > gap ? gapReset() : null;
    return step(observation, state, reset, reset == null ? elapsed : 0);
  }

  /** Whether h and c of the state belong to another model than this one. */
  public boolean isOfOtherModel(StreamState state) {
    return state.modelHash() != id.hash();
  }

  private static boolean isDuplicate(Observation observation, StreamState state) {
    return observation.sequence() != Observation.NO_SEQUENCE
        && observation.sequence() <= state.lastSequence();
  }

  private Prediction.Reset gapReset() {
    return card.gapPolicy() == ModelCard.GapPolicy.RESET ? Prediction.Reset.GAP : null;
  }

  private Outcome step(
      Observation observation, StreamState state, Prediction.Reset reset, long elapsed) {
    encoder.evaluate(observation.values(), elapsed, formulaValues);
    int notFinite =
        encoder.encode(formulaValues, reset == null ? state.lastValues() : formulaValues, x);
    if (notFinite >= 0) {
      return notFiniteFeature(notFinite);
    }
    model.step(x, reset == null ? state.lstm() : zero, next);
    double[] forecasts = new double[card.horizon()];
    double lastValue = formulaValues[targetIndex];
    boolean finite =
        rolledOut ? rollOut(lastValue, forecasts) : forecastDirectly(lastValue, forecasts);
    if (!finite || !next.isFinite()) {
      return new Rejection(
          RejectionCode.NON_FINITE_OUTPUT,
          "output of model " + id + ": expected finite numbers, got NaN or infinity");
    }
    long steps = reset == null ? state.steps() + 1 : 1;
    state.lstm().copyFrom(next);
    state.setLastValues(formulaValues);
    state.set(
        steps,
        observation.eventTime(),
        Math.max(observation.sequence(), state.lastSequence()),
        id.hash());
    return new Prediction(
        observation.key(),
        observation.eventTime(),
        id,
        reset,
        steps,
        lastValue,
        forecasts,
        observation.position());
  }

  private Rejection notFiniteFeature(int index) {
    return new Rejection(
        RejectionCode.NON_FINITE_FEATURE,
        "feature "
            + encoder.feature(index).name()
            + ": expected "
            + encoder.feature(index).transform().cardName()
            + " of "
            + encoder.feature(index).formula()
            + " to be a finite number, got "
            + formulaValues[index]
            + " from the formula and "
            + x[index]
            + " after transform and scaler");
  }

  /** Output k of the head is the target of the k-th next observation. */
  private boolean forecastDirectly(double lastValue, double[] forecasts) {
    model.head(next, y);
    double sum = 0;
    boolean finite = true;
    for (int k = 0; k < forecasts.length; k++) {
      double predicted = target.unscale(y[k]);
      sum += predicted;
      forecasts[k] = target.transform().decode(predicted, lastValue, sum);
      finite &= isFinite(predicted, forecasts[k]);
    }
    return finite;
  }

  /** Each output is fed back as the next input, on a copy of the state. */
  private boolean rollOut(double lastValue, double[] forecasts) {
    model.head(next, y);
    ahead.copyFrom(next);
    double sum = 0;
    boolean finite = true;
    for (int k = 0; k < forecasts.length; k++) {
      if (k > 0) {
        x[0] = target.clip(y[0]);
        model.step(x, ahead, ahead);
        model.head(ahead, y);
      }
      double predicted = target.unscale(y[0]);
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
