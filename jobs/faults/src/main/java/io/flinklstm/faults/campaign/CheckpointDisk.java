package io.flinklstm.faults.campaign;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small file system of its own for the checkpoints, which can be filled up. */
final class CheckpointDisk implements AutoCloseable {

  private static final String SIZE = "256m";

  private final Path folder;
  private final Path filler;

  /**
   * Mounts it, which takes root's rights.
   *
   * @param folder where; made if it is not there
   */
  CheckpointDisk(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.filler = folder.resolve("filler");
    run(List.of("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "checkpoints", folder.toString()));
  }

  /** Leaves no space. Returns how many bytes it took. */
  long fill() throws IOException {
    byte[] block = new byte[1 << 16];
    long written = 0;
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
        written += block.length;
      }
    } catch (IOException full) {
      if (folder.toFile().getUsableSpace() > 0) {
        throw full;
      }
      return written;
    }
  }

  /** Gives the space back. */
  void free() throws IOException {
    Files.deleteIfExists(filler);
  }

  @Override
  public void close() throws IOException {
    run(List.of("umount", "-l", folder.toString()));
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            String.join(" ", command) + ": expected exit code 0, got " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + ": interrupted", e);
    }
  }
}
