package io.flinklstm.benchmarks.harness;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Resources that must be closed even if the JVM exits early; the last opened is closed first. */
public final class AtExit {

  private static final Deque<AutoCloseable> OPEN = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "at exit"));
  }

  private AtExit() {}

  /** Registers a resource; remove it again when it is closed normally. */
  public static void add(AutoCloseable resource) {
    OPEN.push(resource);
  }

  public static void remove(AutoCloseable resource) {
    OPEN.remove(resource);
  }

  private static void closeAll() {
    for (AutoCloseable resource = OPEN.poll(); resource != null; resource = OPEN.poll()) {
      try {
        resource.close();
      } catch (Exception e) {
        System.err.println("Closing: " + e.getMessage());
      }
    }
  }
}
