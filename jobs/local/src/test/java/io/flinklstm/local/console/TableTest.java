package io.flinklstm.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

  private final Table table = new Table();

  TableTest() {
    table
        .column("step")
        .column("forecasts")
        .column("right\ndir.")
        .column("against\nridge")
        .boundColumn("t");
    table.row("1", "12,345", "42 %", "+2.80 %", "3.9");
    table.row("mean of 2", "1", "-", "-12.00 %", "-");
  }

  private String text(int width) {
    return table.text(width).replace("\r\n", "\n");
  }

  @Test
  void columnsAreAsWideAsWhatTheyHold() {
    assertThat(text(Terminal.UNBOUNDED))
        .isEqualTo(
            """
                                  right   against
            step       forecasts   dir.     ridge    t
            1             12,345   42 %   +2.80 %  3.9
            mean of 2          1      -  -12.00 %    -
            """);
    assertThat(text(42)).isEqualTo(text(Terminal.UNBOUNDED));
  }

  @Test
  void whatDoesNotFitStandsBelowAndBoundColumnsStayTogether() {
    assertThat(text(41))
        .isEqualTo(
            """
                                  right
            step       forecasts   dir.
            1             12,345   42 %
            mean of 2          1      -

                        against
            step          ridge    t
            1           +2.80 %  3.9
            mean of 2  -12.00 %    -
            """);
    assertThat(text(26))
        .startsWith("step       forecasts\n")
        .contains("\n           right\nstep        dir.\n");
    assertThat(text(12).lines()).filteredOn(line -> line.startsWith("step")).hasSize(4);
  }
}
