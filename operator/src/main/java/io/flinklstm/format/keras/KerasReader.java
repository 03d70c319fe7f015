package io.flinklstm.format.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.format.weights.GateOrder;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.WeightsBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Keras model of LSTM layers followed by Dense layers: a .keras archive, a .weights.h5 file
 * with the model's config in a separate file, or a legacy .h5 file.
 *
 * <p>Keras multiplies inputs from the left: a kernel is (inputSize, 4*units), columns i,f,c,o, and
 * is transposed here. It has one bias, the sum of PyTorch's two. The shape of every dataset is
 * checked against the config, and every dataset must belong to a layer.
 */
public final class KerasReader {

  private final String fileName;
  private final KerasWeights datasets;
  private final List<KerasLayer> layers;
  private final WeightsBuilder builder = new WeightsBuilder(GateOrder.KERAS);

  private KerasReader(KerasWeights datasets, KerasConfig config, String fileName) {
    this.fileName = fileName;
    this.datasets = datasets;
    this.layers = config.chain();
  }

  /**
   * Reads a .keras archive.
   *
   * @return null if the zip archive is not a Keras archive
   * @throws ModelFileException if the model is not understood
   */
  public static @Nullable ModelFile openArchive(byte[] file, String fileName) {
    KerasArchive archive = KerasArchive.open(file, fileName);
    if (archive == null) {
      return null;
    }
    KerasConfig config =
        KerasConfig.read(
            archive.entry(KerasArchive.CONFIG), KerasArchive.CONFIG + " in " + fileName);
    JsonNode metadata =
        KerasConfig.parse(
            archive.entry(KerasArchive.METADATA), KerasArchive.METADATA + " in " + fileName);
    KerasWeights datasets =
        new KerasWeights(Hdf5File.read(archive.entry(KerasArchive.WEIGHTS), fileName));
    return new KerasReader(datasets, config, fileName)
        .read(format(metadata.path("keras_version").asText(""), ".keras"));
  }

  /**
   * Reads an HDF5 file.
   *
   * @param givenConfig the model's config if the file has none, or null. Not modified
   * @throws ModelFileException if the model is not understood
   */
  public static ModelFile openHdf5(byte[] file, String fileName, byte @Nullable [] givenConfig) {
    KerasWeights datasets = new KerasWeights(Hdf5File.read(file, fileName));
    KerasConfig config = config(datasets.text("model_config"), givenConfig, fileName);
    String version = datasets.text("keras_version");
    return new KerasReader(datasets, config, fileName)
        .read(
            format(
                version == null ? config.version() : version,
                datasets.byName() ? "legacy .h5" : ".weights.h5"));
  }

  private static KerasConfig config(
      @Nullable String own, byte @Nullable [] given, String fileName) {
    if (own != null) {
      if (given != null) {
        throw new ModelFileException(
            "config of " + fileName + ": expected one, got its own and another beside it");
      }
      return KerasConfig.read(own.getBytes(StandardCharsets.UTF_8), "model_config in " + fileName);
    }
    if (given == null) {
      throw new ModelFileException(
          "config of "
              + fileName
              + ": expected the model's layers, got a file of weights only; give its config.json"
              + " (model.to_json())",
          ModelFileException.Lack.KERAS_CONFIG);
    }
    return KerasConfig.read(given, "Keras config for " + fileName);
  }

  private static String format(String version, String kind) {
    return "Keras " + (version.isEmpty() ? "" : version + " ") + "(" + kind + ")";
  }

  private ModelFile read(String format) {
    checkOrder();
    for (KerasLayer layer : layers) {
      if (layer.kind() == KerasLayer.Kind.LSTM) {
        addLstm(layer);
      } else if (layer.kind() == KerasLayer.Kind.DENSE) {
        addDense(layer);
      }
    }
    datasets.checkAllAreTaken();
    return new ModelFile(
        fileName,
        format,
        GateOrder.KERAS.letters(),
        steps(),
        builder.build(),
        null,
        null,
        notes(),
        List.of());
  }

  /** Checks the order: an optional input, LSTM layers, Dense layers. */
  private void checkOrder() {
    KerasLayer last = null; // of those that compute something
    for (KerasLayer layer : layers) {
      KerasLayer.Kind kind = layer.kind();
      KerasLayer.Kind before = last == null ? KerasLayer.Kind.INPUT : last.kind();
      if (kind == KerasLayer.Kind.INPUT && layer != layers.get(0)) {
        throw refused(layer, "expected the input before all other layers, got it after one");
      }
      if (kind == KerasLayer.Kind.DENSE && before == KerasLayer.Kind.INPUT) {
        throw refused(layer, "expected an LSTM before all Dense layers, got a Dense layer first");
      }
      if (kind == KerasLayer.Kind.LSTM && before == KerasLayer.Kind.DENSE) {
        throw refused(layer, "expected LSTM layers before Dense layers, got an LSTM after one");
      }
      if (kind == KerasLayer.Kind.LSTM
          && last != null
          && last.kind() == KerasLayer.Kind.LSTM
          && !last.settings().flag("return_sequences", false)) {
        throw refused(last, "expected return_sequences=true before another LSTM, got false");
      }
      last = kind == KerasLayer.Kind.NOTHING ? last : layer;
    }
    if (names(KerasLayer.Kind.LSTM).isEmpty()) {
      throw new ModelFileException(
          "layers of "
              + fileName
              + ": expected at least one LSTM, got "
              + layers.stream().map(KerasLayer::name).toList());
    }
  }

  private void addLstm(KerasLayer layer) {
    List<String> paths = datasets.take(layer);
    long units = layer.settings().units();
    long inputs = builder.layerCount() == 0 ? inputSize(paths.get(0)) : builder.outputSize();
    float[] kernel = datasets.floats(paths.get(0), "(inputSize, 4*units)", inputs, 4 * units);
    float[] recurrent = datasets.floats(paths.get(1), "(units, 4*units)", units, 4 * units);
    builder.add(
        new WeightsBuilder.Layer(
            (int) inputs,
            (int) units,
            transposed(kernel, (int) inputs),
            transposed(recurrent, (int) units),
            paths.size() < 3 ? null : datasets.floats(paths.get(2), "(4*units)", 4 * units),
            null,
            null,
            null));
  }

  private void addDense(KerasLayer layer) {
    List<String> paths = datasets.take(layer);
    int inputs = builder.outputSize();
    long units = layer.settings().units();
    float[] kernel = datasets.floats(paths.get(0), "(inputs, units)", inputs, units);
    float[] bias = paths.size() < 2 ? null : datasets.floats(paths.get(1), "(units)", units);
    builder.addLinear(inputs, (int) units, transposed(kernel, inputs), bias);
  }

  /** From the config or, if it does not say, from the kernel. */
  private long inputSize(String kernel) {
    List<Integer> shape = layers.get(0).settings().inputShape();
    if (shape != null && shape.get(2) > 0) {
      return shape.get(2);
    }
    List<Long> kernelShape = datasets.shape(kernel);
    if (kernelShape.isEmpty() || kernelShape.get(0) < 1) {
      throw new ModelFileException(
          kernel
              + " in "
              + fileName
              + ": expected shape [inputSize, 4*units] with at least one input, got "
              + kernelShape);
    }
    return kernelShape.get(0);
  }

  private static float[] transposed(float[] values, int rows) {
    int columns = values.length / rows;
    float[] result = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = values[row * columns + column];
      }
    }
    return result;
  }

  private int steps() {
    List<Integer> shape = layers.get(0).settings().inputShape();
    return shape == null ? 0 : Math.max(0, shape.get(1));
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        "LSTM layers "
            + names(KerasLayer.Kind.LSTM)
            + ", Dense layers "
            + names(KerasLayer.Kind.DENSE));
    List<String> nothing = names(KerasLayer.Kind.NOTHING);
    if (!nothing.isEmpty()) {
      notes.add("layers " + nothing + " do nothing in a forecast");
    }
    if (steps() > 0) {
      notes.add(
          "the input has "
              + steps()
              + " steps: the model may have been trained on windows of that length");
    }
    List<String> stateful =
        layers.stream()
            .filter(layer -> layer.settings().flag("stateful", false))
            .map(KerasLayer::name)
            .toList();
    if (!stateful.isEmpty()) {
      notes.add("layers " + stateful + " are stateful: h and c are carried, as always here");
    }
    if (datasets.narrowed()) {
      notes.add("weights of float64 were narrowed to float32");
    }
    notes.addAll(builder.notes());
    return notes;
  }

  /** Names of the layers of a kind. */
  private List<String> names(KerasLayer.Kind kind) {
    return layers.stream().filter(layer -> layer.kind() == kind).map(KerasLayer::name).toList();
  }

  private ModelFileException refused(KerasLayer layer, String message) {
    return new ModelFileException("layer " + layer.name() + " of " + fileName + ": " + message);
  }
}
