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
    return progress(terminal ? 80 : Terminal.UNBOUNDED);
  }

  private Progress progress(int columns) {
    return new Progress(out, () -> columns, () -> millis * 1_000_000);
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
    assertThat(printed()).isEqualTo("5 rows\n6 rows\n");
  }

  private String shown(int columns, String line) {
    bytes.reset();
    Progress progress = progress(columns);
    millis += 300;
    progress.update(() -> line);
    return printed();
  }

  @Test
  void leavesOutTheLastPartsThatDoNotFit() {
    String line = "12 of 34 | BTCUSD 998.9800 -> 998.6299 | 25,600/s";
    assertThat(shown(50, line)).isEqualTo("\r" + line);
    assertThat(shown(49, line)).isEqualTo("\r12 of 34 | BTCUSD 998.9800 -> 998.6299");
    assertThat(shown(30, line)).isEqualTo("\r12 of 34");
  }

  @Test
  void leavesOutTheLastWordsThatDoNotFit() {
    String line = "1,234,567 rows, 123,456 rows/s, to a-topic";
    assertThat(shown(43, line)).isEqualTo("\r" + line);
    assertThat(shown(42, line)).isEqualTo("\r1,234,567 rows, 123,456 rows/s, to …");
    assertThat(shown(26, line)).isEqualTo("\r1,234,567 rows, 123,456 …");
  }

  @Test
  void theLastLineIsWhole() {
    Progress progress = progress(20);
    millis += 300;
    progress.update(() -> "1 row");
    progress.finish("1,234 rows, 56 rows/s, to ticks");
    assertThat(printed()).isEqualTo("\r1 row\r     \r1,234 rows, 56\nrows/s, to ticks\n");
  }

  @Test
  void followsTheTerminalsWidth() {
    int[] columns = {80};
    Progress progress = new Progress(out, () -> columns[0], () -> millis * 1_000_000);
    millis += 300;
    progress.update(() -> "one | two");
    columns[0] = 8;
    millis += 300;
    progress.update(() -> "one | two");
    assertThat(printed()).isEqualTo("\rone | two\rone      ");
  }

  private String printed() {
    return bytes.toString(UTF_8).replace("\r\n", "\n");
  }
}
