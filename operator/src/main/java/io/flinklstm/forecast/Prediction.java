package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The forecast that follows one observation.
 *
 * @param key the stream
 * @param eventTime of the observation, epoch milliseconds
 * @param model the model that made it
 * @param reset why the stream's state was reset at this observation, or null if it continued
 * @param gapMs the pause before this observation, in milliseconds, if the state knew the previous
 *     one and the pause was longer than the gap; otherwise 0
 * @param step steps carried since the state started, including this one; at least 1
 * @param lastValue the target formula's value at this observation
 * @param forecasts (horizon), entry k-1 is the target formula's value forecast for the k-th next
 *     observation of the key; all finite
 * @param source where the observation was read, or null if it has no source record
 * @param history a hash of the observations applied to the stream since its state was new, this one
 *     included, and of the settings they were applied with
 */
@PublicEvolving
public record Prediction(
    String key,
    long eventTime,
    ModelId model,
    @Nullable Reset reset,
    long gapMs,
    long step,
    double lastValue,
    double[] forecasts,
    @Nullable SourcePosition source,
    long history)
    implements Outcome {

  /** How far the state has warmed up. */
  public enum Status {
    /** Fewer steps have been carried than the model saw in training; the forecast may be poor. */
    WARMING_UP,
    /** At least as many steps as the model's lookback have been carried. */
    READY
  }

  /** Why a stream's state was reset. */
  public enum Reset {
    /** The key was unknown. */
    NEW,
    /** More time than the gap passed since the key's last observation. */
    GAP,
    /** More time than the ttl passed since the key's last observation. */
    EXPIRED,
    /** The state belonged to another model, so it was reset. */
    MODEL
  }

  public Status status() {
    return step >= model.lookback() ? Status.READY : Status.WARMING_UP;
  }

  /**
   * Identical for every repetition of the same forecast, and only for those: source position, hash
   * of the model, hash of the history. Null if the observation has no source record.
   */
  public @Nullable String predictionId() {
    return source == null
        ? null
        : source.topic()
            + "-"
            + source.partition()
            + "-"
            + source.offset()
            + (source.index() == SourcePosition.WHOLE_RECORD ? "" : "." + source.index())
            + "-"
            + model.hashString()
            + "-"
            + HexFormat.of().toHexDigits(history);
  }

  @Override
  public String toString() {
    return key
        + "@"
        + eventTime
        + " "
        + status()
        + " step "
        + step
        + ", last value "
        + lastValue
        + ", forecasts "
        + Arrays.toString(forecasts);
  }
}
