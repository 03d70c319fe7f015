package io.flinklstm.jobs.registry;

/** Thrown when a schema registry does not answer, or refuses to; the message names the option. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }

  RegistryException(String message) {
    super(message);
  }
}
