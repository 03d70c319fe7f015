package io.flinklstm.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for a benchmark's files; deleted by {@link #close}, or at exit at the latest. */
public final class TemporaryFolder implements AutoCloseable {

  private final Path path;

  public TemporaryFolder() throws IOException {
    this(Files.createTempDirectory("benchmark-"));
  }

  private TemporaryFolder(Path path) {
    this.path = path;
    AtExit.add(this);
  }

  /** Deletes this JVM's own temporary folder, which the script created, at exit. */
  public static void deleteOwnAtExit() {
    new TemporaryFolder(Path.of(System.getProperty("java.io.tmpdir")));
  }

  public Path path() {
    return path;
  }

  /** A new folder inside this one. */
  public Path folder(String name) throws IOException {
    return Files.createDirectories(path.resolve(name));
  }

  @Override
  public synchronized void close() {
    AtExit.remove(this);
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      files.sorted(Comparator.reverseOrder()).forEach(TemporaryFolder::deleteFile);
    } catch (IOException | UncheckedIOException stillInUse) {
      System.err.println("Deleting " + path + ": " + stillInUse.getMessage());
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
