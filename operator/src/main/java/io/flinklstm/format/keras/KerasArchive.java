package io.flinklstm.format.keras;

import io.flinklstm.format.weights.ModelFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/** The contents of a .keras file: metadata.json, config.json and model.weights.h5. */
final class KerasArchive {

  static final String METADATA = "metadata.json";
  static final String CONFIG = "config.json";
  static final String WEIGHTS = "model.weights.h5";

  private static final Set<String> NAMES = Set.of(METADATA, CONFIG, WEIGHTS);
  private static final int MAX_ENTRIES = 1000;

  /**
   * How many times its own size an archive may unpack to, so that a small one cannot fill the heap.
   */
  private static final int MAX_GROWTH = 20;

  private static final int ALWAYS_ALLOWED = 1 << 20;

  private final String fileName;
  private final Map<String, byte[]> entries = new HashMap<>();
  private final long allowed;
  private long inflated;

  private KerasArchive(byte[] file, String fileName) {
    this.fileName = fileName;
    this.allowed = MAX_GROWTH * (long) file.length + ALWAYS_ALLOWED;
  }

  /**
   * Unpacks a zip archive.
   *
   * @return null if it is not a Keras archive
   * @throws ModelFileException if it is one but damaged
   */
  static @Nullable KerasArchive open(byte[] file, String fileName) {
    KerasArchive archive = new KerasArchive(file, fileName);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      archive.read(zip);
    } catch (IOException | IllegalArgumentException e) {
      if (archive.entries.isEmpty()) {
        return null;
      }
      throw archive.refused("expected a whole zip archive, got: " + e.getMessage());
    }
    return archive.entries.isEmpty() ? null : archive;
  }

  private void read(ZipInputStream zip) throws IOException {
    int count = 0;
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (++count > MAX_ENTRIES) {
        throw refused("expected at most " + MAX_ENTRIES + " entries, got more");
      }
      if (!NAMES.contains(entry.getName())) {
        count(zip.skip(left()));
      } else if (entries.put(entry.getName(), content(zip)) != null) {
        throw refused("expected one " + entry.getName() + ", got two");
      }
    }
  }

  private byte[] content(ZipInputStream zip) throws IOException {
    byte[] content = zip.readNBytes(left());
    count(content.length);
    return content;
  }

  /** One byte more than is allowed, so that exceeding the limit is noticed. */
  private int left() {
    return (int) Math.min(allowed - inflated + 1, Integer.MAX_VALUE);
  }

  private void count(long bytes) {
    inflated += bytes;
    if (inflated > allowed) {
      throw refused("expected at most " + allowed + " bytes when it is unpacked, got more");
    }
  }

  /**
   * An entry's bytes.
   *
   * @throws ModelFileException if there is no such entry
   */
  byte[] entry(String name) {
    byte[] content = entries.get(name);
    if (content == null) {
      throw refused("expected an entry " + name + ", got none");
    }
    return content;
  }

  private ModelFileException refused(String message) {
    return new ModelFileException("Keras file " + fileName + ": " + message);
  }
}
