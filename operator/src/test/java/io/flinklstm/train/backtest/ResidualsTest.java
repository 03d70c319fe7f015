package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Transform;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.EncodedSeries;
import io.flinklstm.train.data.Split;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResidualsTest {

  @Test
  void quantilesLieBetweenNumbersInProportion() {
    double[] sorted = {1, 2, 4, 8};
    assertThat(Residuals.quantile(sorted, 0)).isEqualTo(1);
    assertThat(Residuals.quantile(sorted, 1)).isEqualTo(8);
    assertThat(Residuals.quantile(sorted, 0.5)).isEqualTo(3);
    assertThat(Residuals.quantile(sorted, 0.9)).isCloseTo(4 + 0.7 * 4, within(1e-12));
    assertThat(Residuals.quantile(new double[] {7}, 0.3)).isEqualTo(7);
  }

  @Test
  void intervalsOfThePartThatTheyComeFromCoverTheirShare() {
    List<StreamForecasts> forecasts = List.of(residuals(1, 1000, 1));
    Calibration calibration = Residuals.calibration(forecasts, forecasts, 1);
    assertThat(calibration.horizons().get(0).intervals())
        .extracting(Calibration.Interval::nominal)
        .containsExactly(0.5, 0.8, 0.9, 0.95);
    assertThat(calibration.horizons().get(0).intervals())
        .allSatisfy(
            interval ->
                assertThat(interval.coverage()).isCloseTo(interval.nominal(), within(2e-3)));
  }

  @Test
  void intervalsAreTooNarrowWhereErrorsHaveGrown() {
    Calibration calibration =
        Residuals.calibration(List.of(residuals(1, 2000, 1)), List.of(residuals(2, 2000, 2)), 1);
    Calibration.Interval widest = calibration.horizons().get(0).intervals().get(3);
    assertThat(widest.lower()).isCloseTo(-1.96, within(0.1));
    assertThat(widest.upper()).isCloseTo(1.96, within(0.1));
    // 67.3 % of a normal distribution lies within 0.98 standard deviations.
    assertThat(widest.coverage()).isCloseTo(0.673, within(0.05));
    assertThat(calibration.histogram().std()).isCloseTo(2, within(0.1));
  }

  @Test
  void histogramAndQuantilesAreStandardised() {
    List<StreamForecasts> forecasts = List.of(residuals(3, 5000, 7));
    Calibration calibration = Residuals.calibration(forecasts, forecasts, 1);
    Calibration.Histogram histogram = calibration.histogram();
    long sum = histogram.below() + histogram.above();
    for (long count : histogram.counts()) {
      sum += count;
    }
    assertThat(sum).isEqualTo(5000);
    assertThat(histogram.counts()).hasSize(50);
    // Each of the two bins next to 0 holds 7.9 % of a normal distribution.
    assertThat(histogram.counts()[24] + histogram.counts()[25]).isBetween(700L, 900L);
    assertThat(calibration.quantiles()).hasSize(200);
    assertThat(calibration.quantiles().subList(20, 180))
        .allSatisfy(pair -> assertThat(pair.residual()).isCloseTo(pair.normal(), within(0.1)));
  }

  @Test
  void errorsThatDoNotVaryHaveNoShape() {
    StreamForecasts constant = forecasts(20);
    for (int index = 0; index < 10; index++) {
      constant.add(index, new double[] {0});
    }
    Calibration calibration = Residuals.calibration(List.of(constant), List.of(constant), 1);
    assertThat(calibration.histogram()).isNull();
    assertThat(calibration.quantiles()).isEmpty();
    assertThat(calibration.horizons().get(0).intervals().get(0).coverage()).isEqualTo(1);
  }

  @Test
  void thereIsNoCalibrationWithoutAPartToTakeItFrom() {
    List<StreamForecasts> some = List.of(residuals(1, 10, 1));
    List<StreamForecasts> none = List.of(forecasts(10));
    assertThat(Residuals.calibration(none, some, 1)).isNull();
    assertThat(Residuals.calibration(some, none, 1)).isNull();
  }

  /** Forecasts of a stream of zeros with random errors. */
  private static StreamForecasts residuals(long seed, int count, double std) {
    Random random = new Random(seed);
    StreamForecasts forecasts = forecasts(count + 1);
    for (int index = 0; index < count; index++) {
      forecasts.add(index, new double[] {-std * random.nextGaussian()});
    }
    return forecasts;
  }

  private static StreamForecasts forecasts(int rows) {
    Dataset dataset =
        Dataset.of(
            Streams.history("a", new double[rows]),
            Streams.card(1, Transform.IDENTITY),
            new Split(1, 0, 0));
    EncodedSeries stream = dataset.series().get(0);
    return new StreamForecasts(stream, TargetScale.of(dataset, stream), 1);
  }
}
