package io.flinklstm.faults.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/**
 * A listener with SASL_SSL and SCRAM-SHA-512, and the settings a client needs for it. Its secrets
 * are generated for each run, so that all the run's output can be searched for them; only the files
 * accepted by {@link #holdsSecrets} may contain them.
 */
public final class KafkaSecurity {

  private static final String MECHANISM = "SCRAM-SHA-512";
  private static final String LOGIN_MODULE =
      "org.apache.kafka.common.security.scram.ScramLoginModule";
  private static final String USER = "forecast";

  private final Path folder;
  private final String password = "secret-" + UUID.randomUUID();
  private final String storePassword = "secret-" + UUID.randomUUID();
  private final int port = Jvm.freePort();
  private final Path secrets;

  /**
   * @param folder for the certificate and the file with the client's secrets
   */
  public KafkaSecurity(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("secrets"));
    keytool(
        List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext"),
        List.of("san=dns:localhost,ip:127.0.0.1", "-validity", "2", "-keystore"),
        List.of(store("keystore")));
    keytool(List.of("-exportcert", "-rfc", "-file", store("pem"), "-keystore", store("keystore")));
    keytool(
        List.of("-importcert", "-noprompt", "-file", store("pem")),
        List.of("-keystore", store("truststore")));
    this.secrets = this.folder.resolve("kafka.properties");
    Files.writeString(
        secrets,
        String.format(
            Locale.ROOT,
            "jaas=%s required username=\"%s\" password=\"%s\";%nstore=%s%n",
            LOGIN_MODULE,
            USER,
            password,
            storePassword));
  }

  private String store(String name) {
    return folder.resolve(name).toString();
  }

  @SafeVarargs
  private void keytool(List<String>... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    command.addAll(List.of("-alias", "kafka", "-storetype", "PKCS12", "-storepass", storePassword));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool: expected exit code 0, got " + process.exitValue() + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("keytool: interrupted", e);
    }
  }

  /** What the broker needs in addition to its own settings. */
  Properties brokerSettings(Properties own) {
    Properties settings = new Properties();
    settings.setProperty(
        "listeners", own.getProperty("listeners") + ",SECURED://localhost:" + port);
    settings.setProperty(
        "listener.security.protocol.map",
        own.getProperty("listener.security.protocol.map") + ",SECURED:SASL_SSL");
    settings.setProperty("sasl.enabled.mechanisms", MECHANISM);
    settings.setProperty(
        "listener.name.secured.scram-sha-512.sasl.jaas.config", LOGIN_MODULE + " required;");
    settings.setProperty("ssl.keystore.location", store("keystore"));
    settings.setProperty("ssl.keystore.password", storePassword);
    settings.setProperty("ssl.keystore.type", "PKCS12");
    return settings;
  }

  /** The user credentials that the broker starts with. */
  List<String> scramCredentials() {
    return List.of(MECHANISM + "=[name=" + USER + ",password=" + password + "]");
  }

  public String bootstrapServers() {
    return "localhost:" + port;
  }

  /** The client's settings; secrets are references to a file. */
  public Map<String, String> clientSettings() {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        MECHANISM,
        "sasl.jaas.config",
        "${file:" + secrets + ":jaas}",
        "ssl.truststore.type",
        "PKCS12",
        "ssl.truststore.location",
        store("truststore"),
        "ssl.truststore.password",
        "${file:" + secrets + ":store}");
  }

  /** The secrets that must not appear in any output. */
  public List<String> secrets() {
    return List.of(password, storePassword);
  }

  /** Whether a file may contain secrets. */
  public boolean holdsSecrets(Path file) {
    return file.startsWith(folder) || file.getFileName().toString().equals("server.properties");
  }
}
