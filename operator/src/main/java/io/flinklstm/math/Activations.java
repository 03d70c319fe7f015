package io.flinklstm.math;

/**
 * tanh and the logistic function in single precision, the same bits on every machine.
 *
 * <p>PLACEHOLDER
 */
final class Activations {

  private static final float LIMIT = 9f;

  private Activations() {}

  static float tanh(float x) {
    return (float) StrictMath.tanh(x);
  }

  static float sigmoid(float x) {
    return Math.fma(0.5f, tanh(0.5f * x), 0.5f);
  }

  static void tanh(float[] values, int from, int to) {
    for (int k = from; k < to; k++) {
      values[k] = tanh(values[k]);
    }
  }

  static void sigmoid(float[] values, int from, int to) {
    for (int k = from; k < to; k++) {
      values[k] = sigmoid(values[k]);
    }
  }
}
