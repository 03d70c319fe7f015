package io.flinklstm.forecast;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The model's inputs over a window: the last {@code lookback} observations of a stream, including
 * the newest, or fewer if the stream is shorter. Scratch arrays of one {@link Forecaster}, or of a
 * training that sees the forecaster's inputs. Not thread-safe.
 *
 * <p>A feature with a window-relative transform is expressed in a frame fitted to its values z_1
 * ... z_n in the window, and so is the model's output y for it:
 *
 * <pre>
 *   x_t = (z_t - offset) / scale * gain + bias        z = (y - bias) / outputGain * scale + offset
 *
 *   minus_last   offset = z_n, scale = 1, without gain and bias
 *   revin [1]    offset = mean(z), scale = sqrt(var(z) + 1e-5), var over the population;
 *                gain, bias: the affine parameters, if any; outputGain = gain + 1e-10
 * </pre>
 *
 * <p>[1] T. Kim et al.: Reversible Instance Normalization for Accurate Time-Series Forecasting
 * against Distribution Shift. ICLR 2022.
 */
public final class InputWindow {

  private static final double EPSILON = 1e-5;

  private final Transform[] transforms; // [inputSize]
  private final double[] rows; // (lookback, inputSize), scaled values, oldest first
  private final double[] offset; // (inputSize)
  private final double[] scale; // (inputSize)
  private final double[] gain; // (inputSize)
  private final double[] outputGain; // (inputSize)
  private final double[] bias; // (inputSize)
  private int length;

  /**
   * @param affine the affine parameters of the features with transform revin, or null for none
   */
  public InputWindow(ModelCard card, @Nullable RevinAffine affine) {
    int inputSize = card.features().size();
    this.transforms = card.features().stream().map(Feature::transform).toArray(Transform[]::new);
    this.rows = new double[card.lookback() * inputSize];
    this.offset = new double[inputSize];
    this.scale = filled(inputSize, 1);
    this.gain = filled(inputSize, 1);
    this.outputGain = filled(inputSize, 1);
    this.bias = new double[inputSize];
    int revin = 0;
    for (int k = 0; affine != null && k < inputSize; k++) {
      if (transforms[k] == Transform.REVIN) {
        gain[k] = affine.weight()[revin];
        outputGain[k] = gain[k] + EPSILON * EPSILON;
        bias[k] = affine.bias()[revin++];
      }
    }
  }

  private static double[] filled(int length, double value) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return values;
  }

  /**
   * Moves the window so that it ends with a new observation.
   *
   * @param state the stream's state before it. Not modified
   * @param steps observations in that state, 0 if it is reset
   * @param newest (inputSize), the new observation's scaled values. Not modified
   */
  void slide(StreamState state, long steps, double[] newest) {
    int lookback = rows.length / newest.length;
    length = (int) Math.min(steps, lookback - 1) + 1;
    for (int row = 0; row < length - 1; row++) {
      state.copyInputs(steps - (length - 2) + row, rows, row * newest.length);
    }
    System.arraycopy(newest, 0, rows, (length - 1) * newest.length, newest.length);
    fit();
  }

  /**
   * Fills the window with given rows.
   *
   * @param source (rows, inputSize), scaled values. Not modified
   * @param first the oldest row
   * @param count number of rows, 1 to lookback
   */
  public void load(double[] source, int first, int count) {
    int inputSize = transforms.length;
    length = count;
    System.arraycopy(source, first * inputSize, rows, 0, count * inputSize);
    fit();
  }

  private void fit() {
    for (int k = 0; k < transforms.length; k++) {
      if (transforms[k] == Transform.MINUS_LAST) {
        offset[k] = rows[(length - 1) * transforms.length + k];
      } else if (transforms[k] == Transform.REVIN) {
        fit(k);
      }
    }
  }

  private void fit(int feature) {
    double sum = 0;
    for (int row = 0; row < length; row++) {
      sum += rows[row * transforms.length + feature];
    }
    double mean = sum / length;
    double squares = 0;
    for (int row = 0; row < length; row++) {
      double deviation = rows[row * transforms.length + feature] - mean;
      squares += deviation * deviation;
    }
    offset[feature] = mean;
    scale[feature] = Math.sqrt(squares / length + EPSILON);
  }

  /** Observations in the window, at least 1. */
  public int length() {
    return length;
  }

  /**
   * Computes the model's input for a row.
   *
   * @param row the row's index; 0 is the oldest
   * @param x (inputSize). Modified
   * @return the index of the first feature that is not finite, or -1 if all are
   */
  public int input(int row, float[] x) {
    int notFinite = -1;
    for (int k = x.length - 1; k >= 0; k--) {
      double z = rows[row * x.length + k];
      x[k] =
          transforms[k].isWindowRelative()
              ? (float) ((z - offset[k]) / scale[k] * gain[k] + bias[k])
              : (float) z;
      if (!Float.isFinite(x[k])) {
        notFinite = k;
      }
    }
    return notFinite;
  }

  /** The model output that stands for a scaled value: the training target. */
  public double encode(int feature, double z) {
    return transforms[feature].isWindowRelative()
        ? (z - offset[feature]) / scale[feature] * outputGain[feature] + bias[feature]
        : z;
  }

  /** The scaled value that a model output stands for. */
  double decode(int feature, double y) {
    return transforms[feature].isWindowRelative()
        ? (y - bias[feature]) / outputGain[feature] * scale[feature] + offset[feature]
        : y;
  }
}
