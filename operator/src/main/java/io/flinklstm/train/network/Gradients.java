package io.flinklstm.train.network;

/** Operations on a gradient before an optimiser applies it. */
public final class Gradients {

  private Gradients() {}

  /** The Euclidean norm over all arrays together. */
  public static double norm(LstmParameters gradient) {
    double sum = 0;
    for (float[] array : gradient.arrays()) {
      for (float value : array) {
        sum += (double) value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /**
   * Shortens the gradient to a norm if it is longer, like {@code torch.nn.utils.clip_grad_norm_},
   * by the factor min(1, maxNorm / (norm + 1e-6)).
   *
   * @param gradient scaled in place. Modified
   * @param maxNorm positive
   * @return the norm before clipping
   */
  public static double clip(LstmParameters gradient, double maxNorm) {
    double norm = norm(gradient);
    float factor = (float) Math.min(1, maxNorm / (norm + 1e-6));
    for (float[] array : gradient.arrays()) {
      scale(array, factor);
    }
    return norm;
  }

  private static void scale(float[] array, float factor) {
    for (int k = 0; k < array.length; k++) {
      array[k] *= factor;
    }
  }
}
