package io.flinklstm.local.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.train.TrainingState;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Split;

/**
 * Where a trained model comes from, for its card: the data, the configuration, and how the training
 * went. It has no file names and no dates, so that the same training gives the same bytes.
 */
final class TrainingProvenance {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final TrainingConfig config;
  private final ObjectNode data;

  TrainingProvenance(TrainingConfig config, History history) {
    this.config = config;
    this.data =
        JSON.createObjectNode()
            .put("rows", history.rows())
            .put("streams", history.series().size())
            .put("sha256", history.sha256());
  }

  /** SHA-256 of the history. */
  String dataSha256() {
    return data.path("sha256").textValue();
  }

  /** What determines the result of the training, to the bit. */
  ObjectNode plan() {
    ObjectNode plan = config.tree().deepCopy();
    plan.remove("provenance");
    plan.set("data", data);
    return plan;
  }

  /** The provenance, which begins with what the configuration itself gives. */
  String of(TrainingState state) {
    JsonNode own = config.tree().path("provenance");
    ObjectNode provenance =
        own instanceof ObjectNode given ? given.deepCopy() : JSON.createObjectNode();
    Split split = config.split();
    provenance
        .put("data_sha256", dataSha256())
        .put("data_rows", data.path("rows").longValue())
        .put("data_streams", data.path("streams").intValue());
    provenance
        .putObject("split")
        .put("train", split.train())
        .put("validation", split.validation())
        .put("test", split.test());
    for (String section : new String[] {"network", "training"}) {
      if (config.tree().has(section)) {
        provenance.set(section, config.tree().get(section));
      }
    }
    provenance.put("epochs", state.epochs().size()).put("best_epoch", state.bestEpoch());
    if (Double.isFinite(state.bestValidation())) {
      provenance.put("validation_loss", state.bestValidation());
    }
    return provenance.toString();
  }
}
