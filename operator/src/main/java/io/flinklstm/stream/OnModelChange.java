package io.flinklstm.stream;

/**
 * What happens when state is restored that belongs to another model, {@code lstm.model.on-change}.
 */
public enum OnModelChange {
  /** The job stops before the first event. */
  FAIL,
  /** Every stream begins anew when its next observation comes. */
  RESET
}
