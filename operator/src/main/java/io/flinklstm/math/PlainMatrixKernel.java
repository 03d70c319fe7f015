package io.flinklstm.math;

/**
 * The matrix products in plain Java that the JIT compiler turns into vector code: a row of sums
 * grows by one row of the right matrix after the other, each times a number of the left one.
 *
 * <p>As in {@link PlainKernel}, six rows are fused into one pass, and every row is copied to an
 * array of its own first, because C2 does not vectorise the same loop over offsets into one array.
 */
final class PlainMatrixKernel implements MatrixKernel {

  private float[][] rows = new float[0][]; // [k] of (m), scratch: the right matrix
  private float[] inputs = new float[0]; // (k), scratch: a row of the left matrix
  private float[] row = new float[0]; // (m), scratch: a row of the sums

  @Override
  public void multiplyAdd(Matrix a, Matrix b, Matrix sums) {
    resize(b.rows(), b.columns());
    for (int j = 0; j < b.rows(); j++) {
      System.arraycopy(b.data(), b.offset() + j * b.rowStride(), rows[j], 0, b.columns());
    }
    for (int i = 0; i < a.rows(); i++) {
      int from = a.offset() + i * a.rowStride();
      for (int j = 0; j < a.columns(); j++) {
        inputs[j] = a.data()[from + j * a.columnStride()];
      }
      int at = sums.offset() + i * sums.rowStride();
      System.arraycopy(sums.data(), at, row, 0, row.length);
      PlainKernel.addAll(row, rows, inputs);
      System.arraycopy(row, 0, sums.data(), at, row.length);
    }
  }

  private void resize(int k, int m) {
    if (inputs.length != k || row.length != m) {
      rows = new float[k][m];
      inputs = new float[k];
      row = new float[m];
    }
  }
}
