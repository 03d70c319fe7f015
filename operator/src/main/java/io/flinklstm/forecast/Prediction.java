package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import org.jspecify.annotations.Nullable;

/**
 * The forecast that follows one observation.
 *
 * @param key the stream
 * @param eventTime of the observation, epoch milliseconds
 * @param model the model that made it
 * @param reset why the stream's state began again with this observation, or null if it went on
 * @param gapMs the pause before this observation, in milliseconds, if the state knew the one before
 *     and the pause was longer than the gap; otherwise 0
 * @param step steps carried since the state began, this one included; at least 1
 * @param lastValue the target formula's value at this observation
 * @param forecasts (horizon), entry k-1 is the target formula's value forecast for the k-th next
 *     observation of the key; all finite
 * @param source where the observation was read, or null if it has no source record
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
    @Nullable SourcePosition source)
    implements Outcome {

  /** How far the state has warmed up. */
  public enum Status {
    /** Fewer steps were carried than the model saw in training; the forecast may be poor. */
    WARMING_UP,
    /** At least the model's lookback was carried. */
    READY
  }

  /** Why a stream's state began again. */
  public enum Reset {
    /** The key was not known. */
    NEW,
    /** More time passed since the key's last observation than the gap. */
    GAP,
    /** More time passed since the key's last observation than a state is kept. */
    EXPIRED,
    /** The state belonged to another model, and streams begin again then. */
    MODEL
  }

  public Status status() {
    return step >= model.lookback() ? Status.READY : Status.WARMING_UP;
  }

  /**
   * The same for every repetition of the same forecast: a function of the source position and the
   * model. Null if the observation has no source record.
   */
  public @Nullable String predictionId() {
    return source == null
        ? null
        : source.topic()
            + "-"
            + source.partition()
            + "-"
            + source.offset()
            + "-"
            + model.hashString();
  }
}
