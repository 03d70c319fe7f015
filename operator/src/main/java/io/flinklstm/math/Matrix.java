package io.flinklstm.math;

/**
 * A matrix stored in an array: a view, not a copy. The element of row r and column c is {@code
 * data[offset + r * rowStride + c * columnStride]}.
 *
 * @param rows number of rows, at least 1
 * @param columns number of columns, at least 1
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

  /** The matrix stored row by row in the array, starting at an offset. */
  public static Matrix of(float[] data, int offset, int rows, int columns) {
    return new Matrix(data, offset, rows, columns, columns, 1);
  }

  /** The matrix stored row by row in the array. */
  public static Matrix of(float[] data, int rows, int columns) {
    return of(data, 0, rows, columns);
  }

  /** The transposed matrix, a view of the same array. */
  public Matrix transposed() {
    return new Matrix(data, offset, columns, rows, columnStride, rowStride);
  }

  /** Copies every element to a matrix of the same sizes. */
  public void copyTo(Matrix target) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        target.data[target.offset + r * target.rowStride + c * target.columnStride] =
            data[offset + r * rowStride + c * columnStride];
      }
    }
  }
}
