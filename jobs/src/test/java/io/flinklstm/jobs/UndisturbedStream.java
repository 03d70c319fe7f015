package io.flinklstm.jobs;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.math.KernelType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One key's good ticks, whose forecasts must be bit for bit the same as without other ticks. */
final class UndisturbedStream {

  private static final String KEY = "undisturbed";

  private final RecordFormat format;
  private final Forecaster forecaster;
  private final StreamState state;
  private final Map<Long, Prediction> expected = new HashMap<>(); // by offset

  UndisturbedStream(ForecastModel model, StreamPolicy policy, RecordFormat format) {
    this.format = format;
    this.forecaster = new Forecaster(model, policy, KernelType.PLAIN.create());
    this.state = forecaster.newState();
  }

  ConsumerRecord<byte[], byte[]> next(long offset, long now) {
    double bid = 100 + offset % 97 / 100.0;
    TickDraft tick = new TickDraft(format, offset, KEY, now, bid);
    Observation observation =
        new Observation(KEY, now, new double[] {bid, Double.parseDouble(tick.ask)}, offset, null);
    expected.put(offset, (Prediction) forecaster.advance(observation, state));
    return tick.record(tick.value());
  }

  static boolean owns(Prediction prediction) {
    return prediction.key().equals(KEY);
  }

  void check(Prediction actual) {
    Prediction wanted = expected.remove(actual.source().offset());
    if (wanted == null
        || wanted.eventTime() != actual.eventTime()
        || wanted.step() != actual.step()
        || wanted.reset() != actual.reset()
        || wanted.lastValue() != actual.lastValue()
        || !Arrays.equals(wanted.forecasts(), actual.forecasts())) {
      throw new AssertionError("undisturbed stream: expected " + wanted + ", got " + actual);
    }
  }

  /** The number of its ticks without a forecast so far. */
  int open() {
    return expected.size();
  }
}
