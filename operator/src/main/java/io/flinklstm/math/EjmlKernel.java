package io.flinklstm.math;

import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/**
 * The readable reference: the LSTM equations as EJML matrix operations.
 *
 * <p>It sums along the rows of the weights and takes its activations from {@link StrictMath} in
 * double precision, so it agrees with the other kernels up to rounding, not to the bit. The
 * matrices are views of the callers' arrays: a step copies and allocates nothing.
 */
final class EjmlKernel implements LstmKernel {

  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public boolean isBitExact() {
    return false;
  }

  @Override
  public Cell cell(
      int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias) {
    return new EjmlCell(
        FMatrixRMaj.wrap(4 * hiddenSize, inputSize, weightIh),
        FMatrixRMaj.wrap(4 * hiddenSize, hiddenSize, weightHh),
        FMatrixRMaj.wrap(4 * hiddenSize, 1, bias));
  }

  @Override
  public Head head(int hiddenSize, int outputSize, float[] weight, float[] bias) {
    return new EjmlHead(
        FMatrixRMaj.wrap(outputSize, hiddenSize, weight), FMatrixRMaj.wrap(outputSize, 1, bias));
  }

  private static float sigmoid(float x) {
    return (float) (1.0 / (1.0 + StrictMath.exp(-x)));
  }

  private static float tanh(float x) {
    return (float) StrictMath.tanh(x);
  }

  private static final class EjmlCell implements Cell {
    private final FMatrixRMaj weightIh; // (4*hiddenSize, inputSize)
    private final FMatrixRMaj weightHh; // (4*hiddenSize, hiddenSize)
    private final FMatrixRMaj bias; // (4*hiddenSize, 1)
    private final FMatrixRMaj gates; // (4*hiddenSize, 1), scratch, rows i,f,g,o
    private final FMatrixRMaj x; // (inputSize, 1), view
    private final FMatrixRMaj h; // (hiddenSize, 1), view

    EjmlCell(FMatrixRMaj weightIh, FMatrixRMaj weightHh, FMatrixRMaj bias) {
      this.weightIh = weightIh;
      this.weightHh = weightHh;
      this.bias = bias;
      this.gates = new FMatrixRMaj(bias.numRows, 1);
      this.x = new FMatrixRMaj(weightIh.numCols, 1);
      this.h = new FMatrixRMaj(weightHh.numCols, 1);
    }

    @Override
    public void step(float[] xData, float[] hData, float[] c, float[] hNext, float[] cNext) {
      x.setData(xData);
      h.setData(hData);
      CommonOps_FDRM.mult(weightIh, x, gates);
      CommonOps_FDRM.multAdd(weightHh, h, gates);
      CommonOps_FDRM.addEquals(gates, bias);
      int n = h.numRows;
      for (int k = 0; k < n; k++) {
        float i = sigmoid(gates.data[k]);
        float f = sigmoid(gates.data[n + k]);
        float g = tanh(gates.data[2 * n + k]);
        float o = sigmoid(gates.data[3 * n + k]);
        cNext[k] = f * c[k] + i * g;
        hNext[k] = o * tanh(cNext[k]);
      }
    }
  }

  private static final class EjmlHead implements Head {
    private final FMatrixRMaj weight; // (outputSize, hiddenSize)
    private final FMatrixRMaj bias; // (outputSize, 1)
    private final FMatrixRMaj h; // (hiddenSize, 1), view
    private final FMatrixRMaj y; // (outputSize, 1), view

    EjmlHead(FMatrixRMaj weight, FMatrixRMaj bias) {
      this.weight = weight;
      this.bias = bias;
      this.h = new FMatrixRMaj(weight.numCols, 1);
      this.y = new FMatrixRMaj(weight.numRows, 1);
    }

    @Override
    public void apply(float[] hData, float[] yData) {
      h.setData(hData);
      y.setData(yData);
      CommonOps_FDRM.mult(weight, h, y);
      CommonOps_FDRM.addEquals(y, bias);
    }
  }
}
