package io.flinklstm.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final long UNTIL_DUE_MS = 300;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @Test
  void endsTheLineThatItRenewed() throws Exception {
    Progress progress = new Progress(out, true);
    Thread.sleep(UNTIL_DUE_MS);
    progress.update(() -> "5 rows");
    progress.end();
    out.print("next");
    assertThat(printed()).isEqualTo("\r5 rows\nnext");
  }

  @Test
  void saysNothingOfWhatIsQuick() {
    for (boolean terminal : new boolean[] {true, false}) {
      Progress progress = new Progress(out, terminal);
      progress.update(() -> "5 rows");
      progress.end();
    }
    assertThat(printed()).isEmpty();
  }

  @Test
  void finishesWithOneLine() {
    new Progress(out, true).finish("5 rows");
    new Progress(out, false).finish("6 rows");
    assertThat(printed()).isEqualTo("\r5 rows\n6 rows\n");
  }

  private String printed() {
    return bytes.toString(UTF_8).replace("\r\n", "\n");
  }
}
