package io.flinklstm.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders of test runs, kept until the next run so that logs and state can be inspected. */
final class Folders {

  private Folders() {}

  /** An empty folder in target. */
  static Path empty(String name) throws IOException {
    Path folder = Path.of("target", "runs", name).toAbsolutePath();
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(Folders::delete);
      }
    }
    return Files.createDirectories(folder);
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
