package io.flinklstm.format.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.format.weights.ModelFileException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A supported layer of a Keras model. Its settings have been checked: in a forecast it computes the
 * same as our layer of that kind.
 *
 * @param name its name in the model
 * @param group the group of its weights, named after its class, without a number
 * @param place its index among the layers of its class, from 0
 * @param datasets path of its weights within that group, up to their numbers
 */
record KerasLayer(
    Kind kind, String name, String group, int place, String datasets, KerasSettings settings) {

  /** What a layer computes in a forecast. */
  enum Kind {
    INPUT,
    LSTM,
    DENSE,
    NOTHING
  }

  private static final Set<String> DOING_NOTHING =
      Set.of(
          "Activation", // checked to be linear
          "ActivityRegularization",
          "AlphaDropout",
          "Dropout",
          "GaussianDropout",
          "GaussianNoise",
          "Identity",
          "SpatialDropout1D");

  private static final String INTO_THE_CARD =
      "; leave it out and set mean and std of the features in the model card";
  private static final String FLAT = "; build one flat model, without nested models";

  private static final Map<String, String> CURES =
      Map.ofEntries(
          Map.entry("Normalization", INTO_THE_CARD),
          Map.entry("Rescaling", INTO_THE_CARD),
          Map.entry("BatchNormalization", "; train without it, on scaled features"),
          Map.entry("Bidirectional", "; a stream has no future: train a forward LSTM"),
          Map.entry("GRU", "; train an LSTM instead"),
          Map.entry("SimpleRNN", "; train an LSTM instead"),
          Map.entry("RNN", "; build the model with LSTM instead of RNN(cells)"),
          Map.entry("Masking", "; a stream has no padding: build the model without it"),
          Map.entry("GetItem", "; build the LSTM with return_sequences=False instead"),
          Map.entry("Functional", FLAT),
          Map.entry("Sequential", FLAT),
          Map.entry("Model", FLAT));

  /** Settings that are checked or do not affect a forecast. */
  private static final String COMMON =
      "name trainable dtype batch_shape batch_input_shape units use_bias activation"
          + " kernel_initializer bias_initializer kernel_regularizer bias_regularizer"
          + " activity_regularizer kernel_constraint bias_constraint ";

  private static final Set<String> DENSE_SETTINGS = words(COMMON);
  private static final Set<String> LSTM_SETTINGS =
      words(
          COMMON
              + "recurrent_activation recurrent_initializer recurrent_regularizer"
              + " recurrent_constraint unit_forget_bias dropout recurrent_dropout seed"
              + " return_sequences return_state go_backwards stateful unroll implementation"
              + " time_major zero_output_for_mask use_cudnn");
  private static final Set<String> INPUT_SETTINGS =
      words("name trainable dtype batch_shape batch_input_shape optional");
  private static final Set<String> TIME_DISTRIBUTED_SETTINGS = words("layer " + COMMON);

  private static final Pattern OF_KERAS = Pattern.compile("(tensorflow\\.|tf_)?keras(\\..*)?");

  private static Set<String> words(String text) {
    return Set.of(text.trim().split(" "));
  }

  /**
   * Reads a layer.
   *
   * @param place its index among the layers of its class
   * @param where the config's place in messages
   * @throws ModelFileException if the layer or one of its settings is not understood
   */
  static KerasLayer read(JsonNode node, int place, String where) {
    String className = node.path("class_name").asText("nothing");
    String name = node.path("config").path("name").asText(node.path("name").asText(""));
    KerasSettings settings = new KerasSettings(node, name, where);
    if (isCustom(node)) {
      throw settings.refused("class_name", "expected a class of Keras", "custom " + className);
    }
    settings.checkDtype();
    String datasets = className.equals("LSTM") ? "/cell/vars/" : "/vars/";
    Kind kind = kind(className, settings);
    if (className.equals("TimeDistributed")) {
      settings = inner(settings, node.path("config").path("layer"), where);
      datasets = "/layer/vars/";
    }
    return new KerasLayer(kind, name, snakeCase(className), place, datasets, settings);
  }

  private static Kind kind(String className, KerasSettings settings) {
    if (DOING_NOTHING.contains(className)) {
      settings.checkLinear("activation");
      return Kind.NOTHING;
    }
    switch (className) {
      case "InputLayer" -> {
        settings.checkNames(INPUT_SETTINGS);
        return Kind.INPUT;
      }
      case "LSTM" -> {
        checkLstm(settings);
        return Kind.LSTM;
      }
      case "Dense" -> {
        settings.checkNames(DENSE_SETTINGS);
        settings.checkLinear("activation");
        return Kind.DENSE;
      }
      case "TimeDistributed" -> {
        settings.checkNames(TIME_DISTRIBUTED_SETTINGS);
        return Kind.DENSE;
      }
      default -> {
        String cure = CURES.getOrDefault(className, "");
        throw settings.refused(
            "class_name", "expected LSTM layers, then Dense layers", className + cure);
      }
    }
  }

  private static void checkLstm(KerasSettings settings) {
    settings.checkNames(LSTM_SETTINGS);
    settings.check("activation", "tanh");
    settings.check("recurrent_activation", "sigmoid");
    if (settings.flag("go_backwards", false)) {
      throw settings.refused("go_backwards", "expected false", "true; a stream has no end");
    }
  }

  /** The settings of the layer that TimeDistributed applies to every step. */
  private static KerasSettings inner(KerasSettings settings, JsonNode node, String where) {
    String className = node.path("class_name").asText("nothing");
    if (!className.equals("Dense")) {
      throw settings.refused("layer", "expected Dense", className);
    }
    return read(node, 0, where).settings;
  }

  /** TimeDistributed becomes time_distributed, Keras's name for the group of its weights. */
  static String snakeCase(String className) {
    return className
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /** Whether a class is custom, even if it is registered under one of Keras's names. */
  static boolean isCustom(JsonNode node) {
    String className = node.path("class_name").asText();
    JsonNode module = node.path("module");
    JsonNode registered = node.path("registered_name");
    return module.isTextual() && !OF_KERAS.matcher(module.textValue()).matches()
        || registered.isTextual() && !registered.textValue().equals(className);
  }
}
