package io.flinklstm.forecast;

import io.flinklstm.model.LstmState;

/**
 * The memory of one stream: what {@link Forecaster#advance} knows of a key. Mutable and plain, so
 * that it can be changed in place; what is stored of it is the business of its serializer. Not
 * thread-safe.
 */
public final class StreamState {

  private final LstmState lstm;
  private final double[] lastValues; // (number of features), the formulas' last values
  private long steps;
  private long lastEventTime;
  private long lastSequence;
  private long modelHash;

  /** A state that has seen nothing. */
  public StreamState(int numLayers, int hiddenSize, int featureCount) {
    this(new LstmState(numLayers, hiddenSize), new double[featureCount]);
    this.lastSequence = Observation.NO_SEQUENCE;
  }

  private StreamState(LstmState lstm, double[] lastValues) {
    this.lstm = lstm;
    this.lastValues = lastValues;
  }

  public StreamState copy() {
    StreamState copy =
        new StreamState(
            new LstmState(lstm.numLayers(), lstm.hiddenSize()), new double[lastValues.length]);
    copy.lstm.copyFrom(lstm);
    copy.setLastValues(lastValues);
    copy.set(steps, lastEventTime, lastSequence, modelHash);
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

  /** Steps carried since the memory began; 0 for a state that has seen nothing. */
  public long steps() {
    return steps;
  }

  /** Epoch milliseconds of the last observation applied. */
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

  /** Overwrites the scalars. */
  public void set(long steps, long lastEventTime, long lastSequence, long modelHash) {
    this.steps = steps;
    this.lastEventTime = lastEventTime;
    this.lastSequence = lastSequence;
    this.modelHash = modelHash;
  }

  /** Overwrites the last values from an array of the same length. Not modified */
  public void setLastValues(double[] values) {
    System.arraycopy(values, 0, lastValues, 0, lastValues.length);
  }
}
