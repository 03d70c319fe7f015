package io.flinklstm.jobs.config;

/**
 * The job cannot start with this configuration. The message is written for the person who starts
 * the job and gives the option, the expected value and the actual one.
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
