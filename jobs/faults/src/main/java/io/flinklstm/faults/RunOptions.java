package io.flinklstm.faults;

import io.flinklstm.faults.campaign.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every command takes. */
final class RunOptions {

  @Option(
      names = "--folder",
      description =
          "A new folder for logs and state, kept afterwards. Default: one in the folder for"
              + " temporary files.")
  private Path folder;

  /** The folder, which is made at the first call. */
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
