package io.flinklstm.math;

/**
 * The matrix products of training.
 *
 * <p>Every element of a product is a chain of fused multiply-adds, one for each column of the left
 * matrix ascending, so that all kernels give the same bits, and a forward pass over a batch those
 * of {@link LstmKernel}.
 *
 * <p>Kernels own scratch memory, so they belong to one thread.
 */
public interface MatrixKernel {

  /** The fastest kernel that this JVM can run: vector, else plain. */
  static MatrixKernel create() {
    return KernelType.isVectorAvailable() ? new VectorMatrixKernel() : new PlainMatrixKernel();
  }

  /**
   * sums += a b.
   *
   * @param a (n, k). Not modified
   * @param b (k, m), its columns side by side (columnStride 1). Not modified
   * @param sums (n, m), its columns side by side (columnStride 1). Modified
   */
  void multiplyAdd(Matrix a, Matrix b, Matrix sums);

  /**
   * sums[q] += a b[q] for every q, to the bit; one product of many columns is what some kernels do
   * faster.
   */
  default void multiplyAdd(Matrix a, Matrix[] b, Matrix[] sums) {
    for (int q = 0; q < b.length; q++) {
      multiplyAdd(a, b[q], sums[q]);
    }
  }
}
