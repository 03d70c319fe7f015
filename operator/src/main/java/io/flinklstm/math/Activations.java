package io.flinklstm.math;

/**
 * tanh and the logistic function in single precision, the same bits on every machine.
 *
 * <p>tanh(x) = x P(x^2) / Q(x^2) with x clamped to [-LIMIT, LIMIT], P of degree 8 and Q of degree 2
 * in x^2, evaluated by Horner's scheme with fused multiply-adds: ten of them, two products, one
 * quotient, no branch, so that loops over it vectorise. The coefficients are a minimax fit of the
 * relative error, refined by a search over neighbouring floats; {@code fit_tanh.py} among the test
 * resources derives and verifies them. Over all floats the absolute error is at most 2.6e-7, the
 * result never exceeds 1, is exactly 1 from LIMIT on, odd, and x itself for tiny x. LIMIT belongs
 * to the fit: with another one the quotient can exceed 1.
 *
 * <p>sigmoid(x) = 1/2 + 1/2 tanh(x/2), absolute error at most 1.6e-7.
 *
 * <p>NaN gives NaN, so that a poisoned state is noticed.
 */
final class Activations {

  private static final float LIMIT = 0x1.00a042p+3f;

  private static final float P1 = 0x1.dd5c12p-4f;
  private static final float P2 = 0x1.7b5fd2p-10f;
  private static final float P3 = -0x1.2a78d6p-17f;
  private static final float P4 = 0x1.9538dcp-24f;
  private static final float P5 = -0x1.0faaa2p-30f;
  private static final float P6 = 0x1.220a90p-37f;
  private static final float P7 = -0x1.96763cp-45f;
  private static final float P8 = 0x1.0d2ebap-53f;
  private static final float Q1 = 0x1.ccac56p-2f;
  private static final float Q2 = 0x1.281a72p-6f;

  private Activations() {}

  static float tanh(float x) {
    // Not x > LIMIT ? ...: C2 vectorises min and max, but no conditional moves. Both keep NaN.
    float z = Math.max(-LIMIT, Math.min(LIMIT, x));
    float s = z * z;
    float p = Math.fma(s, P8, P7);
    p = Math.fma(s, p, P6);
    p = Math.fma(s, p, P5);
    p = Math.fma(s, p, P4);
    p = Math.fma(s, p, P3);
    p = Math.fma(s, p, P2);
    p = Math.fma(s, p, P1);
    p = Math.fma(s, p, 1f);
    float q = Math.fma(s, Math.fma(s, Q2, Q1), 1f);
    return z * p / q;
  }

  static float sigmoid(float x) {
    return Math.fma(0.5f, tanh(0.5f * x), 0.5f);
  }

  /** tanh of values[from] to values[to - 1], in place. */
  static void tanh(float[] values, int from, int to) {
    for (int k = from; k < to; k++) {
      values[k] = tanh(values[k]);
    }
  }

  /** sigmoid of values[from] to values[to - 1], in place. */
  static void sigmoid(float[] values, int from, int to) {
    for (int k = from; k < to; k++) {
      values[k] = sigmoid(values[k]);
    }
  }
}
