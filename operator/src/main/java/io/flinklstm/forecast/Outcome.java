package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;

/** What became of one observation: exactly one of these. */
@PublicEvolving
public sealed interface Outcome permits Prediction, Outcome.Late, Outcome.Duplicate, Rejection {

  /** The observation is older than the last one applied for its key; the state is untouched. */
  enum Late implements Outcome {
    LATE
  }

  /**
   * The observation's sequence number is not above the last applied one of its key, and no pause
   * longer than the ttl, or than a gap that resets, came between; the state is untouched.
   */
  enum Duplicate implements Outcome {
    DUPLICATE
  }
}
