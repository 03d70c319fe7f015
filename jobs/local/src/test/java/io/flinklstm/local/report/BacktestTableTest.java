package io.flinklstm.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.console.Terminal;
import io.flinklstm.train.backtest.BacktestReport;
import io.flinklstm.train.backtest.Errors;
import io.flinklstm.train.backtest.Score;
import io.flinklstm.train.data.Split;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BacktestTableTest {

  private static Score score(int step, double size) {
    Errors errors =
        new Errors(
            size, size, size, size, size, new Errors.Share(size, 1), new Errors.Share(0.42, 1));
    Score.Baseline baseline = new Score.Baseline(errors, -size, size);
    return new Score(step, 1_234_567_890L, errors, baseline, baseline);
  }

  private static BacktestReport report(double size) {
    Score mean = score(0, size);
    return new BacktestReport(
        null,
        new BacktestReport.Data(
            "", 10, 2, Split.DEFAULT, Split.Part.TEST, 0L, 253_402_300_799_999L, 1_234_567_890, 5),
        mean,
        List.of(score(1, size), score(2, size)),
        List.of(
            new BacktestReport.Key("a key that is longer than its column", 5, 1, mean, List.of()),
            new BacktestReport.Key("b", 5, 1, mean, List.of())),
        null,
        List.of());
  }

  @ParameterizedTest
  @CsvSource({"60, 1", "60, 1.234567e9", "80, 1.234567e9", "80, 0.00123", "100, 1.234567e9"})
  void fitsTheTerminal(int width, double size) {
    String text = BacktestTable.of(report(size), width);
    assertThat(text.lines()).allMatch(line -> line.length() <= width);
    assertThat(text.replaceAll("\\s+", " "))
        .contains("\"test\": 1,234,567,890 forecasts")
        .contains("1 1,234,567,890 ")
        .contains("mean of 2 1,234,567,890 ")
        .contains("a key that is l… ");
  }

  @Test
  void aPipeGetsOneTableForStepsAndOneForStreams() {
    assertThat(BacktestTable.of(report(1), Terminal.UNBOUNDED).lines())
        .filteredOn(line -> line.contains("forecasts  "))
        .hasSize(2)
        .allMatch(line -> line.endsWith(" MSE  no change    t      ridge    t"));
  }
}
