package io.flinklstm.train.data;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.math.LstmKernel;

/**
 * The forecasts of a model over streams, made event by event by {@link Forecaster#advance}, as a
 * job makes them. Not thread-safe.
 */
public final class ForecastRun {

  private final Forecaster forecaster;

  public ForecastRun(ForecastModel model, LstmKernel kernel) {
    this.forecaster = new Forecaster(model, kernel);
  }

  /** Thrown if the model has no forecast after an observation that counts. */
  public static final class NoForecastException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    NoForecastException(String message) {
      super(message);
    }
  }

  /** Receives the forecasts of a stream in order. */
  @FunctionalInterface
  public interface Receiver {

    /**
     * @param index of the observation in the {@link EncodedSeries} that the forecast follows
     */
    void accept(int index, Prediction prediction);
  }

  /** As {@link #over(EncodedSeries, int, int, Receiver)}, from the first observation on. */
  public void over(EncodedSeries stream, int end, Receiver receiver) {
    over(stream, 0, end, receiver);
  }

  /**
   * Forecasts a stream with a state of its own, which is empty before the first observation.
   *
   * @param stream whose card may differ from the model's only in its provenance
   * @param begin index of the first observation
   * @param end index after the last observation
   * @throws NoForecastException if the model's output is not finite
   */
  public void over(EncodedSeries stream, int begin, int end, Receiver receiver) {
    StreamState state = forecaster.newState();
    for (int index = begin; index < end; index++) {
      Outcome outcome = forecaster.advance(stream.series().observation(stream.row(index)), state);
      if (!(outcome instanceof Prediction prediction)) {
        throw new NoForecastException(
            "forecast of key "
                + stream.series().key()
                + " after row "
                + (stream.row(index) + 1)
                + ": expected finite numbers, got "
                + (outcome instanceof Rejection rejection ? rejection.message() : outcome));
      }
      receiver.accept(index, prediction);
    }
  }
}
