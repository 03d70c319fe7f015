package io.flinklstm.local.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.flinklstm.local.embedded.EmbeddedBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker with ACLs and two more listeners: SASL_SSL with SCRAM-SHA-512, and TLS with client
 * certificates. The test's own plaintext listener may do everything.
 */
public final class SecuredKafka implements AutoCloseable {

  public static final String PASSWORD = "unmistakable-password";
  public static final String STORE_PASSWORD = "unmistakable-store";

  public final LocalKafka plain;
  public final int scramPort = EmbeddedBroker.freePort();
  public final int tlsPort = EmbeddedBroker.freePort();

  /** PEM files with the certificates of broker and client and the client's key. */
  public final Path brokerCertificate;

  public final Path clientCertificate;
  final Path clientKey;
  public final Path clientStore;

  public SecuredKafka(Path folder) throws Exception {
    Path brokerStore = keyStore(folder, "broker", "localhost");
    clientStore = keyStore(folder, "client", "job");
    brokerCertificate = pem(brokerStore, "broker.pem", "CERTIFICATE");
    clientCertificate = pem(clientStore, "client.pem", "CERTIFICATE");
    clientKey = pem(clientStore, "client.key", "PRIVATE KEY");
    plain =
        new LocalKafka(
            folder.resolve("kafka"),
            1,
            Map.ofEntries(
                Map.entry(
                    "listeners", "SCRAM://localhost:" + scramPort + ",MTLS://localhost:" + tlsPort),
                Map.entry("listener.security.protocol.map", "SCRAM:SASL_SSL,MTLS:SSL"),
                Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                Map.entry(
                    "listener.name.scram.scram-sha-512.sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;"),
                Map.entry("listener.name.mtls.ssl.client.auth", "required"),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", brokerStore.toString()),
                Map.entry("ssl.keystore.password", STORE_PASSWORD),
                Map.entry("ssl.key.password", STORE_PASSWORD),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", clientCertificate.toString()),
                Map.entry(
                    "authorizer.class.name",
                    "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                Map.entry("super.users", "User:ANONYMOUS")));
    try (Admin admin = plain.admin()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      "job",
                      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                      PASSWORD)))
          .all()
          .get();
    }
  }

  /** Allows the user of both listeners operations on a resource, by its exact name or a prefix. */
  public void allow(ResourceType type, PatternType pattern, String name, AclOperation... operations)
      throws Exception {
    ResourcePattern resource = new ResourcePattern(type, name, pattern);
    try (Admin admin = plain.admin()) {
      for (String user : List.of("User:job", "User:CN=job")) {
        for (AclOperation operation : operations) {
          AccessControlEntry entry =
              new AccessControlEntry(user, "*", operation, AclPermissionType.ALLOW);
          admin.createAcls(List.of(new AclBinding(resource, entry))).all().get();
        }
      }
    }
  }

  private static Path keyStore(Path folder, String name, String commonName) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + commonName,
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                STORE_PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + output);
    }
    return store;
  }

  private static Path pem(Path store, String name, String type) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    byte[] bytes =
        type.equals("CERTIFICATE")
            ? keys.getCertificate("x").getEncoded()
            : keys.getKey("x", STORE_PASSWORD.toCharArray()).getEncoded();
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        store.resolveSibling(name),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  @Override
  public void close() {
    plain.close();
  }
}
