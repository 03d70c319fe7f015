package io.flinklstm.local;

import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * A line that tells how far a command is: renewed in place on a terminal, else every few seconds.
 */
final class Progress {

  private static final long TERMINAL_NANOS = 250_000_000L;
  private static final long LOG_NANOS = 2_000_000_000L;

  private final PrintStream out;
  private final boolean terminal = System.console() != null;
  private long lastNanos = System.nanoTime();
  private int lastLength;

  Progress(PrintStream out) {
    this.out = out;
  }

  /** Prints the line if it is time to. */
  void update(Supplier<String> line) {
    long now = System.nanoTime();
    if (now - lastNanos >= (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
      lastNanos = now;
      print(line.get());
    }
  }

  /** Prints a line that stays, the last one or one in between. */
  void finish(String line) {
    print(line);
    if (terminal) {
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
