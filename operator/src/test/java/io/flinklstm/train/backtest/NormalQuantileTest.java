package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalQuantileTest {

  @ParameterizedTest
  @CsvSource({
    "0.5, 0",
    "0.75, 0.6744897502",
    "0.925, 1.4395314709",
    "0.975, 1.9599639845",
    "0.995, 2.5758293035",
    "0.9999, 3.7190164855",
    "0.0025, -2.8070337683"
  })
  void agreesWithTables(double probability, double quantile) {
    assertThat(NormalQuantile.of(probability)).isCloseTo(quantile, within(2e-6));
  }
}
