package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What pauses do to a stream's state, measured in event time. The model card has a gap because
 * training cut the streams there; a job may decide otherwise.
 *
 * @param gap the longest pause within a stream, above zero, or null for no limit
 * @param gapPolicy what happens after a longer pause
 * @param ttl the pause after which a stream is reset whatever the policy, longer than the gap, or
 *     null for never
 */
@PublicEvolving
public record StreamPolicy(
    @Nullable Duration gap, ModelCard.GapPolicy gapPolicy, @Nullable Duration ttl)
    implements Serializable {

  private static final Duration MAX = Duration.ofMillis(Long.MAX_VALUE);

  /**
   * @throws IllegalArgumentException if a duration is out of range
   */
  public StreamPolicy {
    check("gap", gap);
    check("ttl", ttl);
    if (gap != null && ttl != null && ttl.compareTo(gap) <= 0) {
      throw new IllegalArgumentException(
          "ttl: expected a duration above the gap of " + gap + ", got " + ttl);
    }
  }

  /** The card's gap and policy, with states that never expire. */
  public static StreamPolicy of(ModelCard card) {
    return new StreamPolicy(card.gap(), card.gapPolicy(), null);
  }

  static void check(String name, @Nullable Duration duration) {
    if (duration == null) {
      return;
    }
    if (duration.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          name + ": expected a duration of 1 ms or more, got " + duration);
    }
    if (duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          name + ": expected at most " + MAX + " (2^63 - 1 milliseconds), got " + duration);
    }
  }

  /** In milliseconds; the largest long for no limit. */
  long gapMs() {
    return gap == null ? Long.MAX_VALUE : gap.toMillis();
  }

  /** In milliseconds; the largest long for never. */
  public long ttlMs() {
    return ttl == null ? Long.MAX_VALUE : ttl.toMillis();
  }
}
