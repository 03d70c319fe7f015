package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;

/**
 * The trained gain and bias of reversible instance normalization, one of each per feature with
 * transform revin, in the order of these features. The arrays are shared and never modified.
 *
 * @param weight the gains
 * @param bias the biases, as many as gains
 */
@PublicEvolving
public record RevinAffine(float[] weight, float[] bias) implements Serializable {

  /**
   * @throws IllegalArgumentException if the lengths differ or a number is NaN or infinite
   */
  public RevinAffine {
    if (weight.length != bias.length) {
      throw new IllegalArgumentException(
          "affine_bias: expected "
              + weight.length
              + " numbers (as many as affine_weight), got "
              + bias.length);
    }
    for (int k = 0; k < weight.length; k++) {
      if (!Float.isFinite(weight[k]) || !Float.isFinite(bias[k])) {
        throw new IllegalArgumentException(
            "affine_weight, affine_bias: expected finite numbers, got "
                + weight[k]
                + ", "
                + bias[k]
                + " at index "
                + k);
      }
    }
  }
}
