package io.flinklstm.stream;

import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Observations of different streams that wait to be advanced together, each with the state of its
 * stream, which is not to be touched meanwhile. Not thread-safe.
 */
final class Bundle {

  private final Observation[] observations; // [capacity]
  private final StreamState[] states; // [capacity]
  private final Outcome[] outcomes; // [capacity]
  private final ThrowingRunnable<Exception> conclude;
  private int size;

  /**
   * @param capacity observations that it takes, at least 1
   * @param conclude advances what waits and hands on what became of it
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

  /** What became of the k-th observation in {@link #advance}. */
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

  /** Lets an observation wait; concludes all if there is no room for another one. */
  void add(Observation observation, StreamState state) throws Exception {
    observations[size] = observation;
    states[size] = state;
    size++;
    if (size == observations.length) {
      conclude();
    }
  }

  /** What comes of a stream comes after what came of it before. */
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
