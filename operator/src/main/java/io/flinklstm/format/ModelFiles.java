package io.flinklstm.format;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Model files of every kind that is understood, in and out. */
public final class ModelFiles {

  /** The card's name among the metadata of a safetensors file. */
  private static final String CARD = "model_card";

  private ModelFiles() {}

  /**
   * Reads a model whose file carries its card.
   *
   * @param file the whole file. Not modified
   * @param fileName the file's name in messages
   * @throws ModelFileException if it cannot be used; the message says why
   */
  public static ForecastModel read(byte[] file, String fileName) {
    Safetensors content = Safetensors.read(checkFormat(file, fileName), fileName);
    String card = content.metadata().get(CARD);
    if (card == null) {
      throw new ModelFileException(
          "model card in "
              + fileName
              + ": expected "
              + CARD
              + " among the file's metadata, got "
              + content.metadata().keySet()
              + "; give the card as a file of its own (lstm.model.card)");
    }
    return model(
        content, fileName, ModelCardJson.read(card.getBytes(StandardCharsets.UTF_8), fileName));
  }

  /**
   * Reads a model whose card stands beside it, which takes precedence over one in the file.
   *
   * @param file the whole file. Not modified
   * @param fileName the file's name in messages
   * @param card the card as JSON. Not modified
   * @param cardName the card's name in messages
   * @throws ModelFileException if they cannot be used; the message says why
   */
  public static ForecastModel read(byte[] file, String fileName, byte[] card, String cardName) {
    Safetensors content = Safetensors.read(checkFormat(file, fileName), fileName);
    return model(content, fileName, ModelCardJson.read(card, cardName));
  }

  /** A safetensors file of the model and its card. */
  public static byte[] write(ForecastModel model) {
    return new Safetensors(
            Map.of(CARD, ModelCardJson.write(model.card())),
            PyTorchWeights.tensors(model.weights(), model.affine()))
        .write();
  }

  private static ForecastModel model(Safetensors content, String fileName, ModelCard card) {
    try {
      return new ForecastModel(
          PyTorchWeights.read(content, fileName),
          PyTorchWeights.readAffine(content, fileName),
          card);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("model " + fileName + ": " + e.getMessage(), e);
    }
  }

  /**
   * Names the formats that people bring by mistake; anything else gets the reader's own message.
   */
  private static byte[] checkFormat(byte[] file, String fileName) {
    boolean zip = file.length > 3 && file[0] == 'P' && file[1] == 'K';
    boolean pickle = file.length > 1 && (file[0] & 0xff) == 0x80 && file[1] <= 5;
    if ((zip || pickle) && !Safetensors.looksLike(file)) {
      throw new ModelFileException(
          "model file "
              + fileName
              + ": expected a safetensors file, got "
              + (zip ? "a zip archive, perhaps of torch.save" : "a pickle")
              + "; export it with safetensors.torch.save_file(model.state_dict(), path)");
    }
    return file;
  }
}
