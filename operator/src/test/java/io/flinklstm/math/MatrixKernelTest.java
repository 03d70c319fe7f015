package io.flinklstm.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatrixKernelTest {

  private static final int[] ROWS = {1, 2, 3, 4, 5, 8, 33};
  private static final int[] INNER = {1, 3, 6, 7, 32, 65};
  private static final int[] COLUMNS = {1, 3, 8, 15, 16, 17, 33, 64, 100, 128};

  static Stream<MatrixKernel> kernels() {
    return Stream.of(new PlainMatrixKernel(), new VectorMatrixKernel());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesToTheBitOfTheContractAtAwkwardSizes(MatrixKernel kernel) {
    Random random = new Random(1);
    for (int n : ROWS) {
      for (int k : INNER) {
        for (int m : COLUMNS) {
          Matrix a = Matrix.of(TestModels.uniform(random, 1, 3 + n * k), 3, n, k);
          agrees(kernel, a, random, m);
          Matrix transposed = Matrix.of(TestModels.uniform(random, 1, k * n), k, n).transposed();
          agrees(kernel, transposed, random, m);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesSeveralRightMatricesAsOneAfterTheOther(MatrixKernel kernel) {
    Random random = new Random(2);
    for (int m : COLUMNS) {
      Matrix a = Matrix.of(TestModels.uniform(random, 1, 9 * 7), 7, 9).transposed();
      Matrix[] b = new Matrix[4];
      Matrix[] together = new Matrix[4];
      Matrix[] apart = new Matrix[4];
      for (int q = 0; q < 4; q++) {
        b[q] = Matrix.of(TestModels.uniform(random, 1, 7 * m), 7, m);
        together[q] = Matrix.of(TestModels.uniform(random, 1, 9 * m), 9, m);
        apart[q] = Matrix.of(together[q].data().clone(), 9, m);
        contract(a, b[q], apart[q]);
      }
      kernel.multiplyAdd(a, b, together);
      for (int q = 0; q < 4; q++) {
        assertThat(Bits.of(together[q].data())).isEqualTo(Bits.of(apart[q].data()));
      }
    }
  }

  /** The right matrix and the sums have margins, which must stay unchanged. */
  private static void agrees(MatrixKernel kernel, Matrix a, Random random, int m) {
    int k = a.columns();
    Matrix b = new Matrix(TestModels.uniform(random, 1, k * (m + 2)), 1, k, m, m + 2, 1);
    float[] start = TestModels.uniform(random, 1, a.rows() * (m + 1) + 5);
    Matrix expected = new Matrix(start.clone(), 5, a.rows(), m, m + 1, 1);
    Matrix actual = new Matrix(start.clone(), 5, a.rows(), m, m + 1, 1);

    contract(a, b, expected);
    kernel.multiplyAdd(a, b, actual);

    assertThat(Bits.of(actual.data()))
        .as("%s, %d x %d x %d", kernel.getClass().getSimpleName(), a.rows(), k, m)
        .isEqualTo(Bits.of(expected.data()));
  }

  /** The contract of {@link MatrixKernel#multiplyAdd} taken literally, one number at a time. */
  private static void contract(Matrix a, Matrix b, Matrix sums) {
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < b.columns(); j++) {
        int at = sums.offset() + i * sums.rowStride() + j;
        for (int k = 0; k < a.columns(); k++) {
          float left = a.data()[a.offset() + i * a.rowStride() + k * a.columnStride()];
          float right = b.data()[b.offset() + k * b.rowStride() + j];
          sums.data()[at] = Math.fma(left, right, sums.data()[at]);
        }
      }
    }
  }

  @Test
  void refusesAMatrixBeyondItsArray() {
    assertThatThrownBy(() -> Matrix.of(new float[11], 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("matrix of 3 x 4")
        .hasMessageContaining("array of 11 numbers, got 0 to 11");
  }
}
