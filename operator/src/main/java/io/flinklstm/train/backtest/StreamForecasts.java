package io.flinklstm.train.backtest;

import io.flinklstm.train.data.EncodedSeries;
import java.util.Arrays;

/**
 * The judged forecasts of one stream. Grows while it is filled.
 *
 * <p>Forecasts and actual values are values of the target's formula; origins count from 0.
 */
final class StreamForecasts {

  private final EncodedSeries stream;
  private final TargetScale scale;
  private final int horizon;
  private int[] indices = {}; // (capacity), the observation that the forecast follows
  private double[] forecasts = {}; // (capacity, horizon)
  private int count;

  StreamForecasts(EncodedSeries stream, TargetScale scale, int horizon) {
    this.stream = stream;
    this.scale = scale;
    this.horizon = horizon;
  }

  /**
   * @param index of the observation that the forecast follows
   * @param forecast (horizon). Not modified
   */
  void add(int index, double[] forecast) {
    if (count == indices.length) {
      int capacity = Math.max(16, 2 * count);
      indices = Arrays.copyOf(indices, capacity);
      forecasts = Arrays.copyOf(forecasts, Math.multiplyExact(capacity, horizon));
    }
    indices[count] = index;
    System.arraycopy(forecast, 0, forecasts, count * horizon, horizon);
    count++;
  }

  EncodedSeries stream() {
    return stream;
  }

  TargetScale scale() {
    return scale;
  }

  int count() {
    return count;
  }

  /** The index of the observation that the forecast follows. */
  int index(int origin) {
    return indices[origin];
  }

  /** The value at the observation that the forecast follows. */
  double last(int origin) {
    return stream.value(indices[origin]);
  }

  double forecast(int origin, int horizonStep) {
    return forecasts[origin * horizon + horizonStep - 1];
  }

  /** The value that came. */
  double actual(int origin, int horizonStep) {
    return stream.value(indices[origin] + horizonStep);
  }

  /** How far the actual value was above the forecast, as a move. */
  double residual(int origin, int horizonStep) {
    return scale.move(forecast(origin, horizonStep), actual(origin, horizonStep));
  }
}
