package io.flinklstm.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A separate JVM for part of a benchmark, with this JVM's class path. It ends when its standard
 * input does ({@link #endWithParent}): by {@link #close}, at this JVM's exit, and even if this JVM
 * is killed. It reports line by line on standard output.
 */
public final class ChildJvm implements AutoCloseable {

  /**
   * The options that Flink's and Kafka's own start scripts pass, and the vector kernel's module.
   */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final BufferedReader out;
  private final OutputStream in;

  /**
   * Starts a JVM.
   *
   * @param main the class whose main method runs
   * @param temporary the JVM's folder for temporary files
   * @param jvmOptions in addition to those of every child
   */
  public ChildJvm(Class<?> main, Path temporary, List<String> jvmOptions, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.getOutputStream();
    AtExit.add(this);
  }

  /** Ends this JVM when its parent ends. Call it in the main method of a child. */
  public static void endWithParent() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Only the end of the input matters.
                }
              } catch (IOException e) {
                // The same.
              }
              System.exit(0);
            },
            "end with parent");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for a line with this prefix.
   *
   * @return the rest of the line
   * @throws IOException if the child ends first
   */
  public String await(String prefix) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(prefix)) {
        passOnTheRest();
        return line.substring(prefix.length());
      }
      Progress.say("%s", line);
    }
    throw new IOException("child JVM: expected it to print " + prefix + ", got its end");
  }

  /** A child whose output nobody reads blocks when the pipe is full. */
  private void passOnTheRest() {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                  Progress.say("%s", line);
                }
              } catch (IOException ended) {
                // No more output.
              }
            },
            "output of a child JVM");
    thread.setDaemon(true);
    thread.start();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** CPU time of all threads, including the JIT compiler's and the garbage collector's. */
  public Duration cpuTime() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("CPU time of a process: not available here"));
  }

  @Override
  public synchronized void close() {
    AtExit.remove(this);
    try {
      in.close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Progress.say("A child JVM does not end by itself; killing it");
      }
    } catch (IOException alreadyEnded) {
      // It has ended, as intended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
