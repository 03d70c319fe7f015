package io.flinklstm.math;

import io.flinklstm.annotation.PublicEvolving;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** The kernels there are. */
@PublicEvolving
public enum KernelType {
  /**
   * The fastest kernel that this JVM can run: vector, else plain. It trusts that a JVM with the
   * module of {@link #VECTOR} compiles it to vector instructions, as HotSpot's C2 does.
   */
  AUTO,
  /** Vector instructions, in JVMs started with {@link #VECTOR_FLAG}. */
  VECTOR,
  /** Plain Java that the JIT compiler vectorises. */
  PLAIN,
  /** The readable reference on EJML, slow. */
  EJML;

  /** What a JVM must be started with for {@link #VECTOR}. */
  public static final String VECTOR_FLAG = "--add-modules=jdk.incubator.vector";

  /** Whether this JVM was started with {@link #VECTOR_FLAG}, so that AUTO is VECTOR. */
  public static boolean isVectorAvailable() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /**
   * Returns the kernel of this type.
   *
   * @throws IllegalStateException if this JVM has no such kernel: {@link #VECTOR} without {@link
   *     #VECTOR_FLAG}; or if the choice is left to {@link #AUTO} and the JVM has no hardware fused
   *     multiply-add: it would emulate it, about a thousand times slower. Naming a kernel accepts
   *     that
   */
  public LstmKernel create() {
    return switch (this) {
      case AUTO -> {
        if (!hasHardwareFma()) {
          throw new IllegalStateException(
              "fused multiply-add in this JVM: expected hardware support, got emulation, about a"
                  + " thousand times slower; run on a CPU with FMA (x86-64-v3, ARMv8) and without"
                  + " -XX:-UseFMA, or name a kernel to run all the same");
        }
        yield isVectorAvailable() ? new VectorKernel() : new PlainKernel();
      }
      case VECTOR -> {
        if (!isVectorAvailable()) {
          throw new IllegalStateException(
              "expected a JVM with module jdk.incubator.vector for the vector kernel, got one"
                  + " without; start it with "
                  + VECTOR_FLAG
                  + ", or leave the choice to auto");
        }
        yield new VectorKernel();
      }
      case PLAIN -> new PlainKernel();
      case EJML -> new EjmlKernel();
    };
  }

  /** HotSpot sets UseFMA where the CPU has it; a JVM that does not tell is taken to have it. */
  private static boolean hasHardwareFma() {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName hotspot = new ObjectName("com.sun.management:type=HotSpotDiagnostic");
      Object option =
          server.invoke(
              hotspot,
              "getVMOption",
              new Object[] {"UseFMA"},
              new String[] {String.class.getName()});
      return !"false".equals(((CompositeData) option).get("value"));
    } catch (javax.management.JMException | RuntimeException unknownJvm) {
      return true;
    }
  }
}
