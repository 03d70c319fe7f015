package io.flinklstm.faults.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * A schema registry (Apicurio), with its schemas in memory, that can be killed and started again on
 * the same port. It then has no schemas; those registered in the same order get the same ids.
 */
public final class RegistryServer implements AutoCloseable {

  private static final String CONFLUENT_INTERFACE = "/apis/ccompat/v7";

  private final Path jar;
  private final Path folder;
  private final int port;
  private ServerProcess process;

  /**
   * @param installation the unpacked distribution
   * @param folder for temporary files and the log
   */
  public RegistryServer(Path installation, Path folder) throws IOException {
    try (Stream<Path> files = Files.list(installation)) {
      this.jar =
          files
              .filter(file -> file.getFileName().toString().endsWith("-runner.jar"))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IOException(
                          "registry: expected a runner jar in " + installation + ", got none"));
    }
    this.folder = folder;
    this.port = Jvm.freePort();
  }

  /** Starts the registry and waits until it answers. */
  public void start() throws IOException {
    String main;
    try (JarFile file = new JarFile(jar.toFile())) {
      main = file.getManifest().getMainAttributes().getValue("Main-Class");
    }
    process =
        new ServerProcess(
            "Registry",
            Jvm.command(
                jar.toString(),
                Files.createDirectories(folder.resolve("tmp")),
                List.of("-Xmx300m", "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=" + port),
                main,
                List.of()),
            folder.resolve("registry.log"));
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest types = HttpRequest.newBuilder(URI.create(url() + "/schemas/types")).build();
    Waiting.until(
        "registry at " + url(),
        () -> {
          process.checkAlive();
          return client.send(types, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        });
  }

  public ServerProcess process() {
    return process;
  }

  /** The address of Confluent's interface. */
  public String url() {
    return "http://127.0.0.1:" + port + CONFLUENT_INTERFACE;
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
