package io.flinklstm.math;

/**
 * The element-wise half of an LSTM step and of its backward pass, over a batch: everything between
 * the matrix products. The forward pass matches the arithmetic of {@link LstmKernel} bit for bit.
 *
 * <p>With t = tanh(c(t)), and dh and dc the derivatives of the loss with respect to h(t) and c(t)
 * [1]:
 *
 * <pre>
 *   dc      += dh * o * (1 - t^2)
 *   do       = dh * t          * o (1 - o)
 *   di       = dc * g          * i (1 - i)
 *   df       = dc * c(t-1)     * f (1 - f)
 *   dg       = dc * i          * (1 - g^2)
 *   dc(t-1)  = dc * f
 * </pre>
 *
 * <p>where di, df, dg, do are the derivatives with respect to the sums that enter the gates. Every
 * loop runs over whole arrays and stays small, so the JIT compiler vectorises it.
 *
 * <p>[1] F. A. Gers, J. Schmidhuber, F. Cummins: Learning to Forget: Continual Prediction with
 * LSTM. Neural Computation 12(10), 2000; here without its truncation within the step.
 */
public final class CellGradient {

  private CellGradient() {}

  /**
   * Computes h(t) from the gate sums.
   *
   * @param gates [4] of (n), sums of i,f,g,o. Modified: becomes the gates
   * @param c (n), c(t-1). Not modified
   * @param cNext (n), c(t). Modified
   * @param cTanh (n), tanh(c(t)). Modified
   * @param hNext (n), h(t). Modified
   */
  public static void forward(
      float[][] gates, float[] c, float[] cNext, float[] cTanh, float[] hNext) {
    sigmoid(gates[0]);
    sigmoid(gates[1]);
    tanh(gates[2], gates[2]);
    sigmoid(gates[3]);
    updateCell(gates[0], gates[1], gates[2], c, cNext);
    tanh(cNext, cTanh);
    multiply(gates[3], cTanh, hNext);
  }

  /**
   * Turns the derivatives with respect to h(t) and c(t) into those with respect to the gate sums
   * and c(t-1).
   *
   * @param gates [4] of (n), i,f,g,o. Modified: becomes di,df,dg,do
   * @param c (n), c(t-1). Not modified
   * @param cTanh (n), tanh(c(t)). Not modified
   * @param dh (n), the complete derivative with respect to h(t). Not modified
   * @param dc (n), the derivative with respect to c(t) through c(t+1). Modified: becomes the one
   *     with respect to c(t-1) through c(t)
   */
  public static void backward(float[][] gates, float[] c, float[] cTanh, float[] dh, float[] dc) {
    addThroughHidden(gates[3], cTanh, dh, dc);
    outputGate(gates[3], cTanh, dh);
    inputGates(gates[0], gates[2], dc);
    forgetGate(gates[1], c, dc);
  }

  private static void sigmoid(float[] x) {
    for (int k = 0; k < x.length; k++) {
      x[k] = Activations.sigmoid(x[k]);
    }
  }

  private static void tanh(float[] x, float[] y) {
    for (int k = 0; k < x.length; k++) {
      y[k] = Activations.tanh(x[k]);
    }
  }

  private static void updateCell(float[] i, float[] f, float[] g, float[] c, float[] cNext) {
    for (int k = 0; k < cNext.length; k++) {
      cNext[k] = Math.fma(f[k], c[k], i[k] * g[k]);
    }
  }

  private static void multiply(float[] a, float[] b, float[] product) {
    for (int k = 0; k < product.length; k++) {
      product[k] = a[k] * b[k];
    }
  }

  private static void addThroughHidden(float[] o, float[] t, float[] dh, float[] dc) {
    for (int k = 0; k < dc.length; k++) {
      dc[k] = Math.fma(dh[k] * o[k], Math.fma(-t[k], t[k], 1f), dc[k]);
    }
  }

  private static void outputGate(float[] o, float[] t, float[] dh) {
    for (int k = 0; k < o.length; k++) {
      o[k] = dh[k] * t[k] * (o[k] * (1f - o[k]));
    }
  }

  private static void inputGates(float[] i, float[] g, float[] dc) {
    for (int k = 0; k < dc.length; k++) {
      float input = i[k];
      float modulation = g[k];
      i[k] = dc[k] * modulation * (input * (1f - input));
      g[k] = dc[k] * input * Math.fma(-modulation, modulation, 1f);
    }
  }

  private static void forgetGate(float[] f, float[] c, float[] dc) {
    for (int k = 0; k < dc.length; k++) {
      float forget = f[k];
      f[k] = dc[k] * c[k] * (forget * (1f - forget));
      dc[k] *= forget;
    }
  }
}
