package io.flinklstm.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.benchmarks.harness.Table.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

  private final Report report = new Report("test: apples");

  @Test
  void showsTablesToPeopleAndPrograms() {
    Table table =
        report.table("fruit", "Fruit", new Column("name", "fruit", 0), new Column("kg", "kg", 1));
    table.row().put("name", "apple").put("kg", 1234.56).put("rounds", List.of(1.0, 2.0));
    table.row().put("name", "pear").put("kg", Double.NaN);
    report.note("Weighed by hand");

    assertThat(report.text())
        .startsWith("test: apples\ncpu: ")
        .contains("\ncores: ", "\njdk: ", "\ndate: ", "\nWeighed by hand\n")
        .endsWith(
            """

            Fruit
              fruit        kg
              apple   1,234.6
              pear          -

            """);
    assertThat(report.json().get("fruit"))
        .hasToString(
            "[{\"name\":\"apple\",\"kg\":1234.56,\"rounds\":[1.0,2.0]},{\"name\":\"pear\"}]");
  }

  @Test
  void takesTheMiddleOfTheRounds() {
    Samples samples = new Samples();
    assertThat(samples.median()).isNaN();
    samples.add(3);
    samples.add(1);
    samples.add(2);
    assertThat(samples.median()).isEqualTo(2);
    assertThat(samples.spreadPercent()).isEqualTo(100);
    samples.add(100);
    assertThat(samples.median()).isEqualTo(2.5);
  }
}
