package io.flinklstm.local.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);
  private long millis;

  private Progress progress(boolean terminal) {
    return new Progress(out, terminal, () -> millis * 1_000_000);
  }

  @Test
  void endsTheLineThatItRenewed() {
    Progress progress = progress(true);
    millis += 300;
    progress.update(() -> "10 rows");
    progress.update(() -> "not due yet");
    millis += 300;
    progress.update(() -> "5 rows");
    progress.end();
    out.print("next");
    assertThat(printed()).isEqualTo("\r10 rows\r5 rows \nnext");
  }

  @Test
  void writesALineNowAndThenWhereThereIsNoTerminal() {
    Progress progress = progress(false);
    millis += 300;
    progress.update(() -> "not due yet");
    millis += 1700;
    progress.update(() -> "5 rows");
    progress.end();
    assertThat(printed()).isEqualTo("5 rows\n");
  }

  @Test
  void saysNothingOfWhatIsQuick() {
    for (boolean terminal : new boolean[] {true, false}) {
      Progress progress = progress(terminal);
      progress.update(() -> "5 rows");
      progress.end();
    }
    assertThat(printed()).isEmpty();
  }

  @Test
  void finishesWithOneLine() {
    progress(true).finish("5 rows");
    progress(false).finish("6 rows");
    assertThat(printed()).isEqualTo("\r5 rows\n6 rows\n");
  }

  private String printed() {
    return bytes.toString(UTF_8).replace("\r\n", "\n");
  }
}
