package io.flinklstm.jobs;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.math.KernelType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** One key's good ticks, whose forecasts must be bit for bit the same as without other ticks. */
final class UndisturbedStream {

  private static final String KEY = "undisturbed";

  private final RecordFormat format;
  private final Forecaster forecaster;
  private final StreamState state;
  private final Map<SourcePosition, Prediction> expected = new HashMap<>();
  private int count;

  UndisturbedStream(ForecastModel model, StreamPolicy policy, RecordFormat format) {
    this.format = format;
    this.forecaster = new Forecaster(model, policy, KernelType.PLAIN.create());
    this.state = forecaster.newState();
  }

  /**
   * The next tick.
   *
   * @param position that the tick will have
   */
  TickDraft next(long number, long now, SourcePosition position) {
    double bid = 100 + number % 97 / 100.0;
    TickDraft tick = new TickDraft(format, number, KEY, now, bid);
    double ask = Double.parseDouble(tick.ask);
    Observation observation = new Observation(KEY, now, new double[] {bid, ask}, number, null);
    count++;
    expected.put(position, (Prediction) forecaster.advance(observation, state));
    if (number % 3 == 0) {
      tick.bid = '"' + tick.bid + '"';
    }
    return tick;
  }

  static boolean owns(Prediction prediction) {
    return prediction.key().endsWith(KEY); // after the venue's name
  }

  void check(Prediction actual) {
    Prediction wanted = expected.remove(actual.source());
    if (wanted == null
        || wanted.eventTime() != actual.eventTime()
        || wanted.step() != actual.step()
        || wanted.reset() != actual.reset()
        || wanted.lastValue() != actual.lastValue()
        || !Arrays.equals(wanted.forecasts(), actual.forecasts())) {
      throw new AssertionError("undisturbed stream: expected " + wanted + ", got " + actual);
    }
  }

  /** The number of its ticks. */
  int count() {
    return count;
  }

  /** The number of its ticks without a forecast so far. */
  int open() {
    return expected.size();
  }
}
