package io.flinklstm.local.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A mapping of a YAML or JSON file, read strictly: a key that occurs twice is an error, and so is a
 * requested key that is missing.
 */
record DeployedFile(String place, Map<String, Object> entries) {

  static DeployedFile read(Path file) throws IOException {
    return all(file).get(0);
  }

  /** Every document of a file. */
  static List<DeployedFile> all(Path file) throws IOException {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setAllowDuplicateKeys(false).build();
    List<DeployedFile> documents = new ArrayList<>();
    for (Object document : new Load(settings).loadAllFromString(Files.readString(file))) {
      documents.add(mapping(file.getFileName().toString(), document));
    }
    return documents;
  }

  @SuppressWarnings("unchecked")
  private static DeployedFile mapping(String place, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new AssertionError(place + ": expected a mapping, got " + value);
    }
    return new DeployedFile(place, (Map<String, Object>) map);
  }

  Object value(String key) {
    if (!entries.containsKey(key)) {
      throw new AssertionError(place + ": expected " + key + ", got " + entries.keySet());
    }
    return entries.get(key);
  }

  String text(String key) {
    return value(key).toString();
  }

  DeployedFile at(String key) {
    return mapping(place + "." + key, value(key));
  }

  List<DeployedFile> list(String key) {
    return ((List<?>) value(key))
        .stream().map(entry -> mapping(place + "." + key + "[]", entry)).toList();
  }

  /** A list of strings. */
  List<String> texts(String key) {
    return ((List<?>) value(key)).stream().map(Object::toString).toList();
  }
}
