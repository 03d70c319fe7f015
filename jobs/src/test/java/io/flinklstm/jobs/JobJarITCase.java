package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The jar for `flink run` has our classes and their libraries, and nothing that the cluster
 * provides.
 */
class JobJarITCase {

  private JarFile jar;
  private List<String> names;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(Path.of("target", "flink-lstm-job.jar").toFile());
    names = jar.stream().map(ZipEntry::getName).toList();
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void startsTheForecastJob() throws IOException {
    assertThat(jar.getManifest().getMainAttributes())
        .containsEntry(Attributes.Name.MAIN_CLASS, "io.flinklstm.jobs.ForecastJob")
        .containsEntry(Attributes.Name.MULTI_RELEASE, "true");
    assertThat(names).contains("io/flinklstm/jobs/ForecastJob.class");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io/flinklstm/forecast/Forecaster.class",
        "io/flinklstm/stream/LstmForecastFunction.class",
        "org/apache/flink/connector/kafka/source/KafkaSource.class",
        "org/apache/flink/connector/base/DeliveryGuarantee.class",
        "org/apache/kafka/clients/producer/KafkaProducer.class",
        "org/ejml/data/FMatrixRMaj.class",
        "com/fasterxml/jackson/core/JsonParser.class",
        "de/siegmar/fastcsv/reader/CsvReader.class",
        "org/apache/avro/io/BinaryDecoder.class",
        "schemas/prediction.avsc",
        "schemas/observation.avsc"
      })
  void holdsWhatTheClusterDoesNotBring(String name) {
    assertThat(names).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/apache/flink/runtime/",
        "org/apache/flink/api/",
        "org/apache/flink/streaming/api/",
        "org/apache/flink/configuration/",
        "org/apache/flink/core/",
        "org/apache/flink/client/",
        "org/slf4j/",
        "org/apache/logging/",
        "org/junit/",
        "org/apache/commons/compress/",
        "META-INF/versions/9/module-info.class",
        "module-info.class"
      })
  void leavesOutWhatTheClusterBrings(String prefix) {
    assertThat(names).filteredOn(name -> name.startsWith(prefix) && !name.endsWith("/")).isEmpty();
  }

  @Test
  void hasNoSignatureOfAnotherJar() {
    assertThat(names).noneMatch(name -> name.matches("META-INF/.*\\.(SF|DSA|RSA)"));
  }

  @Test
  void hasTheServicesOfTheKafkaClients() throws IOException {
    assertThat(text("META-INF/services/org.apache.kafka.common.config.provider.ConfigProvider"))
        .contains(
            "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
            "org.apache.kafka.common.config.provider.FileConfigProvider");
  }

  @Test
  void hasLicenceAndNotices() throws IOException {
    assertThat(text("META-INF/LICENSE")).contains("Apache License", "Version 2.0");
    assertThat(text("META-INF/NOTICE")).contains("flink-lstm", "Kafka");
  }

  private String text(String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
  }
}
