package io.flinklstm.format;

import io.flinklstm.annotation.PublicEvolving;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.format.keras.KerasReader;
import io.flinklstm.format.onnx.OnnxReader;
import io.flinklstm.format.pytorch.PyTorchWeights;
import io.flinklstm.format.pytorch.Safetensors;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** Reads model files of every supported format and writes safetensors files. */
@PublicEvolving
public final class ModelFiles {

  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private static final byte[] ZIP = {'P', 'K', 3, 4};

  private static final byte[] TFLITE = {'T', 'F', 'L', '3'}; // after the first four bytes

  private ModelFiles() {}

  /**
   * Reads a file of any supported format, which its first bytes identify.
   *
   * @param file the whole file. Not modified
   * @param fileName the file's name in messages; the suffix .onnx or .safetensors decides the
   *     format when the bytes do not
   * @param options what the file itself does not say; each option is accepted only for files it
   *     applies to
   * @return the weights, the card if the file carries one, and notes on what was found
   * @throws ModelFileException if it cannot be used; the message says why
   */
  public static ModelFile open(byte[] file, String fileName, ReadOptions options) {
    Format format = format(file, fileName);
    checkApply(options, format, fileName);
    try {
      return switch (format) {
        case SAFETENSORS ->
            PyTorchWeights.open(Safetensors.read(file, fileName), fileName, options.drop());
        case ONNX -> OnnxReader.read(file, fileName, options.onnxInputs());
        case HDF5 -> KerasReader.openHdf5(file, fileName, options.kerasConfig());
        case ZIP -> {
          ModelFile keras = KerasReader.openArchive(file, fileName);
          if (keras == null) {
            throw torchSave(fileName, "a zip archive, perhaps from torch.save");
          }
          yield keras;
        }
        case PICKLE -> throw torchSave(fileName, "a pickle");
      };
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("model file " + fileName + ": " + e.getMessage(), e);
    }
  }

  /** As {@link #open(byte[], String, ReadOptions)}, for a file that needs no options. */
  public static ModelFile open(byte[] file, String fileName) {
    return open(file, fileName, ReadOptions.NONE);
  }

  /**
   * Reads a model whose file carries its card.
   *
   * @param file the whole file. Not modified
   * @param fileName the file's name in messages
   * @throws ModelFileException if it cannot be used; the message says why
   */
  public static ForecastModel read(byte[] file, String fileName) {
    return open(file, fileName).model();
  }

  /**
   * Reads a model with a separate card, which takes precedence over one in the file.
   *
   * @param file the whole file. Not modified
   * @param fileName the file's name in messages
   * @param card the card as JSON or YAML. Not modified
   * @param cardName the card's name in messages
   * @throws ModelFileException if they cannot be used; the message says why
   */
  public static ForecastModel read(byte[] file, String fileName, byte[] card, String cardName) {
    return open(file, fileName).model(ModelCardYaml.read(card, cardName));
  }

  /** Writes the model and its card as a safetensors file. */
  public static byte[] write(ForecastModel model) {
    return new Safetensors(
            Map.of(PyTorchWeights.CARD, ModelCardJson.write(model.card())),
            PyTorchWeights.tensors(model.weights(), model.affine()))
        .write();
  }

  /** The formats that are distinguished. */
  private enum Format {
    SAFETENSORS,
    ONNX,
    HDF5,
    ZIP,
    PICKLE
  }

  private static Format format(byte[] file, String fileName) {
    if (Safetensors.looksLike(file)) {
      return Format.SAFETENSORS;
    }
    if (begins(file, HDF5)) {
      return Format.HDF5;
    }
    if (begins(file, ZIP)) {
      return Format.ZIP;
    }
    if (file.length > 1 && file[0] == (byte) 0x80 && file[1] <= 5) {
      return Format.PICKLE;
    }
    if (looksLikeOnnx(file, fileName)) {
      return Format.ONNX;
    }
    if (ends(fileName, ".safetensors")) {
      return Format.SAFETENSORS; // its reader says what is wrong with it
    }
    throw new ModelFileException(
        "model file "
            + fileName
            + ": expected a safetensors, ONNX or Keras file, got none of them: it "
            + hint(file));
  }

  private static String hint(byte[] file) {
    if (file.length == 0) {
      return "is empty";
    }
    if (file.length >= 8 && Arrays.equals(file, 4, 8, TFLITE, 0, 4)) {
      return "is a TensorFlow Lite file; convert the Keras model it was made from";
    }
    int shown = Math.min(file.length, 8);
    return "begins with bytes " + HexFormat.ofDelimiter(" ").formatHex(file, 0, shown);
  }

  private static void checkApply(ReadOptions options, Format format, String fileName) {
    String unused =
        !options.drop().isEmpty() && format != Format.SAFETENSORS
            ? "tensors to drop (for safetensors files)"
            : !options.onnxInputs().isEmpty() && format != Format.ONNX
                ? "values of inputs (for ONNX files)"
                : options.kerasConfig() != null && format != Format.HDF5
                    ? "a Keras config (for Keras files that hold weights only)"
                    : null;
    if (unused != null) {
      throw new ModelFileException(
          "model file " + fileName + ": expected only options that apply to it, got " + unused);
    }
  }

  /** ONNX has no signature; nearly all writers begin with the version, field 1 of the message. */
  private static boolean looksLikeOnnx(byte[] file, String fileName) {
    return ends(fileName, ".onnx")
        || file.length > 8 && file[0] == 0x08 && file[1] > 0 && file[1] < 32;
  }

  private static boolean ends(String fileName, String suffix) {
    return fileName.toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  private static boolean begins(byte[] file, byte[] bytes) {
    for (int k = 0; k < bytes.length; k++) {
      if (k >= file.length || file[k] != bytes[k]) {
        return false;
      }
    }
    return true;
  }

  private static ModelFileException torchSave(String fileName, String got) {
    String target = fileName.replaceFirst("\\.[A-Za-z]+$", "") + ".safetensors";
    return new ModelFileException(
        String.format(
            Locale.ROOT,
            "model file %s: expected a safetensors, ONNX or Keras file, got %s, which can run"
                + " arbitrary code when loaded; export it in Python with%n"
                + "  import torch; from safetensors.torch import save_file%n"
                + "  weights = torch.load(\"%s\", map_location=\"cpu\", weights_only=True)%n"
                + "  save_file({k: v.contiguous() for k, v in weights.items()}, \"%s\")%n"
                + "(for a checkpoint, use weights = weights[\"model_state_dict\"]; for a whole"
                + " model written by torch.save, save_file(model.state_dict(), ...) where it was"
                + " trained)",
            fileName,
            got,
            fileName,
            target));
  }
}
