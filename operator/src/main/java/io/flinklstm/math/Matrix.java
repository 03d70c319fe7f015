package io.flinklstm.math;

/**
 * A matrix that lies in an array: a view, nothing is copied. The element of row r and column c is
 * {@code data[offset + r * rowStride + c * columnStride]}.
 *
 * @param rows how many, at least 1
 * @param columns how many, at least 1
 */
public record Matrix(
    float[] data, int offset, int rows, int columns, int rowStride, int columnStride) {

  /**
   * @throws IllegalArgumentException if the last element lies outside the array
   */
  public Matrix {
    long last = offset + (rows - 1L) * rowStride + (columns - 1L) * columnStride;
    if (rows < 1 || columns < 1 || offset < 0 || last >= data.length) {
      throw new IllegalArgumentException(
          "matrix of "
              + rows
              + " x "
              + columns
              + ": expected its elements within an array of "
              + data.length
              + " numbers, got "
              + offset
              + " to "
              + last);
    }
  }

  /** The matrix that lies row by row in the array from an offset on. */
  public static Matrix of(float[] data, int offset, int rows, int columns) {
    return new Matrix(data, offset, rows, columns, columns, 1);
  }

  /** The matrix that lies row by row in the array. */
  public static Matrix of(float[] data, int rows, int columns) {
    return of(data, 0, rows, columns);
  }

  /** Rows for columns, in the same array. */
  public Matrix transposed() {
    return new Matrix(data, offset, columns, rows, columnStride, rowStride);
  }

  /** Copies every element to the matrix of the same sizes. */
  public void copyTo(Matrix target) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        target.data[target.offset + r * target.rowStride + c * target.columnStride] =
            data[offset + r * rowStride + c * columnStride];
      }
    }
  }
}
