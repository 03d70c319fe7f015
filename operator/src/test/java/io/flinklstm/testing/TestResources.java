package io.flinklstm.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files beside the tests. */
public final class TestResources {

  private TestResources() {}

  /**
   * The whole file.
   *
   * @param name from the root of the resources, for example "models/l1_h16_i1/stream.csv"
   */
  public static byte[] read(String name) {
    try (InputStream in = TestResources.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("test resource " + name + ": expected a file, got none");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<String> lines(String name) {
    return new String(read(name), StandardCharsets.UTF_8).lines().toList();
  }

  /** The names of a folder's files, sorted. */
  public static List<String> list(String folder) {
    try (Stream<Path> files =
        Files.list(Path.of(TestResources.class.getResource("/" + folder).toURI()))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
