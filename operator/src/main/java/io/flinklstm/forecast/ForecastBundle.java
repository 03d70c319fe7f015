package io.flinklstm.forecast;

import io.flinklstm.model.LstmState;

/**
 * Observations of different streams that are advanced together, because a large model's weights are
 * then read once for several: {@link #add}, {@link #run}, {@link #outcome} of each, {@link #clear}.
 * What becomes of each of them is, to the bit, what {@link Forecaster#advance} makes of it. Not
 * thread-safe.
 */
public final class ForecastBundle {

  private final Forecaster forecaster;
  private final ForecastStep[] steps; // [capacity]
  private final Outcome[] outcomes; // [capacity]
  private final float[][] x; // [capacity]
  private final LstmState[] lstm; // [capacity]
  private final LstmState[] next; // [capacity]
  private int size;

  ForecastBundle(Forecaster forecaster, int capacity) {
    this.forecaster = forecaster;
    this.steps = new ForecastStep[capacity];
    this.outcomes = new Outcome[capacity];
    this.x = new float[capacity][];
    this.lstm = new LstmState[capacity];
    this.next = new LstmState[capacity];
    for (int k = 0; k < capacity; k++) {
      steps[k] = forecaster.newStep();
    }
  }

  public int size() {
    return size;
  }

  public boolean isFull() {
    return size == steps.length;
  }

  /** Whether an observation of a stream is in the bundle, which then must be run first. */
  public boolean contains(String key) {
    for (int k = 0; k < size; k++) {
      if (steps[k].observation.key().equals(key)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds an observation, unless what becomes of it does not depend on the model.
   *
   * @param state the memory of the observation's stream, as for {@link Forecaster#advance}; not to
   *     be touched before {@link #run}
   * @return null if it was added, otherwise what became of it
   * @throws IllegalStateException if the bundle is full or contains an observation of the stream
   */
  public Outcome add(Observation observation, StreamState state) {
    if (isFull() || contains(observation.key())) {
      throw new IllegalStateException(
          "bundle of "
              + size
              + " observations: expected room and none of key "
              + observation.key()
              + " before another is added; run and clear it first");
    }
    Outcome outcome = forecaster.begin(observation, state, steps[size]);
    if (outcome == null) {
      size++;
    }
    return outcome;
  }

  /** Advances the memories of all that was added. */
  public void run() {
    boolean together = size > 1 && forecaster.carries();
    if (together) {
      for (int k = 0; k < size; k++) {
        x[k] = steps[k].x;
        lstm[k] = steps[k].lstm;
        next[k] = steps[k].next;
      }
      forecaster.step(x, lstm, next, size);
    }
    for (int k = 0; k < size; k++) {
      if (!together) {
        forecaster.step(steps[k]);
      }
      outcomes[k] = forecaster.finish(steps[k]);
    }
  }

  /** The k-th observation that was added. */
  public Observation observation(int k) {
    return steps[k].observation;
  }

  /** The memory of the k-th observation's stream. */
  public StreamState state(int k) {
    return steps[k].state;
  }

  /** What became of the k-th observation in {@link #run}: a prediction or a rejection. */
  public Outcome outcome(int k) {
    return outcomes[k];
  }

  /** Forgets what was added. */
  public void clear() {
    size = 0;
  }
}
