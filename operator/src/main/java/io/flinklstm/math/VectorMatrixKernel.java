package io.flinklstm.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The matrix products on the Vector API, for JVMs started with {@code --add-modules
 * jdk.incubator.vector}.
 *
 * <p>The sums are cut into tiles of four rows by four vectors (with 512 bits) or by two, which stay
 * in registers while the columns of the left matrix pass by: a vector of the right matrix serves
 * four multiply-adds, a broadcast element of the left one as many as the tile is wide. The
 * remaining edges are computed by tiles of one vector and by single elements, in the same order.
 */
final class VectorMatrixKernel implements MatrixKernel {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private static final int LANES = SPECIES.length();

  /** Vectors across a wide tile: sixteen sums need the 32 registers of 512-bit vectors. */
  private static final int WIDE = LANES >= 16 ? 4 : 2;

  @Override
  public void multiplyAdd(Matrix a, Matrix b, Matrix sums) {
    int j = 0;
    for (; j + WIDE * LANES <= sums.columns(); j += WIDE * LANES) {
      addWide(a, b, sums, j);
    }
    for (; j + LANES <= sums.columns(); j += LANES) {
      addNarrow(a, b, sums, j);
    }
    for (; j < sums.columns(); j++) {
      addColumn(a, b, sums, j);
    }
  }

  private static void addWide(Matrix a, Matrix b, Matrix sums, int j) {
    int i = 0;
    for (; i + 4 <= sums.rows(); i += 4) {
      if (WIDE == 4) {
        addFourByFour(a, b, sums, i, j);
      } else {
        addFourByTwo(a, b, sums, i, j);
      }
    }
    for (; i < sums.rows(); i++) {
      for (int v = 0; v < WIDE; v++) {
        addOneByOne(a, b, sums, i, j + v * LANES);
      }
    }
  }

  private static void addNarrow(Matrix a, Matrix b, Matrix sums, int j) {
    int i = 0;
    for (; i + 4 <= sums.rows(); i += 4) {
      addFourByOne(a, b, sums, i, j);
    }
    for (; i < sums.rows(); i++) {
      addOneByOne(a, b, sums, i, j);
    }
  }

  private static void addFourByFour(Matrix a, Matrix b, Matrix sums, int i, int j) {
    float[] c = sums.data();
    int c0 = sums.offset() + i * sums.rowStride() + j;
    int c1 = c0 + sums.rowStride();
    int c2 = c1 + sums.rowStride();
    int c3 = c2 + sums.rowStride();
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
    FloatVector s03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector s12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES);
    FloatVector s13 = FloatVector.fromArray(SPECIES, c, c1 + 3 * LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector s22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES);
    FloatVector s23 = FloatVector.fromArray(SPECIES, c, c2 + 3 * LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    FloatVector s32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES);
    FloatVector s33 = FloatVector.fromArray(SPECIES, c, c3 + 3 * LANES);
    float[] left = a.data();
    int row = a.rowStride();
    int at = a.offset() + i * row;
    float[] right = b.data();
    int from = b.offset() + j;
    for (int k = 0; k < a.columns(); k++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, right, from);
      FloatVector w1 = FloatVector.fromArray(SPECIES, right, from + LANES);
      FloatVector w2 = FloatVector.fromArray(SPECIES, right, from + 2 * LANES);
      FloatVector w3 = FloatVector.fromArray(SPECIES, right, from + 3 * LANES);
      FloatVector z = FloatVector.broadcast(SPECIES, left[at]);
      s00 = w0.fma(z, s00);
      s01 = w1.fma(z, s01);
      s02 = w2.fma(z, s02);
      s03 = w3.fma(z, s03);
      z = FloatVector.broadcast(SPECIES, left[at + row]);
      s10 = w0.fma(z, s10);
      s11 = w1.fma(z, s11);
      s12 = w2.fma(z, s12);
      s13 = w3.fma(z, s13);
      z = FloatVector.broadcast(SPECIES, left[at + 2 * row]);
      s20 = w0.fma(z, s20);
      s21 = w1.fma(z, s21);
      s22 = w2.fma(z, s22);
      s23 = w3.fma(z, s23);
      z = FloatVector.broadcast(SPECIES, left[at + 3 * row]);
      s30 = w0.fma(z, s30);
      s31 = w1.fma(z, s31);
      s32 = w2.fma(z, s32);
      s33 = w3.fma(z, s33);
      at += a.columnStride();
      from += b.rowStride();
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s02.intoArray(c, c0 + 2 * LANES);
    s03.intoArray(c, c0 + 3 * LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s13.intoArray(c, c1 + 3 * LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s23.intoArray(c, c2 + 3 * LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s32.intoArray(c, c3 + 2 * LANES);
    s33.intoArray(c, c3 + 3 * LANES);
  }

  private static void addFourByTwo(Matrix a, Matrix b, Matrix sums, int i, int j) {
    float[] c = sums.data();
    int c0 = sums.offset() + i * sums.rowStride() + j;
    int c1 = c0 + sums.rowStride();
    int c2 = c1 + sums.rowStride();
    int c3 = c2 + sums.rowStride();
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c3);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
    float[] left = a.data();
    int row = a.rowStride();
    int at = a.offset() + i * row;
    float[] right = b.data();
    int from = b.offset() + j;
    for (int k = 0; k < a.columns(); k++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, right, from);
      FloatVector w1 = FloatVector.fromArray(SPECIES, right, from + LANES);
      FloatVector z = FloatVector.broadcast(SPECIES, left[at]);
      s00 = w0.fma(z, s00);
      s01 = w1.fma(z, s01);
      z = FloatVector.broadcast(SPECIES, left[at + row]);
      s10 = w0.fma(z, s10);
      s11 = w1.fma(z, s11);
      z = FloatVector.broadcast(SPECIES, left[at + 2 * row]);
      s20 = w0.fma(z, s20);
      s21 = w1.fma(z, s21);
      z = FloatVector.broadcast(SPECIES, left[at + 3 * row]);
      s30 = w0.fma(z, s30);
      s31 = w1.fma(z, s31);
      at += a.columnStride();
      from += b.rowStride();
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
  }

  private static void addFourByOne(Matrix a, Matrix b, Matrix sums, int i, int j) {
    float[] c = sums.data();
    int c0 = sums.offset() + i * sums.rowStride() + j;
    int c1 = c0 + sums.rowStride();
    int c2 = c1 + sums.rowStride();
    int c3 = c2 + sums.rowStride();
    FloatVector s0 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s1 = FloatVector.fromArray(SPECIES, c, c1);
    FloatVector s2 = FloatVector.fromArray(SPECIES, c, c2);
    FloatVector s3 = FloatVector.fromArray(SPECIES, c, c3);
    float[] left = a.data();
    int row = a.rowStride();
    int at = a.offset() + i * row;
    int from = b.offset() + j;
    for (int k = 0; k < a.columns(); k++) {
      FloatVector w = FloatVector.fromArray(SPECIES, b.data(), from);
      s0 = w.fma(FloatVector.broadcast(SPECIES, left[at]), s0);
      s1 = w.fma(FloatVector.broadcast(SPECIES, left[at + row]), s1);
      s2 = w.fma(FloatVector.broadcast(SPECIES, left[at + 2 * row]), s2);
      s3 = w.fma(FloatVector.broadcast(SPECIES, left[at + 3 * row]), s3);
      at += a.columnStride();
      from += b.rowStride();
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c1);
    s2.intoArray(c, c2);
    s3.intoArray(c, c3);
  }

  private static void addOneByOne(Matrix a, Matrix b, Matrix sums, int i, int j) {
    int target = sums.offset() + i * sums.rowStride() + j;
    FloatVector s = FloatVector.fromArray(SPECIES, sums.data(), target);
    float[] left = a.data();
    int at = a.offset() + i * a.rowStride();
    int from = b.offset() + j;
    for (int k = 0; k < a.columns(); k++) {
      FloatVector w = FloatVector.fromArray(SPECIES, b.data(), from);
      s = w.fma(FloatVector.broadcast(SPECIES, left[at]), s);
      at += a.columnStride();
      from += b.rowStride();
    }
    s.intoArray(sums.data(), target);
  }

  private static void addColumn(Matrix a, Matrix b, Matrix sums, int j) {
    for (int i = 0; i < sums.rows(); i++) {
      int target = sums.offset() + i * sums.rowStride() + j;
      float sum = sums.data()[target];
      int at = a.offset() + i * a.rowStride();
      int from = b.offset() + j;
      for (int k = 0; k < a.columns(); k++) {
        sum = Math.fma(a.data()[at], b.data()[from], sum);
        at += a.columnStride();
        from += b.rowStride();
      }
      sums.data()[target] = sum;
    }
  }
}
