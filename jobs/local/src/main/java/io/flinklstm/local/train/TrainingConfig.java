package io.flinklstm.local.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.card.JsonFields;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.card.YamlTree;
import io.flinklstm.local.console.InputFile;
import io.flinklstm.train.TrainingOptions;
import io.flinklstm.train.data.Split;
import io.flinklstm.train.network.Adam;
import io.flinklstm.train.network.Loss;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The configuration of a training: the model card, whose scalers may be left out to be fitted, and
 * besides it {@code network}, {@code split} and {@code training}.
 *
 * @param card with scalers of mean 0 and standard deviation 1 where they are to be fitted
 * @param scaled names of the features whose scalers are given
 * @param split of every stream
 * @param options of the training
 * @param tree the content of the file
 */
record TrainingConfig(
    ModelCard card, Set<String> scaled, Split split, TrainingOptions options, ObjectNode tree) {

  private static final List<String> OWN = List.of("network", "split", "training");
  private static final List<String> NETWORK = List.of("hidden_size", "num_layers");
  private static final List<String> SPLIT = List.of("train", "validation", "test");
  private static final List<String> TRAINING =
      List.of(
          "loss",
          "huber_delta",
          "quantile",
          "target_clip",
          "learning_rate",
          "decay",
          "weight_decay",
          "max_norm",
          "averaging",
          "batch_size",
          "streams",
          "chunk",
          "epochs",
          "patience",
          "seed");

  /** What is minimized. */
  private enum LossName {
    MSE,
    HUBER,
    QUANTILE
  }

  /**
   * Reads the file.
   *
   * @param training values of {@code training} that override the file's
   * @throws IllegalArgumentException or ModelFileException, naming the place, if the file cannot be
   *     used
   */
  static TrainingConfig read(InputFile file, Map<String, Integer> training) {
    String where = "training configuration " + file.name();
    JsonNode document = YamlTree.read(file.read(), where);
    if (!(document instanceof ObjectNode tree)) {
      throw new IllegalArgumentException(
          where
              + ": expected names and values, got "
              + (document.isMissingNode() ? "none" : document));
    }
    if (!training.isEmpty() && !tree.has("training")) {
      tree.putObject("training");
    }
    if (tree.get("training") instanceof ObjectNode own) {
      training.forEach((name, value) -> own.put(name, value));
    }
    JsonFields fields =
        new JsonFields(
            tree, where, Stream.concat(ModelCardJson.CARD_NAMES.stream(), OWN.stream()).toList());
    ObjectNode cardTree = tree.deepCopy().without(OWN);
    Set<String> scaled = completeScalers(cardTree);
    ModelCard card = ModelCardJson.read(cardTree, where);
    try {
      return new TrainingConfig(card, scaled, split(fields), options(fields, card), tree);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }

  /** Gives features without mean and std the values 0 and 1; returns the names of the others. */
  private static Set<String> completeScalers(ObjectNode card) {
    Set<String> given = new HashSet<>();
    for (JsonNode feature : card.path("features")) {
      if (feature instanceof ObjectNode object) {
        if (object.has("mean") || object.has("std")) {
          given.add(object.path("name").asText());
        } else {
          object.put("mean", 0.0).put("std", 1.0);
        }
      }
    }
    return given;
  }

  private static Split split(JsonFields fields) {
    JsonFields split = fields.object("split", SPLIT);
    return fields.has("split")
        ? new Split(split.number("train"), split.number("validation", 0), split.number("test", 0))
        : Split.DEFAULT;
  }

  private static TrainingOptions options(JsonFields fields, ModelCard card) {
    TrainingOptions normal = TrainingOptions.defaults(card.context());
    JsonFields network = fields.object("network", NETWORK);
    JsonFields training = fields.object("training", TRAINING);
    return new TrainingOptions(
        new TrainingOptions.Network(
            network.integer("hidden_size", normal.network().hiddenSize()),
            network.integer("num_layers", normal.network().numLayers())),
        loss(training),
        training.number("target_clip", normal.targetClip()),
        new TrainingOptions.Optimizer(
            Adam.Settings.DEFAULT.withWeightDecay(training.number("weight_decay", 0)),
            training.number("learning_rate", normal.optimizer().learningRate()),
            training.choice("decay", TrainingOptions.Decay.values(), normal.optimizer().decay()),
            training.number("max_norm", normal.optimizer().maxNorm()),
            training.number("averaging", normal.optimizer().averaging())),
        new TrainingOptions.Batching(
            training.integer("batch_size", normal.batching().batchSize()),
            training.integer("streams", normal.batching().streams()),
            training.integer("chunk", normal.batching().chunk())),
        new TrainingOptions.Stopping(
            training.integer("epochs", normal.stopping().epochs()),
            training.integer("patience", normal.stopping().patience())),
        training.integer("seed", (int) normal.seed()));
  }

  private static Loss loss(JsonFields training) {
    LossName name = training.choice("loss", LossName.values(), LossName.MSE);
    if (name != LossName.HUBER && training.has("huber_delta")) {
      throw training.refused("huber_delta", "expected it with loss: huber only, got " + name);
    }
    if (name != LossName.QUANTILE && training.has("quantile")) {
      throw training.refused("quantile", "expected it with loss: quantile only, got " + name);
    }
    return switch (name) {
      case MSE -> Loss.squared();
      case HUBER -> Loss.huber(training.number("huber_delta", 1));
      case QUANTILE -> Loss.quantile(training.number("quantile", 0.5));
    };
  }
}
