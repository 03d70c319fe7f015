package io.flinklstm.local.model;

import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.ReadOptions;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.local.console.CommandText;
import io.flinklstm.local.console.InputFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The options for a model file and the files it needs besides, shared by the commands that read
 * one.
 */
final class ModelFileOptions {

  @Parameters(
      paramLabel = "FILE",
      description = "The model: a safetensors, ONNX or Keras file, recognized by its first bytes.")
  private String file;

  @Option(
      names = "--keras-config",
      paramLabel = "JSON",
      description = "config.json of a Keras model whose file holds weights only.")
  private String kerasConfig;

  @Option(
      names = "--input",
      paramLabel = "NAME=FILE",
      description =
          "A graph input of an ONNX model that is a weight, and the file with its serialized"
              + " TensorProto. May be repeated.")
  private Map<String, String> inputs = new LinkedHashMap<>();

  @Option(
      names = "--drop",
      paramLabel = "TENSOR",
      description =
          "A tensor of a safetensors file to leave out, because no forecast depends on it. May be"
              + " repeated.")
  private Set<String> drop = new LinkedHashSet<>();

  /** Prints a command line to copy that reads the same model. */
  void printLine(String command, String subcommand, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, subcommand, file));
    if (kerasConfig != null) {
      arguments.addAll(List.of("--keras-config", kerasConfig));
    }
    inputs.forEach((name, path) -> arguments.addAll(List.of("--input", name + "=" + path)));
    drop.forEach(tensor -> arguments.addAll(List.of("--drop", tensor)));
    arguments.addAll(List.of(more));
    CommandText.print(arguments.toArray(String[]::new));
  }

  /**
   * @throws IllegalArgumentException if a file cannot be read
   * @throws io.flinklstm.format.weights.ModelFileException if the model cannot be used
   */
  ModelFile open() {
    Map<String, byte[]> onnxInputs = new HashMap<>();
    inputs.forEach(
        (name, path) -> onnxInputs.put(name, new InputFile("--input " + name, path).read()));
    ReadOptions options =
        new ReadOptions(
            kerasConfig == null ? null : new InputFile("--keras-config", kerasConfig).read(),
            onnxInputs,
            drop);
    return ModelFiles.open(new InputFile("model file", file).read(), file, options);
  }
}
