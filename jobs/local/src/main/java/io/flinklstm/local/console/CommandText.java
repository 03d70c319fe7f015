package io.flinklstm.local.console;

import java.io.File;

/** Text about the command line itself: its name, its exit codes, and command lines to copy. */
public final class CommandText {

  /** The exit code after an error, for commands whose exit code 1 is a result. */
  public static final int REFUSED = 2;

  public static final int INTERRUPTED = 130;

  /** Set by the launcher script to its own name, as the user typed it. */
  private static final String NAME_PROPERTY = "flink-lstm.command";

  private static final String INDENT = "  ";
  private static final String CONTINUED = " \\\n    ";

  private CommandText() {}

  /** What to type to run the command line again from the same folder. */
  public static String name() {
    String script = System.getProperty(NAME_PROPERTY);
    if (script != null) {
      return quoted(script);
    }
    String classPath = System.getProperty("java.class.path");
    return isJar(classPath) ? "java -jar " + quoted(classPath) : "lstm";
  }

  /** Where to give JVM options, for messages that mention one. */
  public static String placeOfJvmOptions() {
    return System.getProperty(NAME_PROPERTY) == null ? "before -jar" : "in LSTM_OPTS";
  }

  /** Whether Java was started with the local jar alone. */
  private static boolean isJar(String classPath) {
    String location =
        CommandText.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return location.endsWith(".jar") && !classPath.contains(File.pathSeparator);
  }

  /** Prints a command line to copy, indented to set it off from the text around it. */
  public static void print(String... arguments) {
    System.out.println(INDENT + line(Terminal.columnsBeside(INDENT.length()), arguments));
  }

  /**
   * A command line to copy, quoted for a POSIX shell.
   *
   * @param width longer command lines continue on the next line after a backslash
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
