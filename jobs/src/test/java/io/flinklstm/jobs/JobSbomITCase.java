package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The job jar's bill of materials lists what is in the jar, and slf4j, which the cluster provides.
 */
class JobSbomITCase {

  private static final Path TARGET = Path.of("target");
  private static final Set<String> COMPATIBLE =
      Set.of("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause");

  /** The libraries depend on it, so the plugin lists it although its scope is provided. */
  private static final String OF_THE_CLUSTER = "slf4j-api";

  private JsonNode bom;

  @BeforeEach
  void read() throws IOException {
    Path file = TARGET.resolve("flink-lstm-job.cdx.json");
    assertThat(file).as("bill of materials, which only a build without -o writes").exists();
    bom = new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void componentsAndJarHoldTheSameClasses() throws Exception {
    Map<String, Path> jars = jarsByHash();
    Set<String> inJar = classes(TARGET.resolve("flink-lstm-job.jar"));
    Set<String> listed = new TreeSet<>(ownClasses());
    for (JsonNode component : bom.get("components")) {
      String name = component.get("name").asText();
      Path jar = jars.get(sha256(component));
      assertThat(jar).as("a jar of the class path with the hash of " + name).isNotNull();
      if (name.equals(OF_THE_CLUSTER)) {
        continue;
      }
      Set<String> classes = classes(jar);
      assertThat(inJar).as("classes of " + name).containsAll(classes);
      listed.addAll(classes);
    }
    assertThat(listed).isEqualTo(inJar);
  }

  @Test
  void everyComponentHasVersionAndACompatibleLicence() {
    assertThat(bom.get("components")).isNotEmpty();
    for (JsonNode component : bom.get("components")) {
      assertThat(component.get("version").asText()).as(component.get("purl").asText()).isNotEmpty();
      assertThat(component.path("licenses"))
          .as(component.get("purl").asText())
          .isNotEmpty()
          .allMatch(choice -> COMPATIBLE.contains(choice.path("license").path("id").asText()));
    }
  }

  @Test
  void hasNothingThatChangesFromBuildToBuild() {
    assertThat(bom.has("serialNumber")).isFalse();
    assertThat(bom.get("metadata").has("timestamp")).isFalse();
  }

  private static Map<String, Path> jarsByHash() throws Exception {
    Map<String, Path> jars = new HashMap<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isRegularFile(path)) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
        jars.put(HexFormat.of().formatHex(hash), path);
      }
    }
    return jars;
  }

  private static String sha256(JsonNode component) {
    for (JsonNode hash : component.path("hashes")) {
      if (hash.get("alg").asText().equals("SHA-256")) {
        return hash.get("content").asText();
      }
    }
    return "none";
  }

  private static Set<String> ownClasses() throws IOException {
    Path folder = TARGET.resolve("classes");
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> folder.relativize(file).toString().replace(File.separatorChar, '/'))
          .filter(name -> name.endsWith(".class"))
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> classes(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile())) {
      return jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
