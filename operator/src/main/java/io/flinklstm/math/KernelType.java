package io.flinklstm.math;

import io.flinklstm.annotation.PublicEvolving;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** The available kernels. */
@PublicEvolving
public enum KernelType {
  /**
   * The fastest kernel that this JVM can run: vector if available, otherwise plain. It assumes that
   * a JVM with the module of {@link #VECTOR} compiles it to vector instructions, as HotSpot's C2
   * does.
   */
  AUTO,
  /** Vector instructions, in JVMs started with {@link #VECTOR_FLAG}. */
  VECTOR,
  /** Plain Java that the JIT compiler vectorises. */
  PLAIN,
  /** The readable reference on EJML; slow. */
  EJML;

  /** The JVM option that {@link #VECTOR} requires. */
  public static final String VECTOR_FLAG = "--add-modules=jdk.incubator.vector";

  /** Whether this JVM was started with {@link #VECTOR_FLAG}; then AUTO is VECTOR. */
  public static boolean isVectorAvailable() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /**
   * Returns the kernel of this type.
   *
   * @throws IllegalStateException if this JVM cannot run the kernel: {@link #VECTOR} without {@link
   *     #VECTOR_FLAG}, or {@link #AUTO} on a JVM without hardware fused multiply-add, which would
   *     emulate it about a thousand times slower. Naming a kernel explicitly accepts that
   */
  public LstmKernel create() {
    return switch (this) {
      case AUTO -> {
        if (!hasHardwareFma()) {
          throw new IllegalStateException(
              "fused multiply-add in this JVM: expected hardware support, got emulation, about a"
                  + " thousand times slower; run on a CPU with FMA (x86-64-v3, ARMv8) and without"
                  + " -XX:-UseFMA, or name a kernel to run anyway");
        }
        yield isVectorAvailable() ? new VectorKernel() : new PlainKernel();
      }
      case VECTOR -> {
        if (!isVectorAvailable()) {
          throw new IllegalStateException(
              "expected a JVM with module jdk.incubator.vector for the vector kernel, got one"
                  + " without; start it with "
                  + VECTOR_FLAG
                  + ", or let auto choose");
        }
        yield new VectorKernel();
      }
      case PLAIN -> new PlainKernel();
      case EJML -> new EjmlKernel();
    };
  }

  /** HotSpot sets UseFMA if the CPU has it; a JVM that does not say is assumed to have it. */
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
