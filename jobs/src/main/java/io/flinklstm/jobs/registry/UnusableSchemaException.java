package io.flinklstm.jobs.registry;

/**
 * Thrown for a schema id whose records cannot be read. Has no stack trace, because there may be
 * floods of them.
 */
public final class UnusableSchemaException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean unavailable;

  private UnusableSchemaException(String message, boolean unavailable) {
    super(message, null, false, false);
    this.unavailable = unavailable;
  }

  /** The schema is known and will not change. */
  public UnusableSchemaException(String message) {
    this(message, false);
  }

  /** The registry does not have the schema yet, or does not answer. */
  static UnusableSchemaException unavailable(String message) {
    return new UnusableSchemaException(message, true);
  }

  /** Whether the schema may be had later. */
  public boolean isUnavailable() {
    return unavailable;
  }
}
