package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.model.LstmState;

/**
 * The state of one stream: what {@link Forecaster#advance} knows about a key. Mutable and plain, so
 * it can be changed in place; its serializer decides what is stored. Not thread-safe.
 *
 * <p>With context carry it holds h and c of every layer and no window; with context window it holds
 * the last inputs, from which h and c are recomputed at each observation, and no layers.
 */
@PublicEvolving
public final class StreamState {

  /** The last event time of a stream to which nothing has been applied. */
  public static final long NO_EVENT_TIME = Long.MIN_VALUE;

  /** The reclaim time of a state that is kept forever. */
  public static final long NO_RECLAIM_TIME = Long.MAX_VALUE;

  private final LstmState lstm;
  private final double[] lastValues; // (number of features), the formulas' last values
  private final double[] window; // (windowLength, number of features), a ring indexed by step
  private long steps;
  private long lastEventTime;
  private long lastSequence;
  private long modelHash;
  private long history;
  private long reclaimTime;

  /**
   * A state that has seen no observation.
   *
   * @param numLayers layers of h and c, or 0 for none
   * @param hiddenSize width of h and c
   * @param featureCount inputs of the model
   * @param windowLength inputs that are kept, or 0 for none
   */
  public StreamState(int numLayers, int hiddenSize, int featureCount, int windowLength) {
    this.lstm = new LstmState(numLayers, hiddenSize);
    this.lastValues = new double[featureCount];
    this.window = new double[Math.multiplyExact(windowLength, featureCount)];
    this.lastEventTime = NO_EVENT_TIME;
    this.lastSequence = Observation.NO_SEQUENCE;
    this.reclaimTime = NO_RECLAIM_TIME;
  }

  public StreamState copy() {
    StreamState copy =
        new StreamState(
            lstm.numLayers(),
            lstm.hiddenSize(),
            lastValues.length,
            window.length / lastValues.length);
    copy.lstm.copyFrom(lstm);
    copy.setLastValues(lastValues);
    System.arraycopy(window, 0, copy.window, 0, window.length);
    copy.set(steps, lastEventTime, lastSequence, modelHash);
    copy.history = history;
    copy.reclaimTime = reclaimTime;
    return copy;
  }

  /** h and c of every layer: the live object, not a copy. */
  public LstmState lstm() {
    return lstm;
  }

  /** The value of every feature's formula at the last observation: the live array, not a copy. */
  public double[] lastValues() {
    return lastValues;
  }

  /**
   * The scaled values of the last observations, (windowLength, number of features), with step s in
   * row (s-1) mod windowLength: the live array, not a copy.
   */
  public double[] window() {
    return window;
  }

  /** Steps carried since the state started; 0 before the first observation. */
  public long steps() {
    return steps;
  }

  /** Epoch milliseconds of the last observation applied, or {@link #NO_EVENT_TIME}. */
  public long lastEventTime() {
    return lastEventTime;
  }

  /** Sequence of the last observation that had one, or {@link Observation#NO_SEQUENCE}. */
  public long lastSequence() {
    return lastSequence;
  }

  /** The hash of the model that h and c belong to. */
  public long modelHash() {
    return modelHash;
  }

  /**
   * A hash of the observations applied since the state was new, and of the settings they were
   * applied with; 0 before the first one.
   */
  public long history() {
    return history;
  }

  void setHistory(long history) {
    this.history = history;
  }

  /**
   * The event time at which the owner of the state may drop it if the key has been idle until then,
   * or {@link #NO_RECLAIM_TIME}. No forecast depends on it.
   */
  public long reclaimTime() {
    return reclaimTime;
  }

  public void setReclaimTime(long reclaimTime) {
    this.reclaimTime = reclaimTime;
  }

  /** Overwrites the scalars. */
  public void set(long steps, long lastEventTime, long lastSequence, long modelHash) {
    this.steps = steps;
    this.lastEventTime = lastEventTime;
    this.lastSequence = lastSequence;
    this.modelHash = modelHash;
  }

  /** Overwrites the last values from an array of the same length, which is not modified. */
  public void setLastValues(double[] values) {
    System.arraycopy(values, 0, lastValues, 0, lastValues.length);
  }

  /** Overwrites the window's row of a step, if there is a window. The array is not modified. */
  void setInputs(long step, double[] scaled) {
    if (window.length > 0) {
      System.arraycopy(scaled, 0, window, row(step), scaled.length);
    }
  }

  /** Copies the window's row of one of the last windowLength steps. */
  void copyInputs(long step, double[] target, int offset) {
    System.arraycopy(window, row(step), target, offset, lastValues.length);
  }

  private int row(long step) {
    int windowLength = window.length / lastValues.length;
    return (int) ((step - 1) % windowLength) * lastValues.length;
  }
}
