package io.flinklstm.local.train;

import io.flinklstm.math.KernelType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the same command again in a JVM with vector instructions: a jar cannot enable them itself,
 * and training takes less than half the time with them. Output, exit code and Ctrl-C are passed
 * through.
 */
public final class VectorJvm implements AutoCloseable {

  /** If set to false, the command stays in the JVM that the user started. */
  static final String PROPERTY = "flink-lstm.vector-jvm";

  private final Process process;

  private VectorJvm(Process process) {
    this.process = process;
  }

  /** Whether this JVM has no vector instructions and another one could have them. */
  public static boolean isOfUse() {
    return !KernelType.isVectorAvailable()
        && !"false".equals(System.getProperty(PROPERTY))
        && ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent();
  }

  /**
   * Starts it.
   *
   * @param main the class of the command line
   */
  public static VectorJvm start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(List.of(KernelType.VECTOR_FLAG, "-D" + PROPERTY + "=false"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new VectorJvm(new ProcessBuilder(command).inheritIO().start());
  }

  /** Waits for its end and returns its exit code. */
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends it as Ctrl-C does, and waits until it has cleaned up. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
