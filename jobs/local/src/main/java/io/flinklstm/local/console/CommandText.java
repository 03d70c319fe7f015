package io.flinklstm.local.console;

import java.io.File;

/** What commands say of themselves: their name, exit codes, and lines to type. */
public final class CommandText {

  /** The exit code after a mistake, for commands of which 1 is an answer. */
  public static final int REFUSED = 2;

  public static final int INTERRUPTED = 130;

  /** Set by the script to its own name as the user typed it. */
  private static final String NAME_PROPERTY = "flink-lstm.command";

  private static final String INDENT = "  ";
  private static final String CONTINUED = " \\\n    ";

  private CommandText() {}

  /** What to type to start the command line once more from the same folder. */
  public static String name() {
    String script = System.getProperty(NAME_PROPERTY);
    if (script != null) {
      return quoted(script);
    }
    String classPath = System.getProperty("java.class.path");
    return isJar(classPath) ? "java -jar " + quoted(classPath) : "lstm";
  }

  /** Where options of the JVM are given, for a message that names one. */
  public static String placeOfJvmOptions() {
    return System.getProperty(NAME_PROPERTY) == null ? "before -jar" : "in LSTM_OPTS";
  }

  /** Whether Java was started with the local jar alone. */
  private static boolean isJar(String classPath) {
    String location =
        CommandText.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return location.endsWith(".jar") && !classPath.contains(File.pathSeparator);
  }

  /** Prints a command line to type, set off from what is said about it. */
  public static void print(String... arguments) {
    System.out.println(INDENT + line(Terminal.columnsBeside(INDENT.length()), arguments));
  }

  /**
   * A command line to type, for a POSIX shell.
   *
   * @param width wider ones are continued on the next line, as the shell allows it
   */
  public static String line(int width, String... arguments) {
    StringBuilder text = new StringBuilder(name());
    int lineLength = text.length();
    for (String argument : arguments) {
      String next = quoted(argument);
      // The backslash has to fit too.
      if (lineLength + 1 + next.length() + 2 > width) {
        text.append(CONTINUED);
        lineLength = CONTINUED.length() - CONTINUED.indexOf('\n') - 1;
      } else {
        text.append(' ');
        lineLength++;
      }
      text.append(next);
      lineLength += next.length();
    }
    return text.toString();
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w./:=@%+,-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
