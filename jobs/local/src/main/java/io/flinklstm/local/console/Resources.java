package io.flinklstm.local.console;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Resources to close at the end of the command or, by the shutdown hook, on Ctrl-C. The last one
 * opened is closed first.
 */
public final class Resources implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private volatile boolean closing;

  /** Registers a resource; closes it at once if closing has begun. */
  public <T extends AutoCloseable> T add(T resource) {
    synchronized (open) {
      open.push(resource);
    }
    if (closing) {
      close();
    }
    return resource;
  }

  /** Whether closing has begun; failures after that are ignored. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Closes everything. A second caller waits for the first, because resources opened later still
   * use those opened earlier.
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
