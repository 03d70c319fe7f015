package io.flinklstm.math;

/**
 * The kernel in plain Java, written so that the JIT compiler turns its loops into vector code.
 *
 * <p>The four gates of all hidden units are one array of 4*hiddenSize sums. A step adds to it one
 * column of the weights after the other, each times its input: the axpy form of a matrix-vector
 * product, whose inner loop runs over independent sums and therefore vectorises without changing
 * the order of any of them. Four columns are fused into one pass, so that a sum is loaded and
 * stored once for four multiply-adds. Every column is an array of its own, because HotSpot's C2
 * does not vectorise the same loop over offsets into one flat array.
 */
final class PlainKernel implements LstmKernel {

  /** Partial sums of the head; part of the bit contract. */
  private static final int LANES = 16;

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Cell cell(
      int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias) {
    float[][] columns = new float[inputSize + hiddenSize][];
    for (int j = 0; j < inputSize; j++) {
      columns[j] = column(weightIh, 4 * hiddenSize, inputSize, j);
    }
    for (int j = 0; j < hiddenSize; j++) {
      columns[inputSize + j] = column(weightHh, 4 * hiddenSize, hiddenSize, j);
    }
    return new PlainCell(inputSize, hiddenSize, columns, bias);
  }

  @Override
  public Head head(int hiddenSize, int outputSize, float[] weight, float[] bias) {
    return new PlainHead(hiddenSize, outputSize, weight, bias);
  }

  private static float[] column(float[] rowMajor, int rows, int columns, int j) {
    float[] column = new float[rows];
    for (int r = 0; r < rows; r++) {
      column[r] = rowMajor[r * columns + j];
    }
    return column;
  }

  private static final class PlainCell implements Cell {
    private final int inputSize;
    private final int hiddenSize;
    private final float[][] columns; // [inputSize + hiddenSize] of (4*hiddenSize), rows i,f,g,o
    private final float[] bias; // (4*hiddenSize)
    private final float[] inputs; // (inputSize + hiddenSize), scratch: x then h
    private final float[] gates; // (4*hiddenSize), scratch
    private final float[] tanhC; // (hiddenSize), scratch

    PlainCell(int inputSize, int hiddenSize, float[][] columns, float[] bias) {
      this.inputSize = inputSize;
      this.hiddenSize = hiddenSize;
      this.columns = columns;
      this.bias = bias;
      this.inputs = new float[inputSize + hiddenSize];
      this.gates = new float[4 * hiddenSize];
      this.tanhC = new float[hiddenSize];
    }

    @Override
    public void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext) {
      System.arraycopy(x, 0, inputs, 0, inputSize);
      System.arraycopy(h, 0, inputs, inputSize, hiddenSize);
      System.arraycopy(bias, 0, gates, 0, gates.length);
      int j = 0;
      for (; j + 4 <= inputs.length; j += 4) {
        addFour(
            gates,
            columns[j],
            columns[j + 1],
            columns[j + 2],
            columns[j + 3],
            inputs[j],
            inputs[j + 1],
            inputs[j + 2],
            inputs[j + 3]);
      }
      for (; j < inputs.length; j++) {
        addOne(gates, columns[j], inputs[j]);
      }
      int n = hiddenSize;
      Activations.sigmoid(gates, 0, 2 * n);
      Activations.tanh(gates, 2 * n, 3 * n);
      Activations.sigmoid(gates, 3 * n, 4 * n);
      updateCell(gates, n, c, cNext);
      System.arraycopy(cNext, 0, tanhC, 0, n);
      Activations.tanh(tanhC, 0, n);
      for (int k = 0; k < n; k++) {
        hNext[k] = gates[3 * n + k] * tanhC[k];
      }
    }

    private static void addFour(
        float[] sums,
        float[] column0,
        float[] column1,
        float[] column2,
        float[] column3,
        float z0,
        float z1,
        float z2,
        float z3) {
      for (int r = 0; r < sums.length; r++) {
        float sum = Math.fma(column0[r], z0, sums[r]);
        sum = Math.fma(column1[r], z1, sum);
        sum = Math.fma(column2[r], z2, sum);
        sums[r] = Math.fma(column3[r], z3, sum);
      }
    }

    private static void addOne(float[] sums, float[] column, float z) {
      for (int r = 0; r < sums.length; r++) {
        sums[r] = Math.fma(column[r], z, sums[r]);
      }
    }

    private static void updateCell(float[] gates, int n, float[] c, float[] cNext) {
      for (int k = 0; k < n; k++) {
        cNext[k] = Math.fma(gates[n + k], c[k], gates[k] * gates[2 * n + k]);
      }
    }
  }

  private static final class PlainHead implements Head {
    private final int hiddenSize;
    private final int outputSize;
    private final float[] weight; // (outputSize, hiddenSize)
    private final float[] bias; // (outputSize)
    private final float[] partial = new float[LANES]; // scratch

    PlainHead(int hiddenSize, int outputSize, float[] weight, float[] bias) {
      this.hiddenSize = hiddenSize;
      this.outputSize = outputSize;
      this.weight = weight;
      this.bias = bias;
    }

    @Override
    public void apply(float[] h, float[] y) {
      for (int row = 0; row < outputSize; row++) {
        y[row] = dot(row * hiddenSize, h) + bias[row];
      }
    }

    private float dot(int offset, float[] h) {
      java.util.Arrays.fill(partial, 0f);
      for (int j = 0; j < hiddenSize; j++) {
        int lane = j % LANES;
        partial[lane] = Math.fma(weight[offset + j], h[j], partial[lane]);
      }
      for (int width = LANES / 2; width > 0; width /= 2) {
        for (int k = 0; k < width; k++) {
          partial[k] += partial[k + width];
        }
      }
      return partial[0];
    }
  }
}
