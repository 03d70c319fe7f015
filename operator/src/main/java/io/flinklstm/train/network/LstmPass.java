package io.flinklstm.train.network;

import io.flinklstm.model.LstmConfig;
import org.jspecify.annotations.Nullable;

/**
 * The results of a pass over a batch, in buffers that are allocated once and overwritten by every
 * pass of the same sizes. Not thread-safe.
 */
public final class LstmPass {

  private final LstmConfig config;
  private final int batch;
  private final int steps;
  private final HeadSteps headSteps;
  private final float[] y; // (batch, outputSize) or (batch, steps, outputSize)
  private final float @Nullable [] inputGradient; // (batch, steps, inputSize), if wanted
  private final BatchState finalState;
  private final BatchState initialGradient;
  private final LstmParameters gradient;

  /**
   * @param withInputGradient whether the derivatives with respect to x are wanted; they cost extra
   */
  public LstmPass(
      LstmConfig config, int batch, int steps, HeadSteps headSteps, boolean withInputGradient) {
    this.config = config;
    this.batch = batch;
    this.steps = steps;
    this.headSteps = headSteps;
    this.y = new float[batch * headSteps.count(steps) * config.outputSize()];
    this.inputGradient = withInputGradient ? new float[batch * steps * config.inputSize()] : null;
    this.finalState = BatchState.zeros(config, batch);
    this.initialGradient = BatchState.zeros(config, batch);
    this.gradient = LstmParameters.zeros(config);
  }

  public LstmConfig config() {
    return config;
  }

  public int batch() {
    return batch;
  }

  public int steps() {
    return steps;
  }

  public HeadSteps headSteps() {
    return headSteps;
  }

  /** The outputs, (batch, outputSize) or (batch, steps, outputSize): the live array. */
  public float[] y() {
    return y;
  }

  /** h and c after the last step: the live arrays. */
  public BatchState finalState() {
    return finalState;
  }

  /** The derivatives of the loss with respect to the parameters: live. */
  public LstmParameters gradient() {
    return gradient;
  }

  /** The derivatives of the loss with respect to h and c before the first step: the live arrays. */
  public BatchState initialGradient() {
    return initialGradient;
  }

  /**
   * The derivatives of the loss with respect to x, (batch, steps, inputSize): the live array, or
   * null.
   */
  public float @Nullable [] inputGradient() {
    return inputGradient;
  }
}
