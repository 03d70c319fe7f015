package io.flinklstm.faults.campaign;

import io.flinklstm.faults.process.FlinkRest;
import io.flinklstm.faults.process.KafkaSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks for a run's secrets in everything it wrote or shows. */
final class SecretSearch {

  private final KafkaSecurity security;

  SecretSearch(KafkaSecurity security) {
    this.security = security;
  }

  /** The files that contain a secret but should not. */
  List<String> inFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !security.holdsSecrets(file))
          .filter(this::isExposedBy)
          .map(Path::toString)
          .toList();
    }
  }

  private boolean isExposedBy(Path file) {
    try {
      return isExposedBy(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isExposedBy(String text) {
    return security.secrets().stream().anyMatch(text::contains);
  }

  /** The pages of the web interface that show a secret. */
  List<String> inAnswers(FlinkRest rest, String job) throws IOException {
    List<String> exposed = new ArrayList<>();
    for (String path :
        List.of(
            "/config",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobs/" + job,
            "/jobs/" + job + "/config",
            "/jobs/" + job + "/exceptions",
            "/jobs/" + job + "/plan",
            "/jobs/" + job + "/accumulators",
            "/jobs/" + job + "/jobmanager/config",
            "/jars")) {
      if (isExposedBy(rest.get(path).toString())) {
        exposed.add(path);
      }
    }
    return exposed;
  }
}
