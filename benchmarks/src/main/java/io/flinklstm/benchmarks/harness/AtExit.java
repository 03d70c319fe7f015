package io.flinklstm.benchmarks.harness;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** What has to be ended or deleted even if the JVM exits early: last opened, first closed. */
public final class AtExit {

  private static final Deque<AutoCloseable> OPEN = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "at exit"));
  }

  private AtExit() {}

  /** Registers a resource, which is to be removed again when it is closed in the usual way. */
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
