package io.flinklstm.forecast;

import io.flinklstm.annotation.PublicEvolving;

/**
 * What happens when restored stream states belong to another model than the current one: h and c
 * mean nothing to other weights.
 */
@PublicEvolving
public enum OnModelChange {
  /** The restore is refused. */
  FAIL,
  /**
   * Every stream is reset at its next observation ({@link Prediction.Reset#MODEL}), but still knows
   * which observations are late or duplicates: {@link Forecaster#resume}.
   */
  RESET;

  private static final String HASH = " hash ";

  /** The description of a model that is stored with the states that belong to it. */
  public static String describe(ModelId model) {
    return model.name() + " version " + model.version() + HASH + model.hashString();
  }

  /**
   * Checks that restored states may be used with the current model.
   *
   * @param restored the model's {@linkplain #describe description} from when the states were stored
   * @return whether they belong to it; if not, the streams are reset
   * @throws IllegalStateException if they do not and this is {@link #FAIL}
   */
  public boolean checkSame(String restored, ModelId today) {
    if (restored.endsWith(HASH + today.hashString())) {
      return true;
    }
    if (this == FAIL) {
      throw new IllegalStateException(
          "model of the restored state: expected "
              + describe(today)
              + ", got "
              + restored
              + "; restore with the model the state belongs to, or start without the savepoint");
    }
    return false;
  }

  /**
   * Checks a restore that found no states at all.
   *
   * @throws IllegalStateException if this is {@link #FAIL}
   */
  public void checkMissing() {
    if (this == FAIL) {
      throw new IllegalStateException(
          "state of the forecasts in the restored snapshot: expected the states of the streams,"
              + " got none; give the operator the uid it had when the state was written");
    }
  }
}
