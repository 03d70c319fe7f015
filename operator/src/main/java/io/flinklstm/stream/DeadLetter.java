package io.flinklstm.stream;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourceRecord;
import org.apache.flink.annotation.PublicEvolving;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be used, and why.
 *
 * @param stage the step that refused it, {@link #PARSE} or {@link #FORECAST}
 * @param rejection code and message
 * @param key the stream, or null if unknown
 * @param source the record as it was read, or null if the observation had none
 */
@PublicEvolving
public record DeadLetter(
    String stage, Rejection rejection, @Nullable String key, @Nullable SourceRecord source) {

  /** The step that makes an observation from a record. */
  public static final String PARSE = "parse";

  /** The step that applies an observation to its stream's state. */
  public static final String FORECAST = "forecast";
}
