package io.flinklstm.benchmarks.job;

import io.flinklstm.benchmarks.harness.RandomWeights;
import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Models with random weights and the features of the bundled model, or of a card. */
public final class Models {

  private static final ModelCard BUNDLED_FEATURES =
      new ModelCard(
          "benchmark",
          "1",
          30,
          1,
          ModelCard.Context.CARRY,
          null,
          ModelCard.GapPolicy.KEEP,
          List.of(
              feature("return", "price", Transform.LOG_RETURN, 0, 0.0018, 20),
              feature("amount", "amount", Transform.LOG1P, 0.55, 0.74, Double.POSITIVE_INFINITY),
              feature("elapsed", "elapsed()", Transform.LOG1P, 5.2, 4.3, Double.POSITIVE_INFINITY)),
          "return",
          "{}");

  private Models() {}

  private static Feature feature(
      String name, String formula, Transform transform, double mean, double std, double clip) {
    return new Feature(name, Formula.parse(formula), transform, mean, std, clip);
  }

  /**
   * The card in a file, or one with the bundled model's features if no file is given.
   *
   * @param file a model card as JSON, or null
   */
  public static ModelCard card(Path file) throws IOException {
    return file == null
        ? BUNDLED_FEATURES
        : ModelCardJson.read(Files.readAllBytes(file), file.toString());
  }

  /** A model with one output per step of the card's horizon. */
  public static ForecastModel model(ModelCard card, int hiddenSize, int layers) {
    LstmConfig config = new LstmConfig(card.features().size(), hiddenSize, layers, card.horizon());
    return new ForecastModel(RandomWeights.of(config), card);
  }

  /** Writes a safetensors file and returns its path. */
  public static Path write(ForecastModel model, Path folder) throws IOException {
    LstmConfig config = model.weights().config();
    Path file =
        folder.resolve("random-" + config.numLayers() + "x" + config.hiddenSize() + ".safetensors");
    return Files.write(file, ModelFiles.write(model));
  }
}
