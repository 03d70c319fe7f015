package io.flinklstm.jobs.record;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;

/**
 * Thrown by a reader for a record that cannot be used. Has no stack trace, because there may be
 * floods of them.
 */
public final class RejectedRecordException extends Exception {

  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE_LENGTH = 500;

  private final transient Rejection rejection;

  public RejectedRecordException(Rejection rejection) {
    super(rejection.message(), null, false, false);
    this.rejection = rejection;
  }

  public RejectedRecordException(RejectionCode code, String message) {
    this(
        new Rejection(
            code,
            message.length() <= MAX_MESSAGE_LENGTH
                ? message
                : message.substring(0, MAX_MESSAGE_LENGTH) + "..."));
  }

  public Rejection rejection() {
    return rejection;
  }
}
