package io.flinklstm.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel on the Vector API, for JVMs started with {@code --add-modules jdk.incubator.vector}.
 *
 * <p>The 4*hiddenSize gate sums are rows of one tall matrix-vector product, cut into panels of
 * eight vectors (the last ones of four and of one). A panel's sums stay in registers while all
 * columns of x and h go by: one broadcast input serves a panel's multiply-adds, and the weights,
 * packed panel by panel, are one sequential stream. Rows are independent, so no sum's order
 * changes; they are padded to whole vectors, all gates together, which for any hiddenSize wastes
 * less than one vector. A step costs about as much as reading the weights from the cache they fit
 * in.
 *
 * <p>The activations run over all gate rows in one pass. In the update of c and h a hiddenSize that
 * is no multiple of the vector's length ends with a vector that overlaps the one before it; it is
 * computed first, because c may be overwritten in place.
 *
 * <p>Bits are those of {@link PlainKernel}: the same operations on each number in the same order,
 * whatever the vector's length. Vectors never leave a method that is not inlined, or they would be
 * boxed; and they are, and slow, until the JIT compiler has compiled the step, so warm up.
 */
final class VectorKernel implements LstmKernel {

  /** Not more than the sixteen partial sums of the head. */
  private static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > Activations.PARTIAL_SUMS
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private static final int LANES = SPECIES.length();

  /** What packs sizes smaller than a vector, which gain nothing. */
  private final LstmKernel small = new PlainKernel();

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Cell cell(
      int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias) {
    return hiddenSize < LANES
        ? small.cell(inputSize, hiddenSize, weightIh, weightHh, bias)
        : new VectorCell(inputSize, hiddenSize, weightIh, weightHh, bias);
  }

  @Override
  public Head head(int hiddenSize, int outputSize, float[] weight, float[] bias) {
    return new VectorHead(hiddenSize, outputSize, weight, bias);
  }

  private static int roundUp(int size) {
    return (size + LANES - 1) / LANES * LANES;
  }

  /** {@link Activations#tanh(float)} of every lane. */
  private static FloatVector tanh(FloatVector x) {
    // Compare and blend keeps NaN at a third of the cost of the API's own min and max.
    FloatVector z =
        x.blend(Activations.LIMIT, x.compare(VectorOperators.GT, Activations.LIMIT))
            .blend(-Activations.LIMIT, x.compare(VectorOperators.LT, -Activations.LIMIT));
    FloatVector s = z.mul(z);
    FloatVector p =
        s.fma(
            FloatVector.broadcast(SPECIES, Activations.P8),
            FloatVector.broadcast(SPECIES, Activations.P7));
    p = s.fma(p, FloatVector.broadcast(SPECIES, Activations.P6));
    p = s.fma(p, FloatVector.broadcast(SPECIES, Activations.P5));
    p = s.fma(p, FloatVector.broadcast(SPECIES, Activations.P4));
    p = s.fma(p, FloatVector.broadcast(SPECIES, Activations.P3));
    p = s.fma(p, FloatVector.broadcast(SPECIES, Activations.P2));
    p = s.fma(p, FloatVector.broadcast(SPECIES, Activations.P1));
    p = s.fma(p, FloatVector.broadcast(SPECIES, 1f));
    FloatVector q =
        s.fma(
            s.fma(
                FloatVector.broadcast(SPECIES, Activations.Q2),
                FloatVector.broadcast(SPECIES, Activations.Q1)),
            FloatVector.broadcast(SPECIES, 1f));
    return z.mul(p).div(q);
  }

  private static final class VectorCell implements Cell {

    private final int inputSize;
    private final int hiddenSize;
    private final float[] weights; // (paddedRows, inputSize + hiddenSize), panel by panel
    private final float[] bias; // (paddedRows), rows i,f,g,o
    private final float[] scale; // (paddedRows), of the activations
    private final float[] shift; // (paddedRows), of the activations
    private final float[] inputs; // (inputSize + hiddenSize), scratch: x then h
    private final float[] gates; // (paddedRows), scratch

    VectorCell(int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias) {
      int paddedRows = roundUp(4 * hiddenSize);
      this.inputSize = inputSize;
      this.hiddenSize = hiddenSize;
      this.inputs = new float[inputSize + hiddenSize];
      this.gates = new float[paddedRows];
      this.bias = java.util.Arrays.copyOf(bias, paddedRows);
      this.scale = Activations.gateScale(hiddenSize, paddedRows);
      this.shift = Activations.gateShift(hiddenSize, paddedRows);
      this.weights = new float[Math.multiplyExact(paddedRows, inputs.length)];
      for (int row = 0, at = 0; row < paddedRows; row += panelRows(row)) {
        int end = row + panelRows(row);
        for (int j = 0; j < inputSize; j++) {
          at = pack(weightIh, inputSize, j, row, end, at);
        }
        for (int j = 0; j < hiddenSize; j++) {
          at = pack(weightHh, hiddenSize, j, row, end, at);
        }
      }
    }

    /** Rows of the panel that begins with a row. */
    private int panelRows(int row) {
      int vectors = (gates.length - row) / LANES;
      return (vectors >= 8 ? 8 : vectors >= 4 ? 4 : 1) * LANES;
    }

    /** Appends rows row to end - 1 of one column, padding with zeros; returns where it ended. */
    private int pack(float[] rowMajor, int columns, int column, int row, int end, int at) {
      for (int r = row; r < Math.min(end, 4 * hiddenSize); r++) {
        weights[at + r - row] = rowMajor[r * columns + column];
      }
      return at + end - row;
    }

    @Override
    public void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext) {
      System.arraycopy(x, 0, inputs, 0, inputSize);
      System.arraycopy(h, 0, inputs, inputSize, hiddenSize);
      for (int row = 0; row < gates.length; row += panelRows(row)) {
        int at = row * inputs.length;
        switch (panelRows(row) / LANES) {
          case 8 -> sumEight(weights, at, inputs, bias, gates, row);
          case 4 -> sumFour(weights, at, inputs, bias, gates, row);
          default -> sumOne(weights, at, inputs, bias, gates, row);
        }
      }
      activate(gates, scale, shift);
      updateCell(gates, hiddenSize, c, cNext);
      updateHidden(gates, hiddenSize, cNext, hNext);
    }

    /** gates = bias + weights * inputs, for the eight vectors of rows from row on. */
    private static void sumEight(
        float[] weights, int from, float[] inputs, float[] bias, float[] gates, int row) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, bias, row);
      FloatVector s1 = FloatVector.fromArray(SPECIES, bias, row + LANES);
      FloatVector s2 = FloatVector.fromArray(SPECIES, bias, row + 2 * LANES);
      FloatVector s3 = FloatVector.fromArray(SPECIES, bias, row + 3 * LANES);
      FloatVector s4 = FloatVector.fromArray(SPECIES, bias, row + 4 * LANES);
      FloatVector s5 = FloatVector.fromArray(SPECIES, bias, row + 5 * LANES);
      FloatVector s6 = FloatVector.fromArray(SPECIES, bias, row + 6 * LANES);
      FloatVector s7 = FloatVector.fromArray(SPECIES, bias, row + 7 * LANES);
      int at = from;
      for (int j = 0; j < inputs.length; j++) {
        FloatVector z = FloatVector.broadcast(SPECIES, inputs[j]);
        s0 = FloatVector.fromArray(SPECIES, weights, at).fma(z, s0);
        s1 = FloatVector.fromArray(SPECIES, weights, at + LANES).fma(z, s1);
        s2 = FloatVector.fromArray(SPECIES, weights, at + 2 * LANES).fma(z, s2);
        s3 = FloatVector.fromArray(SPECIES, weights, at + 3 * LANES).fma(z, s3);
        s4 = FloatVector.fromArray(SPECIES, weights, at + 4 * LANES).fma(z, s4);
        s5 = FloatVector.fromArray(SPECIES, weights, at + 5 * LANES).fma(z, s5);
        s6 = FloatVector.fromArray(SPECIES, weights, at + 6 * LANES).fma(z, s6);
        s7 = FloatVector.fromArray(SPECIES, weights, at + 7 * LANES).fma(z, s7);
        at += 8 * LANES;
      }
      s0.intoArray(gates, row);
      s1.intoArray(gates, row + LANES);
      s2.intoArray(gates, row + 2 * LANES);
      s3.intoArray(gates, row + 3 * LANES);
      s4.intoArray(gates, row + 4 * LANES);
      s5.intoArray(gates, row + 5 * LANES);
      s6.intoArray(gates, row + 6 * LANES);
      s7.intoArray(gates, row + 7 * LANES);
    }

    /** As {@link #sumEight} for four vectors of rows. */
    private static void sumFour(
        float[] weights, int from, float[] inputs, float[] bias, float[] gates, int row) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, bias, row);
      FloatVector s1 = FloatVector.fromArray(SPECIES, bias, row + LANES);
      FloatVector s2 = FloatVector.fromArray(SPECIES, bias, row + 2 * LANES);
      FloatVector s3 = FloatVector.fromArray(SPECIES, bias, row + 3 * LANES);
      int at = from;
      for (int j = 0; j < inputs.length; j++) {
        FloatVector z = FloatVector.broadcast(SPECIES, inputs[j]);
        s0 = FloatVector.fromArray(SPECIES, weights, at).fma(z, s0);
        s1 = FloatVector.fromArray(SPECIES, weights, at + LANES).fma(z, s1);
        s2 = FloatVector.fromArray(SPECIES, weights, at + 2 * LANES).fma(z, s2);
        s3 = FloatVector.fromArray(SPECIES, weights, at + 3 * LANES).fma(z, s3);
        at += 4 * LANES;
      }
      s0.intoArray(gates, row);
      s1.intoArray(gates, row + LANES);
      s2.intoArray(gates, row + 2 * LANES);
      s3.intoArray(gates, row + 3 * LANES);
    }

    /** As {@link #sumEight} for one vector of rows. */
    private static void sumOne(
        float[] weights, int from, float[] inputs, float[] bias, float[] gates, int row) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, bias, row);
      int at = from;
      for (int j = 0; j < inputs.length; j++) {
        s0 =
            FloatVector.fromArray(SPECIES, weights, at)
                .fma(FloatVector.broadcast(SPECIES, inputs[j]), s0);
        at += LANES;
      }
      s0.intoArray(gates, row);
    }

    private static void activate(float[] gates, float[] scale, float[] shift) {
      for (int r = 0; r < gates.length; r += LANES) {
        FloatVector a = FloatVector.fromArray(SPECIES, scale, r);
        tanh(FloatVector.fromArray(SPECIES, gates, r).mul(a))
            .fma(a, FloatVector.fromArray(SPECIES, shift, r))
            .intoArray(gates, r);
      }
    }

    private static void updateCell(float[] gates, int n, float[] c, float[] cNext) {
      FloatVector last = cell(gates, n, c, n - LANES);
      for (int k = 0; k < n - LANES; k += LANES) {
        cell(gates, n, c, k).intoArray(cNext, k);
      }
      last.intoArray(cNext, n - LANES);
    }

    private static void updateHidden(float[] gates, int n, float[] c, float[] hNext) {
      for (int k = 0; k < n; k += LANES) {
        int at = Math.min(k, n - LANES);
        tanh(FloatVector.fromArray(SPECIES, c, at))
            .mul(FloatVector.fromArray(SPECIES, gates, 3 * n + at))
            .intoArray(hNext, at);
      }
    }

    private static FloatVector cell(float[] gates, int n, float[] c, int k) {
      return FloatVector.fromArray(SPECIES, gates, n + k)
          .fma(
              FloatVector.fromArray(SPECIES, c, k),
              FloatVector.fromArray(SPECIES, gates, k)
                  .mul(FloatVector.fromArray(SPECIES, gates, 2 * n + k)));
    }
  }

  private static final class VectorHead implements Head {

    private final int hiddenSize;
    private final float[] weight; // (outputSize, hiddenSize)
    private final float[] bias; // (outputSize)
    private final float[] partial = new float[Activations.PARTIAL_SUMS]; // scratch

    VectorHead(int hiddenSize, int outputSize, float[] weight, float[] bias) {
      this.hiddenSize = hiddenSize;
      this.weight = weight;
      this.bias = bias;
    }

    @Override
    public void apply(float[] h, float[] y) {
      for (int row = 0; row < bias.length; row++) {
        y[row] = dot(weight, row * hiddenSize, h, hiddenSize, partial) + bias[row];
      }
    }

    private static float dot(float[] weight, int offset, float[] h, int n, float[] partial) {
      int whole = n - n % Activations.PARTIAL_SUMS;
      for (int lane = 0; lane < Activations.PARTIAL_SUMS; lane += LANES) {
        FloatVector sum = FloatVector.broadcast(SPECIES, 0f);
        for (int j = lane; j < whole; j += Activations.PARTIAL_SUMS) {
          sum =
              FloatVector.fromArray(SPECIES, weight, offset + j)
                  .fma(FloatVector.fromArray(SPECIES, h, j), sum);
        }
        sum.intoArray(partial, lane);
      }
      for (int j = whole; j < n; j++) {
        partial[j - whole] = Math.fma(weight[offset + j], h[j], partial[j - whole]);
      }
      return Activations.sum(partial);
    }
  }
}
