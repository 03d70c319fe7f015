package io.flinklstm.jobs.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads the certificates that a connection trusts from a PEM file or a PKCS #12 or JKS store. */
final class TrustedCertificates {

  private static final String PEM = "-----BEGIN";

  private TrustedCertificates() {}

  /**
   * @param password of the store, or null for none
   */
  static SSLContext of(Path file, @Nullable String password)
      throws IOException, GeneralSecurityException {
    byte[] bytes = Files.readAllBytes(file);
    KeyStore store =
        new String(bytes, StandardCharsets.ISO_8859_1).contains(PEM)
            ? pem(bytes)
            : KeyStore.getInstance(file.toFile(), password == null ? null : password.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore pem(byte[] bytes) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int number = 0;
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      store.setCertificateEntry(Integer.toString(number++), certificate);
    }
    return store;
  }
}
