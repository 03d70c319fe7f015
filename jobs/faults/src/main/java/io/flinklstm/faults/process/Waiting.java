package io.flinklstm.faults.process;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what other processes bring about, of which nobody tells. */
public final class Waiting {

  /** Only what hangs takes so long, however busy the machine. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final long PAUSE_MILLIS = 50;

  private Waiting() {}

  /**
   * Asks again and again until the answer is yes.
   *
   * @param condition one that fails with an exception does not hold yet; with an
   *     IllegalStateException it never will
   * @throws IllegalStateException if it does not hold within ten minutes; its cause is the last
   *     failure
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

  /** Lets time pass, which is what some faults consist of. */
  public static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
