package io.flinklstm.math;

/**
 * The parts of the bit contract that all kernels share: tanh and the logistic function in single
 * precision, with the same bits on every machine, and the summation order of the head.
 *
 * <p>tanh(x) = x P(x^2) / Q(x^2) with x clamped to [-LIMIT, LIMIT], P of degree 8 and Q of degree 2
 * in x^2, evaluated by Horner's scheme: ten fused multiply-adds, two products, one quotient and no
 * branch, so loops over it vectorise. The coefficients are a minimax fit of the relative error,
 * refined by a search over neighbouring floats; {@code fit_tanh.py} among the test resources
 * derives and verifies them. Over all floats the absolute error is at most 2.6e-7; the function is
 * odd, never exceeds 1, is exactly 1 from LIMIT on and returns x itself for tiny x. LIMIT is part
 * of the fit: with another value the quotient can exceed 1.
 *
 * <p>sigmoid(x) = 1/2 + 1/2 tanh(x/2), absolute error at most 1.6e-7.
 *
 * <p>NaN gives NaN, so a poisoned state is detected.
 */
final class Activations {

  /** Partial sums of the head; h[j] goes to partial sum j mod PARTIAL_SUMS. */
  static final int PARTIAL_SUMS = 16;

  static final float LIMIT = 0x1.00a042p+3f;

  static final float P1 = 0x1.dd5c12p-4f;
  static final float P2 = 0x1.7b5fd2p-10f;
  static final float P3 = -0x1.2a78d6p-17f;
  static final float P4 = 0x1.9538dcp-24f;
  static final float P5 = -0x1.0faaa2p-30f;
  static final float P6 = 0x1.220a90p-37f;
  static final float P7 = -0x1.96763cp-45f;
  static final float P8 = 0x1.0d2ebap-53f;
  static final float Q1 = 0x1.ccac56p-2f;
  static final float Q2 = 0x1.281a72p-6f;

  private Activations() {}

  static float tanh(float x) {
    // Not x > LIMIT ? ...: C2 vectorises min and max but not conditional moves. Both keep NaN.
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

  /**
   * The factors a such that row r of the gates i,f,g,o is fma(a, tanh(a * z), {@link #gateShift
   * b}): one formula for sigmoid and tanh, so one loop serves all gates.
   *
   * @param rows 4*hiddenSize or more; the rest is padding
   */
  static float[] gateScale(int hiddenSize, int rows) {
    return gateConstants(hiddenSize, rows, 1f, 0.5f);
  }

  /** The summands b for {@link #gateScale}. Adding -0 changes no number, not even +0. */
  static float[] gateShift(int hiddenSize, int rows) {
    return gateConstants(hiddenSize, rows, -0f, 0.5f);
  }

  private static float[] gateConstants(int hiddenSize, int rows, float tanh, float sigmoid) {
    float[] constants = new float[rows];
    for (int r = 0; r < rows; r++) {
      constants[r] = r / hiddenSize == 2 ? tanh : sigmoid;
    }
    return constants;
  }

  /**
   * Applies the activations of all gates in place.
   *
   * @param gates (rows), the gate sums. Modified
   * @param scale (rows), {@link #gateScale}. Not modified
   * @param shift (rows), {@link #gateShift}. Not modified
   */
  static void activate(float[] gates, float[] scale, float[] shift) {
    for (int r = 0; r < gates.length; r++) {
      gates[r] = Math.fma(scale[r], tanh(scale[r] * gates[r]), shift[r]);
    }
  }

  /** partial[k] += partial[k + w] for w = 8, 4, 2, 1, written out; p is not modified. */
  static float sum(float[] p) {
    float even = ((p[0] + p[8]) + (p[4] + p[12])) + ((p[2] + p[10]) + (p[6] + p[14]));
    float odd = ((p[1] + p[9]) + (p[5] + p[13])) + ((p[3] + p[11]) + (p[7] + p[15]));
    return even + odd;
  }
}
