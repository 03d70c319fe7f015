package io.flinklstm.local.console;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A line that tells how far a command is: renewed in place on a terminal, else every few seconds.
 */
public final class Progress {

  private static final long TERMINAL_NANOS = 250_000_000L;
  private static final long LOG_NANOS = 2_000_000_000L;

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private long lastNanos;
  private int lastLength;

  public Progress(PrintStream out) {
    this(out, System.console() != null, System::nanoTime);
  }

  /**
   * @param terminal whether a line can be renewed in place
   * @param nanoTime the clock
   */
  Progress(PrintStream out, boolean terminal, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.lastNanos = nanoTime.getAsLong();
  }

  /** Prints the line if it is time to. */
  public void update(Supplier<String> line) {
    long now = nanoTime.getAsLong();
    if (now - lastNanos >= (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
      lastNanos = now;
      print(line.get());
    }
  }

  /** Prints a line that stays, the last one or one in between. */
  public void finish(String line) {
    print(line);
    end();
  }

  /** Ends the line that is renewed, if there is one, so that what is printed next has its own. */
  public void end() {
    if (lastLength > 0) {
      out.println();
      lastLength = 0;
    }
  }

  private void print(String line) {
    if (!terminal) {
      out.println(line);
      return;
    }
    out.print('\r' + line + " ".repeat(Math.max(0, lastLength - line.length())));
    out.flush();
    lastLength = line.length();
  }
}
