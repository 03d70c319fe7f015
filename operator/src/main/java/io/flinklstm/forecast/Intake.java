package io.flinklstm.forecast;

import org.jspecify.annotations.Nullable;

/**
 * Everything before the LSTM: whether an observation counts, whether it resets the state, and its
 * features. Forecasting and training share it. Not thread-safe.
 */
final class Intake {

  private final FeatureEncoder encoder;
  private final int fieldCount;
  private final boolean resetAfterGap;
  private final long gapMs;
  private final long ttlMs;

  Intake(ModelCard card, StreamPolicy policy) {
    this.encoder = new FeatureEncoder(card);
    this.fieldCount = card.fields().size();
    this.resetAfterGap = policy.gapPolicy() == ModelCard.GapPolicy.RESET;
    this.gapMs = policy.gapMs();
    this.ttlMs = policy.ttlMs();
  }

  Feature feature(int index) {
    return encoder.feature(index);
  }

  /** The defect that makes an observation unusable whatever the state, or null if it has none. */
  @Nullable Rejection defect(Observation observation) {
    return observation.defect(fieldCount);
  }

  /**
   * Examines an observation.
   *
   * @param state its stream's state. Not modified
   * @param step receives what is known about the observation. Modified
   * @return its outcome, or null if it counts
   */
  @Nullable Outcome admit(Observation observation, StreamState state, ForecastStep step) {
    Rejection defect = defect(observation);
    if (defect != null) {
      return defect;
    }
    boolean isNew = state.lastEventTime() == StreamState.NO_EVENT_TIME;
    long pause = isNew ? 0 : pause(observation, state);
    boolean isExpired = pause > ttlMs;
    boolean isGap = pause > gapMs;
    step.newSession = isExpired || isGap && resetAfterGap;
    if (!step.newSession && isDuplicate(observation, state)) {
      return Outcome.Duplicate.DUPLICATE;
    }
    if (observation.eventTime() < state.lastEventTime()) {
      return Outcome.Late.LATE;
    }
    step.observation = observation;
    step.state = state;
    if (isNew) {
      step.reset = Prediction.Reset.NEW;
    } else if (isExpired) {
      // Whatever the model: the state might have been dropped before.
      step.reset = Prediction.Reset.EXPIRED;
    } else if (state.steps() == 0) {
      step.reset = Prediction.Reset.MODEL;
    } else {
      step.reset = step.newSession ? Prediction.Reset.GAP : null;
    }
    boolean knowsThePause = step.reset == null || step.reset == Prediction.Reset.GAP;
    step.gapMs = isGap && knowsThePause ? pause : 0;
    encode(step, step.goesOn() ? pause : 0);
    return step.unusable < 0 ? null : rejection(step);
  }

  /** Milliseconds since the last observation applied; 0 if this one is not newer. */
  private static long pause(Observation observation, StreamState state) {
    if (observation.eventTime() <= state.lastEventTime()) {
      return 0;
    }
    long pause = observation.eventTime() - state.lastEventTime();
    return pause < 0 ? Long.MAX_VALUE : pause; // the difference may have 65 bits
  }

  private static boolean isDuplicate(Observation observation, StreamState state) {
    return observation.sequence() != Observation.NO_SEQUENCE
        && observation.sequence() <= state.lastSequence();
  }

  private void encode(ForecastStep step, long elapsedMs) {
    encoder.evaluate(step.observation.values(), elapsedMs, step.formulaValues);
    step.lastValues = step.goesOn() ? step.state.lastValues() : step.formulaValues;
    step.unusable = encoder.encode(step.formulaValues, step.lastValues, step.scaled);
    for (int k = 0; k < step.x.length; k++) {
      step.x[k] = (float) step.scaled[k];
    }
  }

  /** Why the step's feature {@code unusable} cannot be used. */
  Rejection rejection(ForecastStep step) {
    return encoder.rejection(step.unusable, step.formulaValues, step.lastValues, step.scaled);
  }

  /**
   * Updates everything in the stream's state except h, c and history to what it is after the
   * observation.
   */
  void commit(ForecastStep step, long modelHash) {
    StreamState state = step.state;
    long sequence = step.observation.sequence();
    long steps = step.goesOn() ? state.steps() + 1 : 1;
    state.setInputs(steps, step.scaled);
    state.setLastValues(step.formulaValues);
    state.set(
        steps,
        step.observation.eventTime(),
        step.newSession ? sequence : Math.max(sequence, state.lastSequence()),
        modelHash);
  }
}
