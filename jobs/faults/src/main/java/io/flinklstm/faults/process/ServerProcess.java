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
 * A server in a process of its own, which can be stopped, killed and frozen as an operator or a
 * machine would. Its output is appended to a file. It does not outlive this JVM's regular end.
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
   * @param log gets what it prints
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
   * @throws IllegalStateException if it has ended
   */
  void checkAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          name + ": expected it to run, got exit code " + process.exitValue() + "; see " + log);
    }
  }

  /** As kill -9, also when it is paused. Returns the exit code. */
  public int kill() {
    process.destroyForcibly();
    return awaitExit();
  }

  /** As kill, which lets it end in order. Returns the exit code. */
  public int stop() {
    process.destroy();
    return awaitExit();
  }

  /** As kill -STOP: it stands still, with its connections open. */
  public void pause() {
    signal("STOP");
  }

  /** As kill -CONT. */
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
   * Has the JVM do something about itself.
   *
   * @param command of jcmd
   * @return what it says
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

  /** The counters of the JVM that are whole numbers, such as java.threads.live. */
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
