package io.flinklstm.faults;

import io.flinklstm.faults.campaign.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every command. */
final class RunOptions {

  @Option(
      names = "--folder",
      description =
          "A new folder for logs and state, kept afterwards. Default: a new temporary folder.")
  private Path folder;

  /** The folder, created on the first call. */
  Path folder() throws IOException {
    folder =
        folder == null
            ? Files.createTempDirectory("flink-lstm-faults-")
            : Files.createDirectories(folder);
    return folder;
  }

  Setup setup() {
    return new Setup(
        Path.of(System.getProperty("flinklstm.root", ".")).toAbsolutePath().normalize());
  }
}
