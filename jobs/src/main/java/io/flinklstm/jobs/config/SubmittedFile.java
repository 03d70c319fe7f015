package io.flinklstm.jobs.config;

import java.io.IOException;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads a file named by an option through Flink's file systems, when the job is submitted. */
final class SubmittedFile {

  private SubmittedFile() {}

  /**
   * @throws JobConfigurationException if the file cannot be read
   */
  static byte[] read(String path, ConfigOption<String> option) {
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
