package io.flinklstm.local.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.LocalCommand;
import io.flinklstm.local.console.Resources;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/**
 * What the user sees of one command, which has System.out and System.err to itself while it runs.
 *
 * @param exitCode of the process
 * @param out standard output
 * @param err standard error
 */
public record CommandRun(int exitCode, String out, String err) {

  private static final int REFUSED = 2;

  public static CommandRun of(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    Resources resources = new Resources();
    try {
      System.setOut(new PrintStream(out, true, UTF_8));
      System.setErr(new PrintStream(err, true, UTF_8));
      int exitCode = LocalCommand.commandLine(resources).execute(arguments);
      return new CommandRun(exitCode, lines(out), lines(err));
    } finally {
      resources.close();
      System.setOut(outBefore);
      System.setErr(errBefore);
    }
  }

  private static String lines(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8).replace("\r\n", "\n");
  }

  /** The command printed nothing but one line that says why. */
  public void isRefused(String message) {
    assertThat(err).isEqualTo("Error: " + message + "\n");
    assertThat(out).isEmpty();
    assertThat(exitCode).isEqualTo(REFUSED);
  }
}
