package io.flinklstm.train.backtest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses and computes the {@link PlotSeries} of a report. */
final class Plots {

  private static final int MAX_KEYS = 6;
  private static final int MAX_POINTS = 1500;

  private Plots() {}

  /**
   * The streams with the most forecasts.
   *
   * @param calibration gives the intervals, or null for none
   */
  static List<PlotSeries> of(
      List<StreamForecasts> judged, @Nullable Calibration calibration, int horizon) {
    return judged.stream()
        .filter(stream -> stream.count() > 0)
        .sorted(Comparator.comparingInt(StreamForecasts::count).reversed())
        .limit(MAX_KEYS)
        .map(stream -> series(stream, calibration, horizon))
        .toList();
  }

  private static PlotSeries series(
      StreamForecasts forecasts, @Nullable Calibration calibration, int horizon) {
    int end = forecasts.index(forecasts.count() - 1) + horizon + 1;
    int begin = Math.max(forecasts.index(0) + 1, end - MAX_POINTS);
    long[] eventTimes = new long[end - begin];
    double[] actual = new double[end - begin];
    for (int i = 0; i < actual.length; i++) {
      eventTimes[i] = forecasts.stream().series().eventTime(forecasts.stream().row(begin + i));
      actual[i] = forecasts.stream().value(begin + i);
    }
    List<PlotSeries.Line> lines = new ArrayList<>();
    lines.add(line(forecasts, calibration, 1, begin, end));
    if (horizon > 1) {
      lines.add(line(forecasts, calibration, horizon, begin, end));
    }
    return new PlotSeries(forecasts.stream().series().key(), eventTimes, actual, lines);
  }

  private static PlotSeries.Line line(
      StreamForecasts forecasts,
      @Nullable Calibration calibration,
      int horizonStep,
      int begin,
      int end) {
    PlotSeries.Line line =
        new PlotSeries.Line(
            horizonStep, unknown(end - begin), unknown(end - begin), unknown(end - begin));
    Calibration.Interval interval = interval(calibration, horizonStep);
    for (int origin = forecasts.count() - 1; origin >= 0; origin--) {
      int i = forecasts.index(origin) + horizonStep - begin;
      if (i < 0) {
        break;
      }
      double value = forecasts.forecast(origin, horizonStep);
      line.values()[i] = value;
      if (interval != null) {
        line.lower()[i] = forecasts.scale().value(value, interval.lower());
        line.upper()[i] = forecasts.scale().value(value, interval.upper());
      }
    }
    return line;
  }

  private static Calibration.@Nullable Interval interval(
      @Nullable Calibration calibration, int horizonStep) {
    return calibration == null
        ? null
        : calibration.horizons().get(horizonStep - 1).intervals().stream()
            .filter(interval -> interval.nominal() == PlotSeries.NOMINAL)
            .findFirst()
            .orElseThrow();
  }

  private static double[] unknown(int length) {
    double[] values = new double[length];
    Arrays.fill(values, Double.NaN);
    return values;
  }
}
