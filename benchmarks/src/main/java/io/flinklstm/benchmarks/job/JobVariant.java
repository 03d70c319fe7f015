package io.flinklstm.benchmarks.job;

/**
 * What stands in the place of the forecast.
 *
 * @param place the operator there
 * @param kernel the arithmetic, or null for the pass-through function
 * @param hiddenSize of the model; of no account for the pass-through function
 */
public record JobVariant(Place place, String kernel, int hiddenSize) {

  /** The operators that there are. */
  public enum Place {
    /** {@link PassThroughFunction}. */
    PASS_THROUGH,
    /** The forecast job's own. */
    FORECAST,
    /** The same without bundles: every observation is a step of its own. */
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

  /** The kernel, or that there is none. */
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
