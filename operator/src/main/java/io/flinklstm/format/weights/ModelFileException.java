package io.flinklstm.format.weights;

/**
 * A model file or card that cannot be used; the message names the file, the place in it, what was
 * expected and what was there, and is written for the person who chose the file.
 */
public final class ModelFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ModelFileException(String message) {
    super(message);
  }

  public ModelFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
