package io.flinklstm.forecast;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmState;
import org.jspecify.annotations.Nullable;

/**
 * One observation while a {@link Forecaster} processes it, with the scratch arrays it needs. Not
 * thread-safe.
 */
final class ForecastStep {

  final double[] formulaValues; // (inputSize)
  final double[] scaled; // (inputSize)
  final float[] x; // (inputSize)
  final LstmState next; // h and c after the step

  // Set for each observation, by Intake.admit and the forecaster.
  int index; // of the observation among those advanced together
  Observation observation;
  StreamState state; // before the step
  double[] lastValues; // (inputSize), the formulas' values at the previous observation
  Prediction.@Nullable Reset reset; // why the state is reset, or null
  boolean newSession; // whether a pause before the observation ended the sequence of the last one
  long gapMs; // the pause before the observation if the state knows it to be a gap, or 0
  int unusable; // index of the first feature that cannot be used, or -1

  @SuppressWarnings("NullAway.Init")
  ForecastStep(LstmConfig config) {
    this.formulaValues = new double[config.inputSize()];
    this.scaled = new double[config.inputSize()];
    this.x = new float[config.inputSize()];
    this.next = new LstmState(config.numLayers(), config.hiddenSize());
  }

  /** Whether the state continues, that is, is not reset. */
  boolean goesOn() {
    return reset == null;
  }
}
