package io.flinklstm.local.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.local.console.Facts;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.stream.StreamStateSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What {@code model inspect} shows.
 *
 * @param file what the file holds
 * @param card the model card, from the file or beside it, or null for none
 * @param hash of weights and model card, to which states are bound; null if they make no model
 * @param stateBytes the size of one key's serialized state
 * @param stepTime measured on this machine
 */
record ModelReport(ModelFile file, ModelCard card, String hash, int stateBytes, StepTime stepTime) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param card the model card, or null for none
   * @throws io.flinklstm.format.weights.ModelFileException if card and weights do not match
   */
  static ModelReport of(ModelFile file, ModelCard card) {
    boolean isModel = card != null && file.unused().isEmpty();
    return new ModelReport(
        file,
        card,
        isModel ? file.model(card).id().hashString() : null,
        stateBytes(file.weights().config(), card),
        StepTime.measure(file.weights()));
  }

  /** The size of one key's state; without a model card, assumes context carry. */
  private static int stateBytes(LstmConfig config, ModelCard card) {
    StreamState state =
        isWindow(card)
            ? new StreamState(0, 0, config.inputSize(), card.lookback())
            : new StreamState(config.numLayers(), config.hiddenSize(), config.inputSize(), 0);
    DataOutputSerializer out = new DataOutputSerializer(1024);
    try {
      new StreamStateSerializer().serialize(state, out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.length();
  }

  private static boolean isWindow(ModelCard card) {
    return card != null && card.context() == ModelCard.Context.WINDOW;
  }

  /** Steps for one observation: those of the window, and those of a roll-out. */
  private long stepsPerObservation() {
    if (card == null) {
      return 1;
    }
    boolean rolledOut = config().outputSize() != card.horizon();
    return (isWindow(card) ? card.lookback() : 1) + (rolledOut ? card.horizon() - 1 : 0);
  }

  private LstmConfig config() {
    return file.weights().config();
  }

  private long multiplyAdds() {
    return config().stepMultiplyAdds() + config().headMultiplyAdds();
  }

  private long parameters() {
    LstmWeights weights = file.weights();
    long count = length(weights.headWeight()) + length(weights.headBias());
    for (LstmWeights.Layer layer : weights.layers()) {
      count += length(layer.weightIh()) + length(layer.weightHh());
      count += length(layer.biasIh()) + length(layer.biasHh());
      count += length(layer.h0()) + length(layer.c0());
    }
    if (file.affine() != null) {
      count += 2L * file.affine().weight().length;
    }
    return count;
  }

  private static long length(float[] values) {
    return values == null ? 0 : values.length;
  }

  /** For a person, in two columns. */
  Facts facts() {
    Facts facts = new Facts();
    facts.add("File", file.name());
    facts.add("Format", file.format());
    facts.add("Gate order", file.gateOrder());
    for (int l = 0; l < config().numLayers(); l++) {
      LstmWeights.Layer layer = file.weights().layers().get(l);
      facts.add(
          "Layer " + l,
          config().layerInputSize(l)
              + " x "
              + config().hiddenSize()
              + (layer.biasIh() == null ? ", no biases" : ", biases")
              + (layer.h0() == null ? ", initial state zero" : ", initial state given"));
    }
    facts.add(
        "Head",
        config().hiddenSize()
            + " x "
            + config().outputSize()
            + (file.weights().headBias() == null ? ", no bias" : ", bias"));
    facts.add("Parameters", format("%,d (%,d bytes)", parameters(), Float.BYTES * parameters()));
    facts.add("Notes", file.notes());
    facts.add("Unused", unusedLines());
    facts.add("Card", cardLines());
    facts.add("State", format("%,d bytes per key (%s)", stateBytes, context()));
    facts.add(
        "Step",
        format(
            "%,d multiply-adds, %.2f microseconds with kernel %s, measured on this machine",
            multiplyAdds(), stepTime.microseconds(), stepTime.kernel()));
    if (stepsPerObservation() > 1) {
      facts.add("", format("%,d steps per observation", stepsPerObservation()));
    }
    return facts;
  }

  private List<String> unusedLines() {
    if (file.unused().isEmpty()) {
      return List.of("none");
    }
    List<String> lines = new ArrayList<>(file.unused());
    lines.add("not usable while these remain; --drop TENSOR if no forecast depends on it");
    return lines;
  }

  private List<String> cardLines() {
    if (card == null) {
      return List.of("none");
    }
    return List.of(
        card.name() + " version " + card.version() + (hash == null ? "" : " (" + hash + ")"),
        format(
            "target %s, horizon %,d, lookback %,d", card.target(), card.horizon(), card.lookback()),
        "fields " + String.join(", ", card.fields()));
  }

  private String context() {
    if (card == null) {
      return "assumed: context carry, one feature per input";
    }
    return isWindow(card) ? format("context window of %,d", card.lookback()) : "context carry";
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }

  /** The same as one JSON object; its names are stable. */
  String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("file", file.name());
    json.put("format", file.format());
    json.put("gate_order", file.gateOrder());
    json.put("input_size", config().inputSize());
    json.put("hidden_size", config().hiddenSize());
    json.put("output_size", config().outputSize());
    for (LstmWeights.Layer layer : file.weights().layers()) {
      ObjectNode layerNode = json.withArray("layers").addObject();
      layerNode.put("input_size", layer.weightIh().length / (4 * config().hiddenSize()));
      layerNode.put("hidden_size", config().hiddenSize());
      layerNode.put("biases", layer.biasIh() != null);
      layerNode.put("initial_state", layer.h0() == null ? "zero" : "given");
    }
    json.put("head_bias", file.weights().headBias() != null);
    json.put("revin_features", file.affine() == null ? 0 : file.affine().weight().length);
    json.put("parameters", parameters());
    json.put("parameter_bytes", Float.BYTES * parameters());
    json.set("notes", JSON.valueToTree(file.notes()));
    json.set("unused", JSON.valueToTree(file.unused()));
    try {
      json.set("card", card == null ? null : JSON.readTree(ModelCardJson.write(card)));
      json.put("model_hash", hash);
      json.put("context", isWindow(card) ? "window" : "carry");
      json.put("context_assumed", card == null);
      json.put("state_bytes_per_key", stateBytes);
      json.put("step_multiply_adds", multiplyAdds());
      json.put("step_microseconds", Math.round(1000 * stepTime.microseconds()) / 1000.0);
      json.put("kernel", stepTime.kernel());
      json.put("steps_per_observation", stepsPerObservation());
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json)
          + System.lineSeparator();
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
