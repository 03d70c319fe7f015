package io.flinklstm.local.console;

import java.io.PrintStream;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A line that shows how far a command has got: updated in place on a terminal, otherwise printed
 * every few seconds. What does not fit the terminal is left out: the last parts of a line whose
 * parts are separated by {@value #SEPARATOR}, otherwise the last words.
 */
public final class Progress {

  public static final String SEPARATOR = " | ";

  private static final String MORE = " …";
  private static final long TERMINAL_NANOS = 250_000_000L;
  private static final long LOG_NANOS = 2_000_000_000L;

  private final PrintStream out;
  private final IntSupplier columns;
  private final LongSupplier nanoTime;
  private long lastNanos;
  private int lastLength;

  public Progress(PrintStream out) {
    this(out, Terminal::columns, System::nanoTime);
  }

  /**
   * @param columns of the terminal, or {@link Terminal#UNBOUNDED} where a line cannot be updated in
   *     place
   * @param nanoTime the clock
   */
  public Progress(PrintStream out, IntSupplier columns, LongSupplier nanoTime) {
    this.out = out;
    this.columns = columns;
    this.nanoTime = nanoTime;
    this.lastNanos = nanoTime.getAsLong();
  }

  private boolean isTerminal() {
    return columns.getAsInt() != Terminal.UNBOUNDED;
  }

  /** Prints the line if an update is due. */
  public void update(Supplier<String> line) {
    long now = nanoTime.getAsLong();
    if (now - lastNanos >= (isTerminal() ? TERMINAL_NANOS : LOG_NANOS)) {
      lastNanos = now;
      print(line.get());
    }
  }

  /** Prints a line that stays: the last one, or one in between. */
  public void finish(String line) {
    if (isTerminal() && !line.contains(SEPARATOR)) {
      // It is not updated again, so it may take several lines.
      erase();
      Terminal.print(out, line, columns.getAsInt());
      return;
    }
    print(line);
    end();
  }

  /** Ends the line that is being updated, if any, so that the next output starts a new line. */
  public void end() {
    if (lastLength > 0) {
      out.println();
      lastLength = 0;
    }
  }

  private void erase() {
    if (lastLength > 0) {
      out.print('\r' + " ".repeat(lastLength) + '\r');
      lastLength = 0;
    }
  }

  private void print(String line) {
    if (!isTerminal()) {
      out.println(line);
      return;
    }
    // One column less: some terminals wrap once the last column is filled.
    String fitting = fit(line, columns.getAsInt() - 1);
    out.print('\r' + fitting + " ".repeat(Math.max(0, lastLength - fitting.length())));
    out.flush();
    lastLength = fitting.length();
  }

  private static String fit(String line, int width) {
    if (line.length() <= width) {
      return line;
    }
    int end = line.lastIndexOf(SEPARATOR, width);
    if (end > 0) {
      return line.substring(0, end);
    }
    end = line.lastIndexOf(' ', width - MORE.length());
    return line.substring(0, end > 0 ? end : width - MORE.length()) + MORE;
  }
}
