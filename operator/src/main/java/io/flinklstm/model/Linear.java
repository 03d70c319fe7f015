package io.flinklstm.model;

import io.flinklstm.math.LstmKernel;
import org.jspecify.annotations.Nullable;

/** The final linear layer, y = V h + d. Owns scratch memory, so it belongs to one thread. */
public final class Linear {

  private final LstmKernel.Head head;

  public Linear(
      int hiddenSize, int outputSize, float[] weight, float @Nullable [] bias, LstmKernel kernel) {
    this.head =
        kernel.head(hiddenSize, outputSize, weight, bias == null ? new float[outputSize] : bias);
  }

  /**
   * @param h (hiddenSize). Not modified
   * @param y (outputSize). Modified
   */
  public void apply(float[] h, float[] y) {
    head.apply(h, y);
  }
}
