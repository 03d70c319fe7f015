package io.flinklstm.local.testing;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The files and folders of the project, without what builds make. */
public final class ProjectTree {

  public static final Path ROOT = Path.of("..", "..");

  /** What builds make, and hidden files and folders other than ours. */
  private static final String SKIPPED = "target|\\.(?!ci$|github$|mvn$).*";

  private final List<String> entries = entries(ROOT.toFile(), "").toList(); // /docs/records.md

  private static Stream<String> entries(File folder, String path) {
    return Arrays.stream(requireNonNull(folder.listFiles()))
        .filter(file -> !file.getName().matches(SKIPPED))
        .flatMap(
            file -> {
              String entry = path + "/" + file.getName();
              return Stream.concat(
                  Stream.of(entry), file.isDirectory() ? entries(file, entry) : Stream.empty());
            });
  }

  /**
   * The names under the root that match.
   *
   * @param names a regular expression
   */
  public List<String> files(String names) {
    return entries.stream().map(entry -> entry.substring(1)).filter(e -> e.matches(names)).toList();
  }

  public static String text(String name) {
    try {
      return Files.readString(ROOT.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** Whether there is a folder of this name, wherever it is. */
  public boolean hasFolder(String name) {
    return entries.stream().anyMatch(entry -> entry.contains("/" + name + "/"));
  }

  /** Whether there is such a file or folder below any folder; {@code .java} may be left out. */
  public boolean has(String path) {
    return entries.stream()
        .anyMatch(entry -> entry.endsWith("/" + path) || entry.endsWith("/" + path + ".java"));
  }
}
