package io.flinklstm.local.console;

import io.flinklstm.jobs.config.WordWrap;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Where a command prints, and how wide it is. Text for a terminal is wrapped between words; a pipe
 * or a file gets each paragraph as one line.
 */
public final class Terminal {

  /** The width of a pipe or a file. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** For help texts: longer lines are hard to read. */
  private static final int MAX_HELP_WIDTH = 100;

  private static final int HELP_WIDTH_OF_A_PIPE = 80;

  /** Set by the launcher script if standard error is a terminal, which Java cannot find out. */
  private static final String STDERR_PROPERTY = "flink-lstm.stderr-is-terminal";

  private static final String LINE_UP_AND_ERASE = "\033[1A\033[2K\r";

  /** How long a measured width is trusted, because the user may resize the terminal. */
  private static final long KNOWN_NANOS = 5_000_000_000L;

  private static int columns;
  private static long askedNanos;

  private Terminal() {}

  /** The current width of the terminal on standard output, at least 55, or {@link #UNBOUNDED}. */
  public static synchronized int columns() {
    if (columns == 0 || isThere(columns) && System.nanoTime() - askedNanos > KNOWN_NANOS) {
      // Picocli knows how to ask on each system, but answers only with the width of a help text.
      columns = CommandSpec.create().usageMessage().width(UNBOUNDED).autoWidth(true).width();
      askedNanos = System.nanoTime();
    }
    return columns;
  }

  /** The columns that are left beside {@code others}. */
  public static int columnsBeside(int others) {
    return isThere() ? columns() - others : UNBOUNDED;
  }

  private static boolean isThere(int columns) {
    return columns != UNBOUNDED;
  }

  /** Whether standard output is a terminal, where a line can be updated in place. */
  public static boolean isThere() {
    return isThere(columns());
  }

  public static int helpWidth() {
    return isThere() ? Math.min(columns(), MAX_HELP_WIDTH) : HELP_WIDTH_OF_A_PIPE;
  }

  /** Prints a paragraph and ends its line. */
  public static void print(String text) {
    print(System.out, text, columns());
  }

  /** The same on standard error. */
  public static void printError(String text) {
    print(System.err, text, Boolean.getBoolean(STDERR_PROPERTY) ? columns() : UNBOUNDED);
  }

  static void print(PrintStream out, String text, int width) {
    WordWrap.lines(text, width).forEach(out::println);
  }

  /**
   * Erases the only line that a JVM with the vector module has printed so far: the warning about
   * using an incubator module, which no JVM option suppresses.
   */
  public static void eraseIncubatorWarning() {
    if (Boolean.getBoolean(STDERR_PROPERTY)
        && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      System.err.print(LINE_UP_AND_ERASE);
    }
  }
}
