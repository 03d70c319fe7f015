package io.flinklstm.local.console;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file that the user wants to be read.
 *
 * @param option how the command line calls it
 * @param name as the user wrote it
 */
public record InputFile(String option, String name) {

  /** The longest array there is in common JVMs. */
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  /**
   * All of it.
   *
   * @throws IllegalArgumentException if it is not there, no file, too long or out of reach
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
   * A stream of it, which the caller closes.
   *
   * @throws IllegalArgumentException if it is not there, no file or out of reach
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
