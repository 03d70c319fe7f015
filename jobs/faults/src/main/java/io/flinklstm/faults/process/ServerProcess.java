package io.flinklstm.faults.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A server in its own process, which can be stopped, killed and frozen as by an operator or a
 * machine failure. Its output is appended to a file. It does not outlive this JVM's regular exit.
 */
public final class ServerProcess implements AutoCloseable {

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill servers"));
  }

  private final String name;
  private final Path log;
  private final Process process;

  /**
   * Starts a process.
   *
   * @param name for messages
   * @param command program and arguments
   * @param log the file for its output
   */
  public ServerProcess(String name, List<String> command, Path log) throws IOException {
    this.name = name;
    this.log = log;
    this.process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    RUNNING.add(process);
    process.onExit().thenAccept(RUNNING::remove);
  }

  public String name() {
    return name;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * @throws IllegalStateException if the process has ended
   */
  void checkAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          name + ": expected it to run, got exit code " + process.exitValue() + "; see " + log);
    }
  }

  /** Kills the process like kill -9, even when paused. Returns the exit code. */
  public int kill() {
    process.destroyForcibly();
    return awaitExit();
  }

  /** Stops the process like kill, which lets it shut down cleanly. Returns the exit code. */
  public int stop() {
    process.destroy();
    return awaitExit();
  }

  /** Freezes the process like kill -STOP, with its connections open. */
  public void pause() {
    signal("STOP");
  }

  /** Resumes the process like kill -CONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      int exit =
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
              .inheritIO()
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException(
            "kill -" + signal + " of " + name + ": expected exit code 0, got " + exit);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Runs a jcmd command on the JVM.
   *
   * @param command for jcmd
   * @return jcmd's output
   */
  public String diagnose(String command) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (jcmd.waitFor() != 0) {
        throw new IOException("jcmd " + command + " of " + name + ": " + answer);
      }
      return answer;
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** The JVM's integer counters, such as java.threads.live. */
  public Map<String, Long> performanceCounters() throws IOException {
    return diagnose("PerfCounter.print")
        .lines()
        .map(line -> line.split("=", 2))
        .filter(pair -> pair.length == 2 && pair[1].matches("\\d{1,18}"))
        .collect(Collectors.toMap(pair -> pair[0], pair -> Long.valueOf(pair[1])));
  }

  private int awaitExit() {
    try {
      if (!process.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            name + ": expected its end within " + Waiting.PATIENCE.toSeconds() + " s, got none");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private IllegalStateException interrupted() {
    Thread.currentThread().interrupt();
    return new IllegalStateException(name + ": interrupted");
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
