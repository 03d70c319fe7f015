package io.flinklstm.jobs.config;

/**
 * The job cannot start as it is configured; the message names the option, what was expected and
 * what was there, and is written for the person who starts the job.
 */
public final class JobConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public JobConfigurationException(String message) {
    super(message);
  }

  public JobConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
