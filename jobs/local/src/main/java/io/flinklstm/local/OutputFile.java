package io.flinklstm.local;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * The file that the user wants to be written with {@code --out}.
 *
 * @param name as the user wrote it
 * @param force whether another one may be overwritten
 */
record OutputFile(String name, boolean force) {

  /**
   * @throws IllegalArgumentException if it cannot be written or is there already
   */
  OutputFile {
    Path path = Path.of(name);
    Path folder = path.toAbsolutePath().getParent();
    if (Files.isDirectory(path) || folder == null) {
      throw new IllegalArgumentException("--out: expected a file, got the folder " + name);
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "--out " + name + ": expected a folder to write it to, got none at " + path.getParent());
    }
    if (Files.exists(path) && !force) {
      throw new IllegalArgumentException(
          "--out: expected no file at " + name + ", got one; --force overwrites it");
    }
  }

  /** Writes it beside, reads it back, and only then puts it in its place. */
  void write(byte[] bytes) {
    Path path = Path.of(name).toAbsolutePath();
    Path part = path.resolveSibling(path.getFileName() + ".part");
    try {
      try {
        Files.write(part, bytes);
        if (!Arrays.equals(Files.readAllBytes(part), bytes)) {
          throw new IOException("other bytes than those that were written");
        }
        move(part, path);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("--out: expected to write " + name + ", got " + e, e);
    }
  }

  private static void move(Path part, Path path) throws IOException {
    try {
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
