package io.flinklstm.math;

import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Arrays;
import java.util.Random;

/** Creates a kernel and takes a few steps; {@link KernelTypeTest} runs it in a separate JVM. */
final class KernelProbe {

  private KernelProbe() {}

  /** Prints a digest of the kernel's bits, or why the kernel cannot be created. */
  public static void main(String[] args) {
    try {
      System.out.println(bits(KernelType.valueOf(args[0])));
    } catch (IllegalStateException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  static String bits(KernelType type) {
    LstmKernel kernel = type.create();
    StringBuilder bits = new StringBuilder(kernel.name());
    for (int hiddenSize : new int[] {4, 17, 33, 64, 100}) {
      bits.append(' ').append(Arrays.hashCode(bits(kernel, 2, hiddenSize)));
    }
    return bits.toString();
  }

  /** The bits of h after a few steps, and of the output computed from it. */
  private static int[] bits(LstmKernel kernel, int inputSize, int hiddenSize) {
    Random random = new Random(5);
    LstmKernel.Cell cell =
        kernel.cell(
            inputSize,
            hiddenSize,
            TestModels.uniform(random, 1f, 4 * hiddenSize * inputSize),
            TestModels.uniform(random, 1f, 4 * hiddenSize * hiddenSize),
            TestModels.uniform(random, 1f, 4 * hiddenSize));
    LstmKernel.Head head =
        kernel.head(
            hiddenSize,
            1,
            TestModels.uniform(random, 1f, hiddenSize),
            TestModels.uniform(random, 1f, 1));
    float[] h = new float[hiddenSize + 1];
    float[] state = new float[hiddenSize];
    float[] c = new float[hiddenSize];
    for (int t = 0; t < 10; t++) {
      cell.step(TestModels.uniform(random, 2f, inputSize), state, c, state, c);
    }
    float[] y = new float[1];
    head.apply(state, y);
    System.arraycopy(state, 0, h, 0, hiddenSize);
    h[hiddenSize] = y[0];
    return Bits.of(h);
  }
}
