package io.flinklstm.benchmarks.train;

import io.flinklstm.benchmarks.harness.TemporaryFolder;
import io.flinklstm.forecast.ModelCard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The same training in PyTorch. */
final class PyTorch {

  private final String python;

  /**
   * @param python the interpreter's command
   */
  PyTorch(String python) {
    this.python = python;
  }

  /** PyTorch's version, or null if the interpreter has no PyTorch. */
  String version() throws IOException {
    try {
      return output(
          List.of(python, "-c", "import torch; print('torch:', torch.__version__)"), "torch: ");
    } catch (IOException notThere) {
      return null;
    }
  }

  /** CPU seconds per epoch. */
  double epochSeconds(TrainTask task, int warmUp, int measured) throws IOException {
    try (TemporaryFolder folder = new TemporaryFolder();
        InputStream script = PyTorch.class.getResourceAsStream("train_epoch.py")) {
      Path file = folder.path().resolve("train_epoch.py");
      Files.copy(script, file);
      List<String> command =
          Stream.of(
                  python,
                  file,
                  task.samples(),
                  task.steps,
                  task.inputSize,
                  task.outputSize,
                  TrainTask.HIDDEN_SIZE,
                  task.batchSize,
                  task.context == ModelCard.Context.CARRY ? "carry" : "window",
                  warmUp,
                  measured)
              .map(Object::toString)
              .toList();
      return Double.parseDouble(output(command, TrainMain.RESULT));
    }
  }

  private static String output(List<String> command, String prefix) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      return out.lines()
          .filter(line -> line.startsWith(prefix))
          .map(line -> line.substring(prefix.length()))
          .findFirst()
          .orElseThrow(
              () ->
                  new IOException(command + ": expected it to print " + prefix + ", got its end"));
    } finally {
      process.destroy();
    }
  }
}
