package io.flinklstm.format.keras;

import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.ReadOptions;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.testing.TestResources;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Reads, unpacks and repacks the Keras files among the test resources. */
final class KerasFiles {

  static final String CONFIG = "config.json";

  private KerasFiles() {}

  static byte[] resource(String name) {
    return TestResources.read("keras/" + name);
  }

  /** Reads a resource, together with its folder's config.json if it holds weights only. */
  static ModelFile open(String name) {
    String folder = name.substring(0, name.indexOf('/') + 1);
    boolean weightsOnly = name.endsWith("weights.h5");
    return open(resource(name), name, weightsOnly ? resource(folder + CONFIG) : null);
  }

  static ModelFile open(byte[] file, String fileName, byte[] config) {
    return ModelFiles.open(file, fileName, new ReadOptions(config, Map.of(), Set.of()));
  }

  static Map<String, byte[]> unzipped(byte[] archive) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] zipped(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** An archive among the resources with another config. */
  static byte[] withConfig(String name, String config) {
    Map<String, byte[]> entries = unzipped(resource(name));
    entries.put(CONFIG, config.getBytes(StandardCharsets.UTF_8));
    return zipped(entries);
  }

  static String config(String name) {
    return new String(unzipped(resource(name)).get(CONFIG), StandardCharsets.UTF_8);
  }
}
