package io.flinklstm.jobs.registry;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the servers of a registry in turns, again after a pause if one does not answer. Secrets are
 * resolved for each question, and certificates are read again after a failure, so both may be
 * renewed meanwhile. Not thread-safe.
 */
final class RegistryConnection {

  /** How often a question is asked. */
  static final int TRIES = 5;

  /** How long each try may take; with the pauses, all take some 10 seconds at most. */
  private static final Duration TRY_TIMEOUT = Duration.ofSeconds(2);

  /** The pause after the first try; each one after it is twice as long. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(150);

  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  private final RegistrySettings settings;
  private final Duration firstPause;
  private int server; // the one that answered last
  private @Nullable HttpClient client; // null at first and after a failure: certificates may change

  RegistryConnection(RegistrySettings settings) {
    this(settings, FIRST_PAUSE);
  }

  /** With another pause after the first try. */
  RegistryConnection(RegistrySettings settings, Duration firstPause) {
    this.settings = settings;
    this.firstPause = firstPause;
  }

  /**
   * The answer to GET, or to POST if there is a body. It may be a refusal.
   *
   * @param tries how often to ask
   * @throws RegistryException if there is no answer, or it says that the server is not able to give
   *     one or does not accept the credentials
   */
  RegistryAnswer ask(String path, @Nullable String body, int tries) {
    String authorization = authorization();
    Duration pause = firstPause;
    for (int attempt = 1; ; attempt++) {
      String url = settings.urls().get(server);
      Throwable failure;
      try {
        RegistryAnswer answer = ask(client(), url + path, body, authorization);
        if (answer.status() == 401 || answer.status() == 403) {
          throw refused(url, answer);
        }
        if (!isTemporary(answer)) {
          return answer;
        }
        failure = new IOException(answer.shown());
      } catch (IOException | TimeoutException e) {
        failure = e;
        client = null;
      }
      server = (server + 1) % settings.urls().size();
      if (attempt == tries) {
        throw unreachable(url, failure);
      }
      sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /** Not only overload: a proxy in between may answer for a server that is not there. */
  private static boolean isTemporary(RegistryAnswer answer) {
    return answer.status() >= 500 || answer.status() == 429 || answer.status() == 408;
  }

  private RegistryException refused(String url, RegistryAnswer answer) {
    return new RegistryException(
        settings.prefix()
            + "basic-auth: expected credentials that "
            + url
            + " accepts, got "
            + (settings.basicAuth() == null ? "none, and " : "")
            + answer.shown());
  }

  private RegistryException unreachable(String url, Throwable failure) {
    return new RegistryException(
        settings.prefix()
            + "url: expected a schema registry that answers at "
            + url
            + ", got: "
            + reason(failure),
        failure);
  }

  /** Some of the client's exceptions have no message. */
  private static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "unknown host";
      }
    }
    if (failure instanceof TimeoutException) {
      return "no answer within " + TRY_TIMEOUT.toSeconds() + " s";
    }
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      return "connection refused";
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private HttpClient client() {
    if (client == null) {
      client = newClient();
    }
    return client;
  }

  private HttpClient newClient() {
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    String truststore = settings.truststore();
    if (truststore != null) {
      String password = settings.truststorePassword();
      String option = settings.prefix() + "truststore";
      try {
        builder.sslContext(
            TrustedCertificates.of(
                Path.of(truststore),
                password == null ? null : SecretReference.resolve(option + "-password", password)));
      } catch (IOException | GeneralSecurityException e) {
        throw new RegistryException(
            option + ": expected certificates in " + truststore + ", got: " + e, e);
      }
    }
    return builder.build();
  }

  private @Nullable String authorization() {
    String basicAuth = settings.basicAuth();
    if (basicAuth == null) {
      return null;
    }
    String resolved = SecretReference.resolve(settings.prefix() + "basic-auth", basicAuth);
    return "Basic " + Base64.getEncoder().encodeToString(resolved.getBytes(StandardCharsets.UTF_8));
  }

  private static RegistryAnswer ask(
      HttpClient client, String url, @Nullable String body, @Nullable String authorization)
      throws IOException, TimeoutException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).header("Accept", CONTENT_TYPE);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (body != null) {
      request.header("Content-Type", CONTENT_TYPE).POST(BodyPublishers.ofString(body));
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request.build(), BodyHandlers.ofByteArray());
    try {
      // The request's own timeout would end with the headers of the answer.
      HttpResponse<byte[]> response = answer.get(TRY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return RegistryAnswer.of(response.statusCode(), response.body());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      answer.cancel(true);
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static RegistryException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RegistryException("schema registry: expected an answer, got an interruption", e);
  }
}
