package io.flinklstm.benchmarks.harness;

import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import java.util.Arrays;
import java.util.Locale;

/** The kernels by name, for one that is named need not be there. */
public final class Kernels {

  private Kernels() {}

  /** Says why a kernel cannot run here, or null if it can. */
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

  /** Whether there is a kernel of that name, even if it cannot run here. */
  public static boolean isThere(String name) {
    return Arrays.stream(KernelType.values()).anyMatch(type -> type.name().equalsIgnoreCase(name));
  }

  public static LstmKernel create(String name) {
    return KernelType.valueOf(name.toUpperCase(Locale.ROOT)).create();
  }
}
