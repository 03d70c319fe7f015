package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.avro.AvroSchemas;
import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import io.flinklstm.jobs.testing.StubRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryOptionsTest {

  private static final String SOURCE = "--lstm.source.schema-registry.";
  private static final String SINK = "--lstm.sink.schema-registry.";
  private static final String SECRET = "hunter2-unmistakable";

  @TempDir private Path folder;
  private StubRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = new StubRegistry();
    registry.answer("/schemas/types", 200, "[\"AVRO\"]");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void settingsTravelToTheTasksWithoutSecrets() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.properties"), "pw=" + SECRET + "\n");
    registry.require("Basic " + base64("job:" + SECRET));
    String basicAuth = "job:${file:" + file + ":pw}";
    RecordFormat format =
        load(
            "--lstm.source.format=avro",
            SOURCE + "url=" + registry.url() + "/, " + registry.url(),
            SOURCE + "basic-auth=" + basicAuth,
            SOURCE + "on-failure=dead-letter");
    assertThat(InstantiationUtil.clone(format)).isEqualTo(format);
    assertThat(format.encoding().avroSchema()).isEmpty();
    assertThat(format.encoding().registry().urls()).containsExactly(registry.url(), registry.url());
    assertThat(format.encoding().registry().basicAuth()).isEqualTo(basicAuth);
    assertThat(format.encoding().registry().onFailure()).isEqualTo(OnFailure.DEAD_LETTER);
    assertThat(new String(InstantiationUtil.serializeObject(format), StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET);
    assertThat(registry.requests()).containsExactly("/schemas/types");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "source.schema-registry.basic-auth, job:" + SECRET,
    "source.schema-registry.basic-auth, job:" + SECRET + "${env:HOME}",
    "source.schema-registry.basic-auth, job:${env:HOME}" + SECRET,
    "source.schema-registry.truststore-password, " + SECRET,
    "sink.schema-registry.basic-auth, job:x:" + SECRET,
    "sink.schema-registry.truststore-password, x:${env:HOME}",
    "source.schema-registry.url, https://job:" + SECRET + "@registry",
    "sink.schema-registry.url, 'http://a,https://" + SECRET + "@registry/x'",
  })
  void refusesPlainSecrets(String key, String value) {
    assertThatThrownBy(() -> config("--lstm." + key + "=" + value))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm." + key + ": expected ")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "url=http://a; expected it only with the format that it describes, got lstm.source.format json",
        "url=ftp://a --lstm.source.format=avro; expected addresses such as https://registry:8081, got ftp://a",
        "url=registry:8081 --lstm.source.format=avro; expected addresses such as https://registry:8081, got",
        "url=http://a?x=1 --lstm.source.format=avro; expected addresses such as https://registry:8081, got",
        "truststore=ca.pem --lstm.source.format=avro; expected it with lstm.source.schema-registry.url, got it alone",
        "on-failure=never --lstm.source.format=avro; expected fail | dead-letter, got never",
      })
  void refusesWrongOptions(String options, String message) {
    String key = options.substring(0, options.indexOf('='));
    assertThatThrownBy(() -> load((SOURCE + options).split(" ")))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.source.schema-registry." + key + ": expected ")
        .hasMessageContaining(message);
  }

  @Test
  void aRegistryThatDoesNotAnswerIsOneLine() {
    registry.close();
    assertThatThrownBy(() -> load("--lstm.source.format=avro", SOURCE + "url=" + registry.url()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.schema-registry.url: expected a schema registry that answers at "
                + registry.url()
                + ", got: connection refused");
  }

  @Test
  void registersTheSchemaOfPredictionsWithTheSourcesCredentials() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.properties"), "pw=" + SECRET + "\n");
    registry.require("Basic " + base64("job:" + SECRET));
    registry.answer("/subjects/out-value/versions", 200, "{\"id\":12}");
    String[] same = {
      "--lstm.source.format=avro",
      "--lstm.sink.format=avro",
      "--lstm.sink.topic=out",
      SOURCE + "url=" + registry.url(),
      SOURCE + "basic-auth=job:${file:" + file + ":pw}",
      SINK + "url=" + registry.url()
    };
    assertThat(RegistryOptions.registerPredictions(config(same))).isEqualTo(12);
    assertThat(registry.requests())
        .containsExactly(
            "/subjects/out-value/versions{\"schema\":"
                + StubRegistry.quoted(AvroSchemas.ofPredictions())
                + "}");
    // Another server must not see them.
    same[5] += "/other";
    assertThatThrownBy(() -> RegistryOptions.registerPredictions(config(same)))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.sink.schema-registry.basic-auth: expected credentials that ")
        .hasMessageContaining("got none");
    assertThat(RegistryOptions.registerPredictions(config())).isNull();
    assertThatThrownBy(() -> RegistryOptions.registerPredictions(config(SINK + "url=http://a")))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.sink.schema-registry.url: expected it only with lstm.sink.format avro, got json");
  }

  private static RecordFormat load(String... arguments) {
    return RecordFormatLoader.load(config(arguments), List.of("bid"));
  }

  private static ForecastJobConfig config(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of("--lstm.kafka.bootstrap-servers=localhost:9", "--lstm.model.path=m"));
    all.addAll(List.of(arguments));
    return ForecastJobConfig.fromArguments(all.toArray(String[]::new));
  }
}
