package io.flinklstm.math;

import java.util.ArrayList;
import java.util.List;

/**
 * The matrix products in plain Java that the JIT compiler turns into vector code: the rows of the
 * right matrix are added to a row of sums one after another, each times an element of the left one.
 *
 * <p>As in {@link PlainKernel}, six rows are fused into one pass, and every row is first copied to
 * its own array, because C2 does not vectorise the same loop over offsets into one array. C2's
 * vector loops start and end with scalar iterations, so long rows pay off: the rows of several
 * right matrices are joined into one.
 */
final class PlainMatrixKernel implements MatrixKernel {

  private final Matrix[] oneRight = new Matrix[1];
  private final Matrix[] oneSum = new Matrix[1];
  private final List<Scratch> scratches = new ArrayList<>(); // one for each size so far

  /**
   * @param columns m
   * @param right [k] of (m, padded), the right matrices side by side
   * @param sums (m, padded), one row of all sums side by side
   * @param left (k), one row of the left matrix
   */
  private record Scratch(int columns, float[][] right, float[] sums, float[] left) {}

  @Override
  public void multiplyAdd(Matrix a, Matrix b, Matrix sums) {
    oneRight[0] = b;
    oneSum[0] = sums;
    multiplyAdd(a, oneRight, oneSum);
  }

  @Override
  public void multiplyAdd(Matrix a, Matrix[] b, Matrix[] sums) {
    int m = 0;
    for (Matrix right : b) {
      m += right.columns();
    }
    Scratch scratch = scratch(a.columns(), m);
    for (int j = 0; j < scratch.right.length; j++) {
      load(b, j, scratch.right[j]);
    }
    for (int i = 0; i < a.rows(); i++) {
      int from = a.offset() + i * a.rowStride();
      for (int j = 0; j < scratch.left.length; j++) {
        scratch.left[j] = a.data()[from + j * a.columnStride()];
      }
      load(sums, i, scratch.sums);
      PlainKernel.addAll(scratch.sums, scratch.right, scratch.left);
      store(scratch.sums, sums, i);
    }
  }

  /** Copies row i of all matrices into one row, side by side. */
  private static void load(Matrix[] matrices, int i, float[] row) {
    int at = 0;
    for (Matrix matrix : matrices) {
      int from = matrix.offset() + i * matrix.rowStride();
      System.arraycopy(matrix.data(), from, row, at, matrix.columns());
      at += matrix.columns();
    }
  }

  private static void store(float[] row, Matrix[] matrices, int i) {
    int at = 0;
    for (Matrix matrix : matrices) {
      int to = matrix.offset() + i * matrix.rowStride();
      System.arraycopy(row, at, matrix.data(), to, matrix.columns());
      at += matrix.columns();
    }
  }

  private Scratch scratch(int k, int m) {
    for (Scratch scratch : scratches) {
      if (scratch.left.length == k && scratch.columns == m) {
        return scratch;
      }
    }
    int padded = PlainKernel.padded(m);
    Scratch scratch = new Scratch(m, new float[k][padded], new float[padded], new float[k]);
    scratches.add(scratch);
    return scratch;
  }
}
