package io.flinklstm.math;

import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Arrays;
import java.util.Random;

/** What {@link KernelTypeTest} runs in a JVM of its own: creates a kernel and takes a few steps. */
final class KernelProbe {

  private KernelProbe() {}

  /** Prints the bits of h, or why there is no such kernel. */
  public static void main(String[] args) {
    try {
      System.out.println(bits(KernelType.valueOf(args[0])));
    } catch (IllegalStateException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  static String bits(KernelType type) {
    Random random = new Random(5);
    LstmKernel.Cell cell =
        type.create()
            .cell(
                2,
                4,
                TestModels.uniform(random, 1f, 32),
                TestModels.uniform(random, 1f, 64),
                TestModels.uniform(random, 1f, 16));
    float[] h = new float[4];
    float[] c = new float[4];
    for (int t = 0; t < 10; t++) {
      cell.step(TestModels.uniform(random, 2f, 2), h, c, h, c);
    }
    return type + " " + Arrays.toString(Bits.of(h));
  }
}
