package io.flinklstm.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel on the Vector API, for JVMs started with {@code --add-modules jdk.incubator.vector}.
 *
 * <p>The 4*hiddenSize gate sums are the rows of one tall matrix-vector product, cut into panels of
 * eight vectors (some of five or four). A panel's sums stay in registers while all columns of x and
 * h pass by: one broadcast input serves a panel's multiply-adds, and the weights, packed panel by
 * panel, are one sequential stream. Rows are independent, so no sum's order changes; the rows of
 * all four gates are padded together to whole vectors, which wastes little. A step takes about as
 * long as reading the weights from the cache they fit in, so every second step runs through the
 * panels in reverse: it starts with those that the previous step left in the nearest cache.
 *
 * <p>With 512-bit vectors, which leave enough registers, several states are advanced together: four
 * of them share each load of the weights, on which a step of a large layer waits.
 *
 * <p>The activations run over all gate rows in one pass. If hiddenSize is not a multiple of the
 * vector length, the update of c and h ends with a vector that overlaps the one before it; for c it
 * is computed first, because c may be overwritten in place.
 *
 * <p>The bits are those of {@link PlainKernel}: the same operations on each number in the same
 * order, whatever the vector length. Vectors never leave a method that is not inlined, because they
 * would be boxed there. Until the JIT compiler has compiled the step they are boxed anyway, and
 * slow, so warm up first.
 */
final class VectorKernel implements LstmKernel {

  /** No wider than the sixteen partial sums of the head. */
  private static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > Activations.PARTIAL_SUMS
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private static final int LANES = SPECIES.length();

  /**
   * States that share each load of the weights: 512-bit vectors have enough registers for 4 x 4
   * sums.
   */
  private static final int TILE = 4;

  private static final boolean TILES = LANES == 16;

  /** Packs layers narrower than a vector, which gain nothing from vectors. */
  private final LstmKernel small = new PlainKernel();

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public boolean gainsByBundles() {
    return TILES;
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

  /** {@link Activations#tanh(float)} of every lane. */
  private static FloatVector tanh(FloatVector x) {
    // Compare and blend keeps NaN, and costs less than the API's own min and max.
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
    private final int[] panels; // the first row of each, then the end of the last
    private final float[] weights; // (rows, inputSize + hiddenSize), panel by panel
    private final float[] bias; // (rows), i,f,g,o, then padding
    private final float[] scale; // (rows), of the activations
    private final float[] shift; // (rows), of the activations
    private final float[][] gates; // [MAX_BUNDLE, or 1 without tiles] of (rows), scratch
    private final float[][] biases; // [MAX_BUNDLE], every entry is bias
    private boolean backwards; // whether the next step goes from the last panel to the first

    VectorCell(int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias) {
      this.inputSize = inputSize;
      this.hiddenSize = hiddenSize;
      this.panels = panels((4 * hiddenSize + LANES - 1) / LANES);
      int rows = panels[panels.length - 1];
      this.bias = java.util.Arrays.copyOf(bias, rows);
      this.scale = Activations.gateScale(hiddenSize, rows);
      this.shift = Activations.gateShift(hiddenSize, rows);
      this.gates = new float[TILES ? MAX_BUNDLE : 1][rows];
      this.biases = new float[MAX_BUNDLE][];
      java.util.Arrays.fill(biases, this.bias);
      this.weights = new float[Math.multiplyExact(rows, inputSize + hiddenSize)];
      for (int k = 0; k < panels.length - 1; k++) {
        int at = panels[k] * (inputSize + hiddenSize);
        at = pack(weightIh, inputSize, k, at);
        pack(weightHh, hiddenSize, k, at);
      }
    }

    /**
     * Cuts the vectors of rows, at least four, into panels of eight, five and four: with fewer than
     * four sums at a time, the multiply-adds would wait for each other. Only six, seven and eleven
     * need padding for that.
     */
    private static int[] panels(int vectors) {
      for (int eights = vectors / 8; eights >= 0; eights--) {
        int rest = vectors - 8 * eights;
        int fives = rest % 4;
        if (5 * fives <= rest) {
          int fours = (rest - 5 * fives) / 4;
          int[] panels = new int[eights + fives + fours + 1];
          for (int k = 0; k < panels.length - 1; k++) {
            int width = k < eights ? 8 : k < eights + fives ? 5 : 4;
            panels[k + 1] = panels[k] + width * LANES;
          }
          return panels;
        }
      }
      return panels(vectors + 1);
    }

    /** Appends a panel's rows of all columns, padded with zeros; returns their end. */
    private int pack(float[] rowMajor, int columns, int panel, int from) {
      int at = from;
      for (int j = 0; j < columns; j++) {
        for (int r = panels[panel]; r < panels[panel + 1]; r++) {
          weights[at++] = r < 4 * hiddenSize ? rowMajor[r * columns + j] : 0f;
        }
      }
      return at;
    }

    @Override
    public void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext) {
      for (int k = 0; k < panels.length - 1; k++) {
        add(turned(k), x, h, gates[0]);
      }
      backwards = !backwards;
      update(gates[0], c, hNext, cNext);
    }

    @Override
    public void step(
        float[][] x, float[][] h, float[][] c, float[][] hNext, float[][] cNext, int count) {
      int tiled = TILES ? count - count % TILE : 0;
      for (int k = 0; k < panels.length - 1 && tiled > 0; k++) {
        for (int from = 0; from < tiled; from += TILE) {
          addTile(turned(k), x, h, from);
        }
      }
      backwards ^= tiled > 0;
      for (int k = 0; k < tiled; k++) {
        update(gates[k], c[k], hNext[k], cNext[k]);
      }
      for (int k = tiled; k < count; k++) {
        step(x[k], h[k], c[k], hNext[k], cNext[k]);
      }
    }

    /** The k-th panel of this step. */
    private int turned(int k) {
      return backwards ? panels.length - 2 - k : k;
    }

    private int vectors(int panel) {
      return (panels[panel + 1] - panels[panel]) / LANES;
    }

    /** sums = bias + W x + U h, for the rows of a panel. */
    private void add(int panel, float[] x, float[] h, float[] sums) {
      int row = panels[panel];
      int vectors = vectors(panel);
      int at = row * (inputSize + hiddenSize);
      add(vectors, at, x, bias, sums, row);
      add(vectors, at + vectors * LANES * inputSize, h, sums, sums, row);
    }

    /**
     * As {@link #add(int, float[], float[], float[])}, for {@link #TILE} states starting with a
     * given one.
     */
    private void addTile(int panel, float[][] x, float[][] h, int from) {
      int vectors = vectors(panel);
      if (vectors % 4 != 0) {
        for (int k = from; k < from + TILE; k++) {
          add(panel, x[k], h[k], gates[k]);
        }
        return;
      }
      int stride = vectors * LANES;
      int at = panels[panel] * (inputSize + hiddenSize);
      for (int v = 0; v < stride; v += 4 * LANES) {
        int row = panels[panel] + v;
        addFourOfFour(weights, at + v, stride, x, biases, gates, from, row);
        addFourOfFour(weights, at + stride * inputSize + v, stride, h, gates, gates, from, row);
      }
    }

    private void update(float[] gates, float[] c, float[] hNext, float[] cNext) {
      activate(gates, scale, shift);
      updateCell(gates, hiddenSize, c, cNext);
      updateHidden(gates, hiddenSize, cNext, hNext);
    }

    private void add(int vectors, int at, float[] inputs, float[] start, float[] sums, int row) {
      switch (vectors) {
        case 8 -> addEight(weights, at, inputs, start, sums, row);
        case 5 -> addFive(weights, at, inputs, start, sums, row);
        default -> addFour(weights, at, inputs, start, sums, row);
      }
    }

    /** sums = start + weights * inputs, for eight vectors of rows starting at row. */
    private static void addEight(
        float[] weights, int from, float[] inputs, float[] start, float[] sums, int row) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector s1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector s2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector s3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      FloatVector s4 = FloatVector.fromArray(SPECIES, start, row + 4 * LANES);
      FloatVector s5 = FloatVector.fromArray(SPECIES, start, row + 5 * LANES);
      FloatVector s6 = FloatVector.fromArray(SPECIES, start, row + 6 * LANES);
      FloatVector s7 = FloatVector.fromArray(SPECIES, start, row + 7 * LANES);
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
      s0.intoArray(sums, row);
      s1.intoArray(sums, row + LANES);
      s2.intoArray(sums, row + 2 * LANES);
      s3.intoArray(sums, row + 3 * LANES);
      s4.intoArray(sums, row + 4 * LANES);
      s5.intoArray(sums, row + 5 * LANES);
      s6.intoArray(sums, row + 6 * LANES);
      s7.intoArray(sums, row + 7 * LANES);
    }

    /** As {@link #addEight} for five vectors of rows. */
    private static void addFive(
        float[] weights, int from, float[] inputs, float[] start, float[] sums, int row) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector s1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector s2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector s3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      FloatVector s4 = FloatVector.fromArray(SPECIES, start, row + 4 * LANES);
      int at = from;
      for (int j = 0; j < inputs.length; j++) {
        FloatVector z = FloatVector.broadcast(SPECIES, inputs[j]);
        s0 = FloatVector.fromArray(SPECIES, weights, at).fma(z, s0);
        s1 = FloatVector.fromArray(SPECIES, weights, at + LANES).fma(z, s1);
        s2 = FloatVector.fromArray(SPECIES, weights, at + 2 * LANES).fma(z, s2);
        s3 = FloatVector.fromArray(SPECIES, weights, at + 3 * LANES).fma(z, s3);
        s4 = FloatVector.fromArray(SPECIES, weights, at + 4 * LANES).fma(z, s4);
        at += 5 * LANES;
      }
      s0.intoArray(sums, row);
      s1.intoArray(sums, row + LANES);
      s2.intoArray(sums, row + 2 * LANES);
      s3.intoArray(sums, row + 3 * LANES);
      s4.intoArray(sums, row + 4 * LANES);
    }

    /** As {@link #addEight} for four vectors of rows. */
    private static void addFour(
        float[] weights, int from, float[] inputs, float[] start, float[] sums, int row) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector s1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector s2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector s3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      int at = from;
      for (int j = 0; j < inputs.length; j++) {
        FloatVector z = FloatVector.broadcast(SPECIES, inputs[j]);
        s0 = FloatVector.fromArray(SPECIES, weights, at).fma(z, s0);
        s1 = FloatVector.fromArray(SPECIES, weights, at + LANES).fma(z, s1);
        s2 = FloatVector.fromArray(SPECIES, weights, at + 2 * LANES).fma(z, s2);
        s3 = FloatVector.fromArray(SPECIES, weights, at + 3 * LANES).fma(z, s3);
        at += 4 * LANES;
      }
      s0.intoArray(sums, row);
      s1.intoArray(sums, row + LANES);
      s2.intoArray(sums, row + 2 * LANES);
      s3.intoArray(sums, row + 3 * LANES);
    }

    /** As {@link #addEight} for four vectors of rows and four states that share the weights. */
    private static void addFourOfFour(
        float[] weights,
        int from,
        int stride,
        float[][] inputs,
        float[][] starts,
        float[][] sums,
        int state,
        int row) {
      float[] a = inputs[state];
      float[] b = inputs[state + 1];
      float[] c = inputs[state + 2];
      float[] d = inputs[state + 3];
      float[] start = starts[state];
      FloatVector a0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector a1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector a2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector a3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      start = starts[state + 1];
      FloatVector b0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector b3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      start = starts[state + 2];
      FloatVector c0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector c1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector c2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector c3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      start = starts[state + 3];
      FloatVector d0 = FloatVector.fromArray(SPECIES, start, row);
      FloatVector d1 = FloatVector.fromArray(SPECIES, start, row + LANES);
      FloatVector d2 = FloatVector.fromArray(SPECIES, start, row + 2 * LANES);
      FloatVector d3 = FloatVector.fromArray(SPECIES, start, row + 3 * LANES);
      int at = from;
      for (int j = 0; j < a.length; j++) {
        FloatVector w0 = FloatVector.fromArray(SPECIES, weights, at);
        FloatVector w1 = FloatVector.fromArray(SPECIES, weights, at + LANES);
        FloatVector w2 = FloatVector.fromArray(SPECIES, weights, at + 2 * LANES);
        FloatVector w3 = FloatVector.fromArray(SPECIES, weights, at + 3 * LANES);
        FloatVector z = FloatVector.broadcast(SPECIES, a[j]);
        a0 = w0.fma(z, a0);
        a1 = w1.fma(z, a1);
        a2 = w2.fma(z, a2);
        a3 = w3.fma(z, a3);
        z = FloatVector.broadcast(SPECIES, b[j]);
        b0 = w0.fma(z, b0);
        b1 = w1.fma(z, b1);
        b2 = w2.fma(z, b2);
        b3 = w3.fma(z, b3);
        z = FloatVector.broadcast(SPECIES, c[j]);
        c0 = w0.fma(z, c0);
        c1 = w1.fma(z, c1);
        c2 = w2.fma(z, c2);
        c3 = w3.fma(z, c3);
        z = FloatVector.broadcast(SPECIES, d[j]);
        d0 = w0.fma(z, d0);
        d1 = w1.fma(z, d1);
        d2 = w2.fma(z, d2);
        d3 = w3.fma(z, d3);
        at += stride;
      }
      float[] sum = sums[state];
      a0.intoArray(sum, row);
      a1.intoArray(sum, row + LANES);
      a2.intoArray(sum, row + 2 * LANES);
      a3.intoArray(sum, row + 3 * LANES);
      sum = sums[state + 1];
      b0.intoArray(sum, row);
      b1.intoArray(sum, row + LANES);
      b2.intoArray(sum, row + 2 * LANES);
      b3.intoArray(sum, row + 3 * LANES);
      sum = sums[state + 2];
      c0.intoArray(sum, row);
      c1.intoArray(sum, row + LANES);
      c2.intoArray(sum, row + 2 * LANES);
      c3.intoArray(sum, row + 3 * LANES);
      sum = sums[state + 3];
      d0.intoArray(sum, row);
      d1.intoArray(sum, row + LANES);
      d2.intoArray(sum, row + 2 * LANES);
      d3.intoArray(sum, row + 3 * LANES);
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
