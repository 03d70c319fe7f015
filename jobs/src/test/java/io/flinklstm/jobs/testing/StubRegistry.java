package io.flinklstm.jobs.testing;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.flinklstm.jobs.registry.RegistrySettings;
import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** A schema registry that answers what it was told to. */
public final class StubRegistry implements AutoCloseable {

  /** An answer. */
  public record Answer(int status, String body) {}

  private static final Answer UNKNOWN =
      new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Answer> next = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile String credentials;

  public StubRegistry() throws IOException {
    this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  /** With TLS. */
  public StubRegistry(SSLContext context) throws IOException {
    this(secured(context));
  }

  private StubRegistry(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
    server.start();
  }

  private static HttpServer secured(SSLContext context) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return server;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().getRawPath();
      requests.add(path + body);
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      Answer answer =
          credentials != null && !credentials.equals(given)
              ? new Answer(401, "{\"error_code\":401,\"message\":\"Unauthorized\"}")
              : next.isEmpty() ? answers.getOrDefault(path, UNKNOWN) : next.remove(0);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Answers to a path from now on. */
  public void answer(String path, int status, String body) {
    answers.put(path, new Answer(status, body));
  }

  /** The schema of an id. */
  public void schema(int id, String schema) {
    answer("/schemas/ids/" + id, 200, "{\"schema\":" + quoted(schema) + "}");
  }

  public static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /** Answers to the next requests, whatever they are. */
  public void failNext(int times, int status) {
    for (int k = 0; k < times; k++) {
      next.add(new Answer(status, "busy"));
    }
  }

  /** Refuses requests without this header. */
  public void require(String authorization) {
    credentials = authorization;
  }

  /** The paths and bodies that were asked for. */
  public List<String> requests() {
    return new ArrayList<>(requests);
  }

  public String url() {
    return (server instanceof HttpsServer ? "https" : "http")
        + "://localhost:"
        + server.getAddress().getPort();
  }

  public RegistrySettings settings(OnFailure onFailure) {
    return settings(List.of(url()), onFailure);
  }

  public static RegistrySettings settings(List<String> urls, OnFailure onFailure) {
    return new RegistrySettings("lstm.source.schema-registry.", urls, null, null, null, onFailure);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
