package io.flinklstm.benchmarks.harness;

import java.util.Locale;

/** Progress messages, so that nobody thinks a running benchmark hangs. */
public final class Progress {

  private Progress() {}

  /** Prints a line to standard error. */
  public static void say(String format, Object... arguments) {
    System.err.println(String.format(Locale.ROOT, format, arguments));
  }
}
