package io.flinklstm.forecast;

import io.flinklstm.model.LstmConfig;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a stream's observations for training as a {@link Forecaster} does before the LSTM: the
 * same observations count, the state is reset at the same ones, and the features have the same
 * bits. Handles one stream at a time. Not thread-safe.
 */
public final class ObservationEncoder {

  private static final long NO_MODEL = 0;

  private final Intake intake;
  private final ForecastStep step;
  private final double[] lastValues; // (inputSize)
  private StreamState state;

  public ObservationEncoder(ModelCard card) {
    this.intake = new Intake(card, StreamPolicy.of(card));
    this.lastValues = new double[card.features().size()];
    this.step = new ForecastStep(new LstmConfig(lastValues.length, 1, 1, 1));
    begin();
  }

  /** Forgets the stream; the next observation is the first of another one. */
  public void begin() {
    state = new StreamState(0, 0, lastValues.length, 0);
  }

  /**
   * Applies an observation.
   *
   * @return null if it counts, and its features are then available until the next call; otherwise
   *     its outcome
   */
  public @Nullable Outcome encode(Observation observation) {
    Outcome outcome = intake.admit(observation, state, step);
    if (outcome == null) {
      System.arraycopy(step.lastValues, 0, lastValues, 0, lastValues.length);
      intake.commit(step, NO_MODEL);
    }
    return outcome;
  }

  /** Whether the observation resets the stream's state. */
  public boolean isReset() {
    return !step.goesOn();
  }

  /**
   * (inputSize), the scaled and clipped features, narrowed to floats unless they are
   * window-relative: the live array.
   */
  public double[] scaled() {
    return step.scaled;
  }

  /** (inputSize), the value of every feature's formula: the live array. */
  public double[] values() {
    return step.formulaValues;
  }

  /** {@link #values()} at the previous observation; after a reset, the current ones. */
  public double[] lastValues() {
    return lastValues;
  }
}
