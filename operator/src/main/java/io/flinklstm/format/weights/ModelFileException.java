package io.flinklstm.format.weights;

import io.flinklstm.annotation.PublicEvolving;

/**
 * A model file or card that cannot be used; the message names the file, the place in it, what was
 * expected and what was there, and is written for the person who chose the file.
 */
@PublicEvolving
public final class ModelFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What would make the file usable, for those who can tell the user how to give it. */
  public enum Lack {
    /** Nothing that could be given beside the file. */
    NOTHING,
    /** A model card. */
    CARD,
    /** The config.json of a Keras file that holds weights only. */
    KERAS_CONFIG,
    /** The values of an input of an ONNX graph that is a weight. */
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
