package io.flinklstm.faults.process;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for conditions in other processes that can only be polled. */
public final class Waiting {

  /** Only a hang takes this long, however busy the machine is. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final long PAUSE_MILLIS = 50;

  private Waiting() {}

  /**
   * Polls a condition until it holds.
   *
   * @param condition may throw: an IllegalStateException means it will never hold, any other
   *     exception that it does not hold yet
   * @throws IllegalStateException if the condition does not hold within ten minutes; the cause is
   *     its last failure
   */
  public static void until(String what, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Exception failure = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.call()) {
          return;
        }
        failure = null;
      } catch (IllegalStateException never) {
        throw never;
      } catch (Exception notYet) {
        failure = notYet;
      }
      pause(PAUSE_MILLIS);
    }
    throw new IllegalStateException(
        "expected within " + PATIENCE.toSeconds() + " s: " + what, failure);
  }

  /** Lets time pass; some faults consist of nothing else. */
  public static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
