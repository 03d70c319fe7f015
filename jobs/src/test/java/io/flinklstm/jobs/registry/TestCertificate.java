package io.flinklstm.jobs.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate for localhost, made by the JDK's keytool. */
final class TestCertificate {

  private TestCertificate() {}

  /**
   * @param store receives the key and the certificate
   * @param pem receives the certificate
   */
  static void create(Path store, Path pem, String password) throws Exception {
    keytool(
        store,
        password,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost",
        "-storetype",
        "PKCS12");
    keytool(store, password, "-exportcert", "-rfc", "-file", pem.toString());
    // A store with a key is no list of trusted certificates.
    keytool(store, password, "-importcert", "-noprompt", "-file", pem.toString(), "-alias", "ca");
  }

  private static void keytool(Path store, String password, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", password));
    if (!command.contains("-alias")) {
      command.addAll(List.of("-alias", "server"));
    }
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertThat(keytool.waitFor()).as(output).isZero();
  }

  static SSLContext server(Path store, String password) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(store.toFile(), password.toCharArray()), password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
