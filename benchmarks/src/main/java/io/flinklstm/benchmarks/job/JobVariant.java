package io.flinklstm.benchmarks.job;

/**
 * The forecast operator, or a replacement for it.
 *
 * @param place which operator
 * @param kernel the arithmetic, or null for the pass-through function
 * @param hiddenSize of the model; irrelevant for the pass-through function
 */
public record JobVariant(Place place, String kernel, int hiddenSize) {

  /** The operators. */
  public enum Place {
    /** {@link PassThroughFunction}. */
    PASS_THROUGH,
    /** The forecast job's own. */
    FORECAST,
    /** The same without bundling: every observation is a separate step. */
    ONE_BY_ONE
  }

  public static final String PASS_THROUGH = "pass-through";

  public static JobVariant passThrough(int hiddenSize) {
    return new JobVariant(Place.PASS_THROUGH, null, hiddenSize);
  }

  public static JobVariant forecast(String kernel, int hiddenSize) {
    return new JobVariant(Place.FORECAST, kernel, hiddenSize);
  }

  public static JobVariant oneByOne(String kernel, int hiddenSize) {
    return new JobVariant(Place.ONE_BY_ONE, kernel, hiddenSize);
  }

  public boolean isPassThrough() {
    return place == Place.PASS_THROUGH;
  }

  /** The name of the kernel or of the pass-through function. */
  public String name() {
    return switch (place) {
      case PASS_THROUGH -> PASS_THROUGH;
      case FORECAST -> kernel;
      case ONE_BY_ONE -> kernel + "-one-by-one";
    };
  }

  @Override
  public String toString() {
    return isPassThrough() ? name() : name() + "-" + hiddenSize;
  }
}
