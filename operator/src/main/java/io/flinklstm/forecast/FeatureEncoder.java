package io.flinklstm.forecast;

import io.flinklstm.formula.Formula;
import java.util.List;

/**
 * Turns the values of an observation into the model's input by each feature's formula, transform
 * and scaler. Field names are resolved to indices once. Immutable.
 */
final class FeatureEncoder {

  private final Feature[] features; // [inputSize]
  private final Formula.Function[] functions; // [inputSize]
  private final int[] a; // [inputSize], index of the first argument among the values
  private final int[] b; // [inputSize], index of the second argument among the values

  FeatureEncoder(ModelCard card) {
    List<String> fields = card.fields();
    this.features = card.features().toArray(Feature[]::new);
    this.functions = new Formula.Function[features.length];
    this.a = new int[features.length];
    this.b = new int[features.length];
    for (int k = 0; k < features.length; k++) {
      Formula formula = features[k].formula();
      functions[k] = formula.function();
      a[k] = formula.fields().isEmpty() ? -1 : fields.indexOf(formula.fields().get(0));
      b[k] = formula.fields().size() < 2 ? -1 : fields.indexOf(formula.fields().get(1));
    }
  }

  /**
   * Computes the value of every formula.
   *
   * @param values the observation's values. Not modified
   * @param elapsed milliseconds since the key's previous observation
   * @param formulaValues (inputSize). Modified
   */
  void evaluate(double[] values, long elapsed, double[] formulaValues) {
    for (int k = 0; k < features.length; k++) {
      formulaValues[k] =
          functions[k].apply(a[k] < 0 ? 0 : values[a[k]], b[k] < 0 ? 0 : values[b[k]], elapsed);
    }
  }

  /**
   * Computes the scaled value of every feature.
   *
   * @param formulaValues (inputSize). Not modified
   * @param lastValues (inputSize), the formulas' values at the key's previous observation; for the
   *     first, formulaValues itself. Not modified
   * @param scaled (inputSize). Modified
   * @return the index of the first feature that cannot be used, or -1 if all can
   */
  int encode(double[] formulaValues, double[] lastValues, double[] scaled) {
    int unusable = -1;
    for (int k = features.length - 1; k >= 0; k--) {
      scaled[k] = features[k].encode(formulaValues[k], lastValues[k]);
      if (!Double.isFinite(scaled[k]) || !Double.isFinite(formulaValues[k])) {
        unusable = k;
      }
    }
    return unusable;
  }

  /** Why a feature cannot be used; the arguments are those of {@link #encode}. */
  Rejection rejection(int index, double[] formulaValues, double[] lastValues, double[] scaled) {
    Feature feature = features[index];
    if (feature.isOutlier(formulaValues[index], lastValues[index])) {
      return new Rejection(
          RejectionCode.OUTLIER,
          "feature "
              + feature.name()
              + ": expected at most "
              + feature.reject()
              + " standard deviations, got more for a value of "
              + formulaValues[index]);
    }
    return new Rejection(
        RejectionCode.NON_FINITE_FEATURE,
        "feature "
            + feature.name()
            + ": expected "
            + feature.transform().cardName()
            + " of "
            + feature.formula()
            + " to be a finite number, got "
            + formulaValues[index]
            + " from the formula and "
            + scaled[index]
            + " after transform and scaler");
  }

  Feature feature(int index) {
    return features[index];
  }
}
