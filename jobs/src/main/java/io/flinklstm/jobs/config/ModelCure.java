package io.flinklstm.jobs.config;

import io.flinklstm.format.weights.ModelFileException;

/** What a user can do about a model file that lacks something: the options and commands to use. */
public final class ModelCure {

  private ModelCure() {}

  /**
   * The message of a refusal with the cure, if there is one.
   *
   * @param cardOption the option by which the user gives a card beside the file
   */
  public static String message(ModelFileException refusal, String cardOption) {
    return refusal.getMessage()
        + switch (refusal.lack()) {
          case NOTHING -> "";
          case CARD ->
              "; give one beside it (" + cardOption + "), which card init writes to be completed";
          case KERAS_CONFIG -> " with model convert --keras-config";
          case ONNX_INPUT -> " with model convert --input NAME=FILE.pb";
          case DROP -> " (model convert --drop NAME)";
        };
  }
}
