package io.flinklstm.local.console;

/** What commands say of themselves: their name, exit codes, and lines to type. */
public final class CommandText {

  public static final String NAME = "java -jar flink-lstm-local.jar";

  /** The exit code after a mistake, for commands of which 1 is an answer. */
  public static final int REFUSED = 2;

  public static final int INTERRUPTED = 130;

  private CommandText() {}

  /** A command line to type, for a POSIX shell. */
  public static String line(String... arguments) {
    StringBuilder line = new StringBuilder(NAME);
    for (String argument : arguments) {
      line.append(' ')
          .append(
              argument.matches("[\\w./:=@%+,-]+")
                  ? argument
                  : "'" + argument.replace("'", "'\\''") + "'");
    }
    return line.toString();
  }
}
