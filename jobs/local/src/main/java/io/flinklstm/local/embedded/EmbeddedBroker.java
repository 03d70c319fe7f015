package io.flinklstm.local.embedded;

import io.flinklstm.jobs.kafka.VisibleTopics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker (KRaft, one node, broker and controller in one) inside this JVM, on free
 * ports of the loopback interface. Started by the constructor, stopped by {@link #close}.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final String CONTROLLER = "CONTROLLER";
  private static final int NODE_ID = 1;
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(60);
  private static final Set<String> ADDED = Set.of("listeners", "listener.security.protocol.map");

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  /**
   * @param folder an empty folder for the broker's logs
   * @throws IOException if the broker cannot start
   */
  public EmbeddedBroker(Path folder) throws IOException {
    this(folder, Map.of());
  }

  /**
   * @param settings of the broker, which override those made here; listeners and their protocols
   *     are added to ours
   */
  public EmbeddedBroker(Path folder, Map<String, String> settings) throws IOException {
    int port = freePort();
    int controllerPort = freePort();
    this.bootstrapServers = "localhost:" + port;
    format(folder);
    Map<String, Object> config = config(folder, port, controllerPort);
    settings.forEach(
        (name, value) ->
            config.merge(
                name, value, (ours, more) -> ADDED.contains(name) ? ours + "," + more : more));
    this.server = new KafkaRaftServer(new KafkaConfig(config), Time.SYSTEM);
    server.startup();
  }

  private static void format(Path folder) throws IOException {
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(NODE_ID)
          .setControllerListenerName(CONTROLLER)
          .setMetadataLogDirectory(folder.toString())
          .addDirectory(folder.toString())
          .setIgnoreFormatted(true)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) {
      throw new IOException("formatting the broker's folder " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> config(Path folder, int port, int controllerPort) {
    Map<String, Object> config = new HashMap<>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", NODE_ID);
    config.put("controller.quorum.voters", NODE_ID + "@localhost:" + controllerPort);
    config.put("controller.listener.names", CONTROLLER);
    config.put(
        "listeners",
        "PLAINTEXT://localhost:" + port + "," + CONTROLLER + "://localhost:" + controllerPort);
    config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    config.put("log.dir", folder.toString());
    config.put("auto.create.topics.enable", "false");
    config.put("group.initial.rebalance.delay.ms", 0);
    config.put("offsets.topic.replication.factor", (short) 1);
    config.put("offsets.topic.num.partitions", 1);
    config.put("transaction.state.log.replication.factor", (short) 1);
    config.put("transaction.state.log.min.isr", 1);
    config.put("transaction.state.log.num.partitions", 1);
    config.put("share.coordinator.state.topic.replication.factor", (short) 1);
    config.put("share.coordinator.state.topic.min.isr", (short) 1);
    config.put("share.coordinator.state.topic.num.partitions", 1);
    return config;
  }

  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Creates topics that keep their records forever, whatever the records' timestamps. */
  public void createTopics(int partitions, List<String> topics) {
    createTopics(bootstrapServers, partitions, topics);
  }

  /** Like {@link #createTopics(int, List)}, on any broker. */
  public static void createTopics(String bootstrapServers, int partitions, List<String> topics) {
    Map<String, String> config = Map.of("retention.ms", "-1", "retention.bytes", "-1");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) bootstrapServers))) {
      admin
          .createTopics(
              topics.stream()
                  .map(topic -> new NewTopic(topic, partitions, (short) 1).configs(config))
                  .toList())
          .all()
          .get();
      VisibleTopics.await(admin, topics, VISIBLE_WITHIN);
    } catch (ExecutionException e) {
      throw new IllegalStateException("creating topics " + topics + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("creating topics " + topics + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
