package io.flinklstm.benchmarks.harness;

import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import java.util.Arrays;
import java.util.Locale;

/** The kernels by name. A named kernel may be missing or unable to run here. */
public final class Kernels {

  private Kernels() {}

  /** The reason why a kernel cannot run here, or null if it can. */
  public static String whyNot(String name) {
    if (!isThere(name)) {
      return "kernel " + name + ": expected one of " + Arrays.toString(KernelType.values());
    }
    try {
      create(name);
      return null;
    } catch (RuntimeException | LinkageError unfitJvm) {
      return "kernel " + name + ": " + unfitJvm.getMessage();
    }
  }

  /** Whether a kernel with this name exists, even if it cannot run here. */
  public static boolean isThere(String name) {
    return Arrays.stream(KernelType.values()).anyMatch(type -> type.name().equalsIgnoreCase(name));
  }

  public static LstmKernel create(String name) {
    return KernelType.valueOf(name.toUpperCase(Locale.ROOT)).create();
  }
}
