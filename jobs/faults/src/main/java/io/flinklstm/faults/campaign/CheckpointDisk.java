package io.flinklstm.faults.campaign;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A small separate file system for the checkpoints, which can be filled up. */
final class CheckpointDisk implements AutoCloseable {

  private static final String SIZE = "256m";
  private static final int PAGE_BYTES = 4096;

  private final Path folder;
  private final Path filler;
  private final Thread atExit = new Thread(this::unmountAtExit, "unmount checkpoints");

  /**
   * Mounts the file system, which requires root.
   *
   * @param folder the mount point; created if missing
   */
  CheckpointDisk(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.filler = folder.resolve("filler");
    run(List.of("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "checkpoints", folder.toString()));
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  private void unmountAtExit() {
    try {
      unmount();
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
  }

  private void unmount() throws IOException {
    run(List.of("umount", "-l", folder.toString()));
  }

  /** Uses up all space, including any freed since the last call. */
  void fill() throws IOException {
    byte[] page = new byte[PAGE_BYTES];
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException full) {
      if (folder.toFile().getUsableSpace() > page.length) {
        throw full;
      }
    }
  }

  /** Frees the space. */
  void free() throws IOException {
    Files.deleteIfExists(filler);
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    unmount();
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
