package io.flinklstm.benchmarks.job;

/**
 * What stands in the place of the forecast.
 *
 * @param kernel the arithmetic, or null for the pass-through function
 * @param hiddenSize of the model; of no account for the pass-through function
 */
public record JobVariant(String kernel, int hiddenSize) {

  public static final String PASS_THROUGH = "pass-through";

  public static JobVariant passThrough(int hiddenSize) {
    return new JobVariant(null, hiddenSize);
  }

  public boolean isPassThrough() {
    return kernel == null;
  }

  /** The kernel, or that there is none. */
  public String name() {
    return isPassThrough() ? PASS_THROUGH : kernel;
  }

  @Override
  public String toString() {
    return isPassThrough() ? PASS_THROUGH : kernel + "-" + hiddenSize;
  }
}
