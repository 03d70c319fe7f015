package io.flinklstm.format.weights;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.RevinAffine;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmWeights;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a model file.
 *
 * @param name the file's name in messages
 * @param format the format and what is known about the writer, for example "ONNX, opset 17, pytorch
 *     2.13.0"
 * @param gateOrder the gates' order in the file, in the format's letters
 * @param steps length of the sequences that the file is made for, or 0 for any length
 * @param weights the trained weights
 * @param affine affine parameters of the features with transform revin, or null for none
 * @param card the model card in the file, or null for none
 * @param notes what was changed in conversion, and what is special about the file
 * @param unused tensors that have no place in a model here; as long as there are any, the file is
 *     refused, because what they did is unknown
 */
@PublicEvolving
public record ModelFile(
    String name,
    String format,
    String gateOrder,
    int steps,
    LstmWeights weights,
    @Nullable RevinAffine affine,
    @Nullable ModelCard card,
    List<String> notes,
    List<String> unused) {

  private static final int DRAFT_LOOKBACK = 30;

  public ModelFile {
    notes = List.copyOf(notes);
    unused = List.copyOf(unused);
  }

  /**
   * The card in the file or, if there is none, one of the right sizes with placeholders for names,
   * lookback and scalers.
   *
   * @throws ModelFileException if no card can fit such a model
   */
  public ModelCard draftCard() {
    if (card != null) {
      return card;
    }
    int revin = affine == null ? 0 : affine.weight().length;
    List<Feature> features = new ArrayList<>();
    for (int k = 0; k < weights.config().inputSize(); k++) {
      Transform transform = k < revin ? Transform.REVIN : Transform.IDENTITY;
      features.add(
          new Feature(
              "feature" + k,
              Formula.parse("field" + k),
              transform,
              0,
              1,
              Double.POSITIVE_INFINITY));
    }
    String bareName = name.replaceFirst(".*[/\\\\]", "").replaceFirst("\\.[^.]*$", "");
    try {
      return new ModelCard(
          bareName.isBlank() ? "model" : bareName,
          "1",
          steps > 1 ? steps : DRAFT_LOOKBACK,
          weights.config().outputSize(),
          revin == 0 ? ModelCard.Context.CARRY : ModelCard.Context.WINDOW,
          null,
          ModelCard.GapPolicy.KEEP,
          features,
          features.get(0).name(),
          "{}");
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("model file " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * The model with the card in the file.
   *
   * @throws ModelFileException if there is no card or the model cannot be used
   */
  public ForecastModel model() {
    if (card == null) {
      throw new ModelFileException(
          "model card in "
              + name
              + ": expected one in the file (safetensors metadata model_card) or beside it, got none",
          ModelFileException.Lack.CARD);
    }
    return model(card);
  }

  /**
   * The model with the given card in place of any in the file.
   *
   * @throws ModelFileException if the two do not fit each other or the model cannot be used
   */
  public ForecastModel model(ModelCard card) {
    if (!unused.isEmpty()) {
      throw new ModelFileException(
          "model file "
              + name
              + ": expected nothing but an nn.LSTM and an nn.Linear, got "
              + Excerpt.enumeration(unused)
              + " too; names do not tell how they are connected: export the model as ONNX, or drop"
              + " by name what no forecast depends on",
          ModelFileException.Lack.DROP);
    }
    try {
      return new ForecastModel(weights, affine, card);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("model " + name + ": " + e.getMessage(), e);
    }
  }
}
