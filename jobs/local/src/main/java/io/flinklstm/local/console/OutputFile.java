package io.flinklstm.local.console;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * A file that the user asked to write.
 *
 * @param option what the command line calls it, for messages
 * @param name as the user wrote it
 * @param force whether an existing file may be overwritten
 */
public record OutputFile(String option, String name, boolean force) {

  private static final boolean IS_POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  /** The permissions that programs ask for; the user's umask removes some. */
  private static final Set<PosixFilePermission> NEW = PosixFilePermissions.fromString("rw-rw-rw-");

  /**
   * @throws IllegalArgumentException if it cannot be written, or exists and {@code force} is false
   */
  public OutputFile {
    Path path = Path.of(name);
    Path folder = path.toAbsolutePath().getParent();
    if (Files.isDirectory(path) || folder == null) {
      throw new IllegalArgumentException(option + ": expected a file, got the folder " + name);
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          option
              + " "
              + name
              + ": expected a folder to write it to, got none at "
              + path.getParent());
    }
    if (Files.isSymbolicLink(path) && !Files.exists(path)) {
      throw new IllegalArgumentException(
          option + ": expected a file or none, got a dangling link at " + name);
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IllegalArgumentException(
          option + ": expected a file, got a device or pipe at " + name);
    }
    if (Files.exists(path) && !force) {
      throw new IllegalArgumentException(
          option + ": expected no file at " + name + ", got one; --force overwrites it");
    }
  }

  /** Writes the content of a file, part by part. */
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Like {@link #write(Content)}, but reads the bytes back before the file is moved into place. */
  public void write(byte[] bytes) {
    write(
        out -> out.write(bytes),
        part -> {
          if (!Arrays.equals(Files.readAllBytes(part), bytes)) {
            throw new IOException("different bytes when read back");
          }
        });
  }

  /**
   * Writes a temporary file beside the target, and only then moves it into place. A link is
   * followed, and a file that is replaced keeps its permissions.
   */
  public void write(Content content) {
    write(content, part -> {});
  }

  private interface Check {
    void accept(Path part) throws IOException;
  }

  private void write(Content content, Check check) {
    try {
      Path path = Path.of(name).toAbsolutePath();
      Path target = Files.exists(path) ? path.toRealPath() : path;
      Path part = create(target);
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
          content.write(out);
        }
        check.accept(part);
        if (IS_POSIX && Files.exists(target)) {
          Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(target));
        }
        move(part, target);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(option + ": expected to write " + name + ", got " + e, e);
    }
  }

  /**
   * A new file beside the target; if it will replace another one, only its owner may access it
   * until then.
   */
  private static Path create(Path target) throws IOException {
    FileAttribute<?>[] attributes =
        IS_POSIX && !Files.exists(target)
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(NEW)}
            : new FileAttribute<?>[0];
    Path part = Files.createTempFile(target.getParent(), "flink-lstm-", ".part", attributes);
    part.toFile().deleteOnExit(); // Ctrl-C
    return part;
  }

  private static void move(Path part, Path path) throws IOException {
    try {
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
