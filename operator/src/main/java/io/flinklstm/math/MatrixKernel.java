package io.flinklstm.math;

/**
 * The matrix products of training.
 *
 * <p>Every element of a product is a chain of fused multiply-adds, one for each column of the left
 * matrix in ascending order. So all kernels give the same bits, and a forward pass over a batch
 * gives those of {@link LstmKernel}.
 *
 * <p>Kernels own scratch memory, so they belong to one thread.
 */
public interface MatrixKernel {

  /** The fastest kernel that this JVM can run: vector if available, otherwise plain. */
  static MatrixKernel create() {
    return KernelType.isVectorAvailable() ? new VectorMatrixKernel() : new PlainMatrixKernel();
  }

  /**
   * sums += a b.
   *
   * @param a (n, k). Not modified
   * @param b (k, m), with contiguous rows (columnStride 1). Not modified
   * @param sums (n, m), with contiguous rows (columnStride 1). Modified
   */
  void multiplyAdd(Matrix a, Matrix b, Matrix sums);

  /**
   * sums[q] += a b[q] for every q, with the bits of separate calls; some kernels are faster at one
   * product of many columns.
   */
  default void multiplyAdd(Matrix a, Matrix[] b, Matrix[] sums) {
    for (int q = 0; q < b.length; q++) {
      multiplyAdd(a, b[q], sums[q]);
    }
  }
}
