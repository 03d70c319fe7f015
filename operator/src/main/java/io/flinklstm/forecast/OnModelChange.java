package io.flinklstm.forecast;

/**
 * What happens when the states of streams are restored and belong to another model than the one of
 * today: h and c mean nothing to other weights.
 */
public enum OnModelChange {
  /** The restore is refused. */
  FAIL,
  /**
   * Every stream begins again with its next observation ({@link Prediction.Reset#MODEL}), but still
   * knows which observations are late or duplicates: {@link Forecaster#resume}.
   */
  RESET;

  private static final String HASH = " hash ";

  /** How a model is written down beside the states that belong to it. */
  public static String describe(ModelId model) {
    return model.name() + " version " + model.version() + HASH + model.hashString();
  }

  /**
   * Compares the model of restored states with the model of today.
   *
   * @param restored what {@link #describe} said of the model when the states were stored
   * @return whether they are the same; if not, the streams begin again
   * @throws IllegalStateException if they differ and this is {@link #FAIL}
   */
  public boolean isSame(String restored, ModelId today) {
    if (restored.endsWith(HASH + today.hashString())) {
      return true;
    }
    if (this == FAIL) {
      throw new IllegalStateException(
          "model of the restored state: expected "
              + describe(today)
              + ", got "
              + restored
              + "; restore with the model the state belongs to, let every stream begin again (on"
              + " model change: RESET), or start without the savepoint");
    }
    return false;
  }

  /**
   * Says that a restore brought no states at all.
   *
   * @throws IllegalStateException if this is {@link #FAIL}
   */
  public void restoredNothing() {
    if (this == FAIL) {
      throw new IllegalStateException(
          "state of the forecasts in what the job is restored from: expected the states of the"
              + " streams, got none; give the operator the uid it had when the state was written,"
              + " or let every stream begin again (on model change: RESET)");
    }
  }
}
