package io.flinklstm.math;

/**
 * The kernel in plain Java, written so that the JIT compiler turns its loops into vector code.
 *
 * <p>The four gates of all hidden units are one array of 4*hiddenSize sums. A step adds the columns
 * of the weights to it one after another, each times its input: the axpy form of a matrix-vector
 * product, whose inner loop runs over independent sums and therefore vectorises without changing
 * the order of any of them. Six columns are fused into one pass, so a sum is loaded and stored once
 * for six multiply-adds; with eight, C2 gives up. Every column is its own array, because C2 does
 * not vectorise the same loop over offsets into one flat array. For the same reason the output gate
 * is copied before it is multiplied by tanh(c).
 */
final class PlainKernel implements LstmKernel {

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
    float[] column = new float[padded(rows)];
    for (int r = 0; r < rows; r++) {
      column[r] = rowMajor[r * columns + j];
    }
    return column;
  }

  /**
   * Rounds a number of rows up so that an array of that length, with its 16-byte header, fills
   * whole cache lines. All columns, allocated one after another, then start at the same offset in a
   * cache line, which is faster than at four different ones.
   */
  static int padded(int rows) {
    return (rows + 3) / 16 * 16 + 12;
  }

  /** sums += column j times input j, for ascending j. */
  static void addAll(float[] sums, float[][] columns, float[] inputs) {
    int j = 0;
    for (; j + 6 <= inputs.length; j += 6) {
      addSix(sums, columns, inputs, j);
    }
    for (; j + 3 <= inputs.length; j += 3) {
      addThree(sums, columns, inputs, j);
    }
    for (; j < inputs.length; j++) {
      addOne(sums, columns[j], inputs[j]);
    }
  }

  private static void addSix(float[] sums, float[][] columns, float[] inputs, int j) {
    float[] w0 = columns[j];
    float[] w1 = columns[j + 1];
    float[] w2 = columns[j + 2];
    float[] w3 = columns[j + 3];
    float[] w4 = columns[j + 4];
    float[] w5 = columns[j + 5];
    float z0 = inputs[j];
    float z1 = inputs[j + 1];
    float z2 = inputs[j + 2];
    float z3 = inputs[j + 3];
    float z4 = inputs[j + 4];
    float z5 = inputs[j + 5];
    for (int r = 0; r < sums.length; r++) {
      float sum = Math.fma(w0[r], z0, sums[r]);
      sum = Math.fma(w1[r], z1, sum);
      sum = Math.fma(w2[r], z2, sum);
      sum = Math.fma(w3[r], z3, sum);
      sum = Math.fma(w4[r], z4, sum);
      sums[r] = Math.fma(w5[r], z5, sum);
    }
  }

  private static void addThree(float[] sums, float[][] columns, float[] inputs, int j) {
    float[] w0 = columns[j];
    float[] w1 = columns[j + 1];
    float[] w2 = columns[j + 2];
    float z0 = inputs[j];
    float z1 = inputs[j + 1];
    float z2 = inputs[j + 2];
    for (int r = 0; r < sums.length; r++) {
      float sum = Math.fma(w0[r], z0, sums[r]);
      sum = Math.fma(w1[r], z1, sum);
      sums[r] = Math.fma(w2[r], z2, sum);
    }
  }

  private static void addOne(float[] sums, float[] column, float z) {
    for (int r = 0; r < sums.length; r++) {
      sums[r] = Math.fma(column[r], z, sums[r]);
    }
  }

  private static final class PlainCell implements Cell {
    private final int inputSize;
    private final int hiddenSize;
    private final float[][] columns; // [inputSize + hiddenSize] of (4*hiddenSize, padded), i,f,g,o
    private final float[] bias; // (4*hiddenSize)
    private final float[] inputs; // (inputSize + hiddenSize), scratch: x then h
    private final float[] gates; // (4*hiddenSize), scratch
    private final float[] outputGate; // (hiddenSize), scratch
    private final float[] scale; // (4*hiddenSize), of the activations
    private final float[] shift; // (4*hiddenSize), of the activations

    PlainCell(int inputSize, int hiddenSize, float[][] columns, float[] bias) {
      this.inputSize = inputSize;
      this.hiddenSize = hiddenSize;
      this.columns = columns;
      this.bias = bias;
      this.inputs = new float[inputSize + hiddenSize];
      this.gates = new float[4 * hiddenSize];
      this.outputGate = new float[hiddenSize];
      this.scale = Activations.gateScale(hiddenSize, gates.length);
      this.shift = Activations.gateShift(hiddenSize, gates.length);
    }

    @Override
    public void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext) {
      System.arraycopy(x, 0, inputs, 0, inputSize);
      System.arraycopy(h, 0, inputs, inputSize, hiddenSize);
      System.arraycopy(bias, 0, gates, 0, gates.length);
      addAll(gates, columns, inputs);
      Activations.activate(gates, scale, shift);
      updateCell(gates, hiddenSize, c, cNext);
      System.arraycopy(gates, 3 * hiddenSize, outputGate, 0, hiddenSize);
      updateHidden(outputGate, cNext, hNext);
    }

    private static void updateCell(float[] gates, int n, float[] c, float[] cNext) {
      for (int k = 0; k < n; k++) {
        cNext[k] = Math.fma(gates[n + k], c[k], gates[k] * gates[2 * n + k]);
      }
    }

    private static void updateHidden(float[] outputGate, float[] c, float[] hNext) {
      for (int k = 0; k < outputGate.length; k++) {
        hNext[k] = outputGate[k] * Activations.tanh(c[k]);
      }
    }
  }

  private static final class PlainHead implements Head {
    private final int hiddenSize;
    private final int outputSize;
    private final float[] weight; // (outputSize, hiddenSize)
    private final float[] bias; // (outputSize)
    private final float[] partial = new float[Activations.PARTIAL_SUMS]; // scratch

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

    /** The partial sums are separate variables, because C2 keeps no array in registers. */
    private float dot(int offset, float[] h) {
      float[] w = weight;
      int whole = hiddenSize - hiddenSize % Activations.PARTIAL_SUMS;
      float p0 = 0f;
      float p1 = 0f;
      float p2 = 0f;
      float p3 = 0f;
      float p4 = 0f;
      float p5 = 0f;
      float p6 = 0f;
      float p7 = 0f;
      float p8 = 0f;
      float p9 = 0f;
      float p10 = 0f;
      float p11 = 0f;
      float p12 = 0f;
      float p13 = 0f;
      float p14 = 0f;
      float p15 = 0f;
      for (int j = 0; j < whole; j += Activations.PARTIAL_SUMS) {
        int at = offset + j;
        p0 = Math.fma(w[at], h[j], p0);
        p1 = Math.fma(w[at + 1], h[j + 1], p1);
        p2 = Math.fma(w[at + 2], h[j + 2], p2);
        p3 = Math.fma(w[at + 3], h[j + 3], p3);
        p4 = Math.fma(w[at + 4], h[j + 4], p4);
        p5 = Math.fma(w[at + 5], h[j + 5], p5);
        p6 = Math.fma(w[at + 6], h[j + 6], p6);
        p7 = Math.fma(w[at + 7], h[j + 7], p7);
        p8 = Math.fma(w[at + 8], h[j + 8], p8);
        p9 = Math.fma(w[at + 9], h[j + 9], p9);
        p10 = Math.fma(w[at + 10], h[j + 10], p10);
        p11 = Math.fma(w[at + 11], h[j + 11], p11);
        p12 = Math.fma(w[at + 12], h[j + 12], p12);
        p13 = Math.fma(w[at + 13], h[j + 13], p13);
        p14 = Math.fma(w[at + 14], h[j + 14], p14);
        p15 = Math.fma(w[at + 15], h[j + 15], p15);
      }
      partial[0] = p0;
      partial[1] = p1;
      partial[2] = p2;
      partial[3] = p3;
      partial[4] = p4;
      partial[5] = p5;
      partial[6] = p6;
      partial[7] = p7;
      partial[8] = p8;
      partial[9] = p9;
      partial[10] = p10;
      partial[11] = p11;
      partial[12] = p12;
      partial[13] = p13;
      partial[14] = p14;
      partial[15] = p15;
      for (int j = whole; j < hiddenSize; j++) {
        partial[j - whole] = Math.fma(w[offset + j], h[j], partial[j - whole]);
      }
      return Activations.sum(partial);
    }
  }
}
