package io.flinklstm.stream;

import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Observations of different streams that wait to be advanced together, each with its stream's
 * state, which must not be touched meanwhile. Not thread-safe.
 */
final class Bundle {

  private final Observation[] observations; // [capacity]
  private final StreamState[] states; // [capacity]
  private final Outcome[] outcomes; // [capacity]
  private final ThrowingRunnable<Exception> conclude;
  private int size;

  /**
   * @param capacity number of observations it holds, at least 1
   * @param conclude advances the waiting observations and emits their outcomes
   */
  Bundle(int capacity, ThrowingRunnable<Exception> conclude) {
    this.observations = new Observation[capacity];
    this.states = new StreamState[capacity];
    this.outcomes = new Outcome[capacity];
    this.conclude = conclude;
  }

  int size() {
    return size;
  }

  Observation observation(int k) {
    return observations[k];
  }

  StreamState state(int k) {
    return states[k];
  }

  /** The outcome of the k-th observation in {@link #advance}. */
  Outcome outcome(int k) {
    return outcomes[k];
  }

  /** How many of the outcomes are predictions. */
  int predictions() {
    int predictions = 0;
    for (int k = 0; k < size; k++) {
      predictions += outcomes[k] instanceof Prediction ? 1 : 0;
    }
    return predictions;
  }

  /** Adds an observation; concludes the bundle once it is full. */
  void add(Observation observation, StreamState state) throws Exception {
    observations[size] = observation;
    states[size] = state;
    size++;
    if (size == observations.length) {
      conclude();
    }
  }

  /** Concludes the bundle if it holds the key, so that the outcomes of a stream stay in order. */
  void concludeIfContains(String key) throws Exception {
    for (int k = 0; k < size; k++) {
      if (observations[k].key().equals(key)) {
        conclude();
        return;
      }
    }
  }

  void conclude() throws Exception {
    if (size > 0) {
      conclude.run();
      size = 0;
    }
  }

  void advance(Forecaster forecaster) {
    forecaster.advance(observations, states, outcomes, size);
  }
}
