package io.flinklstm.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactsTest {

  private static final String DATA =
      "1,234,567,890 observations of 12,345 streams, 2013-11-25T00:00:00.123456789Z to"
          + " 2026-11-30T23:59:59.999999999Z";

  private static String text(Facts facts, int width) {
    return facts.text(width).replace("\r\n", "\n");
  }

  @Test
  void valuesStandUnderEachOther() {
    Facts facts = new Facts().add("Data", "12 rows").add("Features", List.of("one", "two"));
    assertThat(text(facts, Terminal.UNBOUNDED))
        .isEqualTo(
            """
            Data      12 rows
            Features  one
                      two
            """);
  }

  @Test
  void factsThatArePrintedOneByOneStandUnderEachOtherToo() {
    assertThat(text(new Facts(2, 8).add("Data", "12 rows"), 80)).isEqualTo("  Data      12 rows\n");
  }

  @Test
  void aWideValueGoesOnBelowItself() {
    assertThat(text(new Facts(2, 0).add("Data", "one two three four five six"), 29))
        .isEqualTo(
            """
              Data  one two three four
                    five six
            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 100})
  void fitTheTerminal(int width) {
    Facts facts = new Facts(2, 15).add("Data", DATA).add("Initial learning rate", DATA);
    assertThat(facts.text(width).lines()).allMatch(line -> line.length() <= width);
    assertThat(facts.text(Terminal.UNBOUNDED).lines()).hasSize(2);
  }
}
