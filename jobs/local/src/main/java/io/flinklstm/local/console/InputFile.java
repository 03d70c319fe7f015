package io.flinklstm.local.console;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file that the user asked to read.
 *
 * @param option what the command line calls it, for messages
 * @param name as the user wrote it
 */
public record InputFile(String option, String name) {

  /** The longest array that common JVMs allow. */
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  /**
   * Reads the whole file.
   *
   * @throws IllegalArgumentException if it is missing, not a file, too long or unreadable
   */
  public byte[] read() {
    Path path = path();
    try {
      long size = Files.size(path);
      if (size > MAX_SIZE) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s: expected at most 2 GB, got %,d bytes in %s", option, size, name));
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Opens the file; the caller closes the stream.
   *
   * @throws IllegalArgumentException if it is missing, not a file or unreadable
   */
  public InputStream open() {
    try {
      return Files.newInputStream(path());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Path path() {
    Path path = Path.of(name);
    if (Files.isDirectory(path)) {
      throw new IllegalArgumentException(option + ": expected a file, got the folder " + name);
    }
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(option + ": expected a file, got none at " + name);
    }
    return path;
  }

  private IllegalArgumentException unreadable(IOException e) {
    return new IllegalArgumentException(option + ": expected to read " + name + ", got " + e, e);
  }
}
