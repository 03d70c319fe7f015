package io.flinklstm.local.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.format.pytorch.Safetensors;
import io.flinklstm.format.weights.Tensor;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.local.console.OutputFile;
import io.flinklstm.train.TrainingState;
import io.flinklstm.train.network.LstmParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The progress of a training run, in a safetensors file beside the model that it will write:
 * written after each epoch, deleted when the training is over.
 *
 * @param name of the file
 * @param plan what is trained and on what; a checkpoint of another plan is refused
 */
record TrainingCheckpoint(String name, ObjectNode plan) {

  private static final String SUFFIX = ".checkpoint";
  private static final String PLAN = "plan";
  private static final String EPOCHS = "epochs";
  private static final String STEPS = "optimizer_steps";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The checkpoint of a training that writes {@code model}. */
  static TrainingCheckpoint of(String model, ObjectNode plan) {
    return new TrainingCheckpoint(name(model), plan);
  }

  /** The name of the checkpoint of a training that writes {@code model}. */
  static String name(String model) {
    return model + SUFFIX;
  }

  void delete() throws IOException {
    Files.deleteIfExists(Path.of(name));
  }

  /** Replaces the file. */
  void write(TrainingState state) {
    ArrayNode epochs = JSON.createArrayNode();
    for (TrainingState.Epoch epoch : state.epochs()) {
      // As text, because the validation error may be infinite or NaN.
      epochs
          .addObject()
          .put("loss", Double.toString(epoch.loss()))
          .put("validation", Double.toString(epoch.validation()));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    arrays(state)
        .forEach((tensor, values) -> tensors.put(tensor, Tensor.of(values, values.length)));
    Map<String, String> metadata =
        Map.of(
            PLAN,
            plan.toString(),
            EPOCHS,
            epochs.toString(),
            STEPS,
            Long.toString(state.adam().steps()));
    new OutputFile("checkpoint", name, true).write(new Safetensors(metadata, tensors).write());
  }

  /**
   * Reads the file.
   *
   * @param state an initial state, which becomes the one that was written. Modified
   * @throws IllegalArgumentException if it is missing, unreadable or of another plan
   */
  void read(TrainingState state) {
    Safetensors file = Safetensors.read(new InputFile("--resume", name).read(), name);
    try {
      checkPlan(JSON.readTree(file.metadata().getOrDefault(PLAN, "{}")));
      arrays(state).forEach((tensor, values) -> copy(file.tensors().get(tensor), tensor, values));
      for (JsonNode epoch : JSON.readTree(file.metadata().getOrDefault(EPOCHS, "[]"))) {
        state
            .epochs()
            .add(
                new TrainingState.Epoch(
                    Double.parseDouble(epoch.path("loss").asText()),
                    Double.parseDouble(epoch.path("validation").asText())));
      }
      state.adam().resumeAt(Long.parseLong(file.metadata().getOrDefault(STEPS, "0")));
    } catch (JsonProcessingException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "checkpoint " + name + ": expected the state of a training, got " + e.getMessage(), e);
    }
  }

  private void copy(Tensor tensor, String tensorName, float[] values) {
    if (tensor == null || tensor.size() != values.length) {
      throw new IllegalArgumentException(
          "checkpoint "
              + name
              + ": expected "
              + values.length
              + " numbers of "
              + tensorName
              + ", got "
              + (tensor == null ? 0 : tensor.size()));
    }
    System.arraycopy(tensor.toFloats(), 0, values, 0, values.length);
  }

  /** Every array of a state by its name in the file: the arrays themselves, not copies. */
  private static Map<String, float[]> arrays(TrainingState state) {
    Map<String, float[]> arrays = new LinkedHashMap<>();
    addArrays("parameters", state.parameters(), arrays);
    addArrays("average", state.average(), arrays);
    addArrays("best", state.best(), arrays);
    addArrays("mean", state.adam().mean(), arrays);
    addArrays("mean_square", state.adam().meanSquare(), arrays);
    return arrays;
  }

  private static void addArrays(
      String prefix, LstmParameters parameters, Map<String, float[]> arrays) {
    for (int k = 0; k < parameters.arrays().size(); k++) {
      arrays.put(prefix + "." + k, parameters.arrays().get(k));
    }
  }

  private void checkPlan(JsonNode written) {
    Map<String, String> now = flat(plan);
    Map<String, String> before = flat(written);
    now.forEach(
        (field, value) -> {
          if (!value.equals(before.remove(field))) {
            throw other(field, value, flat(written).get(field));
          }
        });
    before.forEach(
        (field, value) -> {
          throw other(field, null, value);
        });
  }

  private IllegalArgumentException other(String field, String now, String before) {
    return new IllegalArgumentException(
        "checkpoint "
            + name
            + ": expected one of this training, with "
            + field
            + " "
            + (now == null ? "not given" : now)
            + ", got one with "
            + (before == null ? "none" : before)
            + "; --force starts from scratch");
  }

  /** Every value of a tree by its path. */
  private static Map<String, String> flat(JsonNode tree) {
    Map<String, String> values = new LinkedHashMap<>();
    addFlat("", tree, values);
    return values;
  }

  private static void addFlat(String path, JsonNode node, Map<String, String> values) {
    if (!node.isContainerNode()) {
      values.put(path, node.toString());
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      addFlat(
          path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), values);
    }
    for (int k = 0; node.isArray() && k < node.size(); k++) {
      addFlat(path + "[" + k + "]", node.get(k), values);
    }
  }
}
