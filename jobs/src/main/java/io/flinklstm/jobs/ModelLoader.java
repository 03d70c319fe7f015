package io.flinklstm.jobs;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFileException;
import io.flinklstm.format.ModelFiles;
import java.io.IOException;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads the model through Flink's file systems, where the job is submitted. */
final class ModelLoader {

  private ModelLoader() {}

  /**
   * @throws JobConfigurationException if there is no model that can be used
   */
  static ForecastModel load(ForecastJobConfig config) {
    String path = config.get(ForecastJobOptions.MODEL_PATH);
    byte[] file = read(path, ForecastJobOptions.MODEL_PATH);
    String cardPath = config.getOrNull(ForecastJobOptions.MODEL_CARD);
    try {
      return cardPath == null
          ? ModelFiles.read(file, path)
          : ModelFiles.read(file, path, read(cardPath, ForecastJobOptions.MODEL_CARD), cardPath);
    } catch (ModelFileException e) {
      throw new JobConfigurationException(
          ForecastJobOptions.MODEL_PATH.key()
              + (cardPath == null ? "" : " with " + ForecastJobOptions.MODEL_CARD.key())
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static byte[] read(String path, ConfigOption<String> option) {
    try {
      Path file = new Path(path);
      FileSystem fileSystem = file.getFileSystem();
      if (fileSystem.getFileStatus(file).isDir()) {
        throw new JobConfigurationException(
            option.key() + ": expected a file, got the folder " + path);
      }
      try (FSDataInputStream in = fileSystem.open(file)) {
        return in.readAllBytes();
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new JobConfigurationException(
          option.key()
              + ": expected to read "
              + path
              + (path.startsWith("/") || path.contains(":")
                  ? ""
                  : " (from " + java.nio.file.Path.of("").toAbsolutePath() + ")")
              + ", got: "
              + e.getMessage(),
          e);
    }
  }
}
