package io.flinklstm.faults.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker (KRaft, broker and controller in one) that can be killed and restarted with the
 * same ports and folder.
 */
public final class KafkaServer implements AutoCloseable {

  private static final int NODE_ID = 1;
  private static final int ANSWER_MILLIS = 5_000;

  private final Path folder;
  private final Path properties;
  private final String bootstrapServers;
  private ServerProcess process;

  /**
   * Formats the folder; {@link #start} starts the broker.
   *
   * @param security a second listener for the job, or null for none
   */
  public KafkaServer(Path folder, KafkaSecurity security) throws IOException {
    this.folder = folder;
    this.properties = folder.resolve("server.properties");
    int port = Jvm.freePort();
    int controllerPort = Jvm.freePort();
    this.bootstrapServers = "localhost:" + port;
    Path log = folder.resolve("kafka");
    Properties settings = settings(log, port, controllerPort);
    if (security != null) {
      settings.putAll(security.brokerSettings(settings));
    }
    try (OutputStream out = Files.newOutputStream(properties)) {
      settings.store(out, null);
    }
    format(log, security);
  }

  private static void format(Path log, KafkaSecurity security) throws IOException {
    Formatter formatter =
        new Formatter()
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(NODE_ID)
            .setControllerListenerName("CONTROLLER")
            .setMetadataLogDirectory(log.toString())
            .addDirectory(log.toString())
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    if (security != null) {
      formatter.setScramArguments(security.scramCredentials());
    }
    try {
      formatter.run();
    } catch (Exception e) {
      throw new IOException("formatting " + log + ": " + e.getMessage(), e);
    }
  }

  private static Properties settings(Path log, int port, int controllerPort) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", NODE_ID);
    settings.put("controller.quorum.voters", NODE_ID + "@localhost:" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners", "INNER://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
    settings.put("listener.security.protocol.map", "INNER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "INNER");
    settings.put("log.dir", log);
    settings.put("auto.create.topics.enable", false);
    settings.put("group.initial.rebalance.delay.ms", 0);
    for (String topic : List.of("offsets.topic", "share.coordinator.state.topic")) {
      settings.put(topic + ".num.partitions", 1);
      settings.put(topic + ".replication.factor", 1);
    }
    settings.put("share.coordinator.state.topic.min.isr", 1);
    settings.put("transaction.state.log.num.partitions", 4);
    settings.put("transaction.state.log.replication.factor", 1);
    settings.put("transaction.state.log.min.isr", 1);
    Properties properties = new Properties();
    settings.forEach((key, value) -> properties.setProperty(key, value.toString()));
    return properties;
  }

  /** Starts the broker and waits until it answers. */
  public void start() throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    process =
        new ServerProcess(
            "Kafka",
            Jvm.command(
                Jvm.classPath(),
                temporary,
                List.of("-Xmx768m", "-Dlog4j.configurationFile=" + logging(folder)),
                "kafka.Kafka",
                List.of(properties.toString())),
            folder.resolve("kafka.log"));
    awaitAnswer();
  }

  private static Path logging(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kafka-log4j.properties"),
        """
        rootLogger.level = INFO
        rootLogger.appenderRef.console.ref = Console
        appender.console.name = Console
        appender.console.type = CONSOLE
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %d %-5p %c{1.} - %m%n
        """);
  }

  private void awaitAnswer() {
    Waiting.until(
        "Kafka at " + bootstrapServers,
        () -> {
          process.checkAlive();
          return answers();
        });
  }

  /** Whether the broker answers within seconds. */
  public boolean answers() {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "request.timeout.ms",
            ANSWER_MILLIS - 1000,
            "default.api.timeout.ms",
            ANSWER_MILLIS);
    try (Admin admin = Admin.create(properties)) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException none) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Kafka", e);
    }
  }

  public ServerProcess process() {
    return process;
  }

  /** The address of the listener without encryption. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
