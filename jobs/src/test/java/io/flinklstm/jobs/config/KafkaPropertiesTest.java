package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {

  private static final String SECRET = "hunter2-unmistakable";
  private static final String JAAS = "sasl.jaas.config";
  private static final String MODULE =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"job\" ";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.keystore.password",
        "ssl.key.password",
        "ssl.truststore.password",
        "ssl.keystore.key",
        "ssl.keystore.certificate.chain"
      })
  void refusesPlainSecretsByKeyAlone(String key) {
    assertThatThrownBy(() -> KafkaProperties.refusePlainSecret("p.", key, SECRET))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("p." + key + ": expected a reference to a secret, got the secret")
        .hasMessageContaining("${file:/path/file.properties:name}")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password=\"" + SECRET + "\";",
        "password = '" + SECRET + "';",
        "PASSWORD=" + SECRET + ";",
        "password=\"" + SECRET,
        "clientSecret=\"" + SECRET + "\";",
        "a=\"${env:HOME}\" password=\"" + SECRET + "\";",
        "user_alice=\"" + SECRET + "\";"
      })
  void refusesPlainSecretsInJaas(String options) {
    assertThatThrownBy(() -> KafkaProperties.refusePlainSecret("p.", JAAS, MODULE + options))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("p.sasl.jaas.config, its ")
        .hasMessageContaining("=\"${env:NAME}\"")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${file:/run/secrets/kafka.properties:jaas}",
        MODULE + "password=\"${env:KAFKA_PASSWORD}\";",
        MODULE + "password=\"${dir:/run/secrets:password}\" tokenauth=\"true\";",
        "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true"
            + " keyTab=\"/etc/job.keytab\" principal=\"job@EXAMPLE.COM\";",
        "com.sun.security.auth.module.Krb5LoginModule required useFirstPass=true"
            + " storePass=\"false\";",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"
      })
  void takesJaasWithReferencesOrWithoutSecrets(String value) {
    assertThatCode(() -> KafkaProperties.refusePlainSecret("p.", JAAS, value))
        .doesNotThrowAnyException();
  }

  @Test
  void takesReferencesAndWhatIsNoSecret() {
    assertThatCode(
            () -> {
              KafkaProperties.refusePlainSecret("p.", "ssl.key.password", "a${env:NAME}");
              KafkaProperties.refusePlainSecret("p.", "ssl.keystore.location", "/password.p12");
              KafkaProperties.refusePlainSecret("p.", "ssl.truststore.certificates", "-----BEGIN");
              KafkaProperties.refusePlainSecret("p.", "linger.ms", "0");
            })
        .doesNotThrowAnyException();
  }

  @Test
  void refusesOnTheCommandLineAndInTheFile() throws Exception {
    String key = "lstm.kafka.properties.ssl.key.password";
    Path file = Files.writeString(folder.resolve("job.yaml"), key + ": " + SECRET);
    for (String argument : new String[] {"--" + key + "=" + SECRET, "--config=" + file}) {
      assertThatThrownBy(() -> ForecastJobConfig.fromArguments(argument))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessageStartingWith(key + ": expected a reference")
          .hasMessageNotContaining(SECRET);
    }
  }

  @Test
  void clientsResolveFilesAndFolders() throws Exception {
    Path file = Files.writeString(folder.resolve("k.properties"), "key=" + SECRET + "\n");
    Files.writeString(folder.resolve("store"), SECRET + "-2");
    Map<String, String> properties =
        KafkaProperties.withProviders(
            Map.of(
                "bootstrap.servers", "localhost:1",
                "ssl.key.password", "${file:" + file + ":key}",
                "ssl.keystore.password", "${dir:" + folder + ":store}"));
    AdminClientConfig config = new AdminClientConfig(properties);
    assertThat(config.getPassword("ssl.key.password").value()).isEqualTo(SECRET);
    assertThat(config.getPassword("ssl.keystore.password").value()).isEqualTo(SECRET + "-2");
  }
}
