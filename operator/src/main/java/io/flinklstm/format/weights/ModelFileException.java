package io.flinklstm.format.weights;

import io.flinklstm.annotation.PublicEvolving;

/**
 * Thrown if a model file or card cannot be used. The message is written for the person who chose
 * the file: it names the file, the place in it, what was expected and what was found.
 */
@PublicEvolving
public final class ModelFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What would make the file usable, so that a caller can tell the user how to supply it. */
  public enum Lack {
    /** Nothing that could be supplied with the file. */
    NOTHING,
    /** A model card. */
    CARD,
    /** The config.json of a Keras file that holds weights only. */
    KERAS_CONFIG,
    /** The values of an ONNX graph input that is a weight. */
    ONNX_INPUT,
    /** The names of tensors that no forecast depends on. */
    DROP
  }

  private final Lack lack;

  public ModelFileException(String message) {
    this(message, Lack.NOTHING);
  }

  public ModelFileException(String message, Lack lack) {
    super(message);
    this.lack = lack;
  }

  public ModelFileException(String message, Throwable cause) {
    super(message, cause);
    this.lack = Lack.NOTHING;
  }

  public Lack lack() {
    return lack;
  }
}
