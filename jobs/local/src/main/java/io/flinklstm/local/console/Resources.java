package io.flinklstm.local.console;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be closed at the end, last opened first closed: at the end of the command or, from
 * the shutdown hook, when the user presses Ctrl-C.
 */
public final class Resources implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private volatile boolean closing;

  /** Registers a resource; closes it at once if the end has begun. */
  public <T extends AutoCloseable> T add(T resource) {
    synchronized (open) {
      open.push(resource);
    }
    if (closing) {
      close();
    }
    return resource;
  }

  /** Whether the end has begun: failures after that are of no interest. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Closes everything. A second caller waits for the first, for what was opened first is still in
   * use by what was opened last.
   */
  @Override
  public synchronized void close() {
    closing = true;
    while (true) {
      AutoCloseable resource;
      synchronized (open) {
        resource = open.poll();
      }
      if (resource == null) {
        return;
      }
      try {
        resource.close();
      } catch (Exception e) {
        System.err.println("Closing: " + e.getMessage());
      }
    }
  }
}
