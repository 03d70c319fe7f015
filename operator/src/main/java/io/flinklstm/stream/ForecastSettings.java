package io.flinklstm.stream;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.PublicEvolving;

/**
 * How a {@link LstmForecastFunction} runs, apart from its model.
 *
 * @param policy what pauses do to a stream
 * @param maxOutOfOrderness zero to apply observations as they arrive; above zero, a key's
 *     observations wait until the watermark has passed them and are applied in {@link
 *     io.flinklstm.forecast.Observation#APPLICATION_ORDER}, so the stream needs watermarks that lag
 *     by this much
 * @param maxBufferedEvents observations of one key that may wait, 1 to 100,000; beyond that, the
 *     key's oldest is applied early
 * @param kernel the arithmetic
 * @param onModelChange what happens to restored state of another model
 * @param onModelChangeName what the user calls that setting, for messages
 */
@PublicEvolving
public record ForecastSettings(
    StreamPolicy policy,
    Duration maxOutOfOrderness,
    int maxBufferedEvents,
    KernelType kernel,
    OnModelChange onModelChange,
    String onModelChangeName)
    implements Serializable {

  public static final int DEFAULT_MAX_BUFFERED_EVENTS = 1000;

  /** A key's waiting observations form one value of its state, which RocksDB limits to 2 GB. */
  private static final int MAX_BUFFERED_EVENTS = 100_000;

  private static final Duration MAX_OUT_OF_ORDERNESS = Duration.ofDays(366);

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public ForecastSettings {
    if (maxOutOfOrderness.isNegative() || maxOutOfOrderness.compareTo(MAX_OUT_OF_ORDERNESS) > 0) {
      throw new IllegalArgumentException(
          "max-out-of-orderness: expected a duration of 0 to "
              + MAX_OUT_OF_ORDERNESS
              + ", got "
              + maxOutOfOrderness);
    }
    if (maxBufferedEvents < 1 || maxBufferedEvents > MAX_BUFFERED_EVENTS) {
      throw new IllegalArgumentException(
          "max-buffered-events: expected 1 to "
              + MAX_BUFFERED_EVENTS
              + ", got "
              + maxBufferedEvents);
    }
  }

  /** Settings whose messages call {@link #onModelChange} by that name. */
  public ForecastSettings(
      StreamPolicy policy,
      Duration maxOutOfOrderness,
      int maxBufferedEvents,
      KernelType kernel,
      OnModelChange onModelChange) {
    this(policy, maxOutOfOrderness, maxBufferedEvents, kernel, onModelChange, "onModelChange");
  }

  /** Arrival order, the card's gap, the fastest kernel, and no state of another model. */
  public static ForecastSettings of(ModelCard card) {
    return new ForecastSettings(
        StreamPolicy.of(card),
        Duration.ZERO,
        DEFAULT_MAX_BUFFERED_EVENTS,
        KernelType.AUTO,
        OnModelChange.FAIL);
  }
}
