package io.flinklstm.jobs.config;

import io.flinklstm.format.weights.ModelFileException;

/** Tells the user which options and commands to use when a model file lacks something. */
public final class ModelCure {

  private ModelCure() {}

  /**
   * The message of the refusal, followed by the cure if there is one.
   *
   * @param cardOption the option that takes a card beside the model file
   */
  public static String message(ModelFileException refusal, String cardOption) {
    return refusal.getMessage()
        + switch (refusal.lack()) {
          case NOTHING -> "";
          case CARD ->
              "; give one beside it (" + cardOption + "); card init writes one to complete";
          case KERAS_CONFIG -> " with model convert --keras-config";
          case ONNX_INPUT -> " with model convert --input NAME=FILE.pb";
          case DROP -> " (model convert --drop NAME)";
        };
  }
}
