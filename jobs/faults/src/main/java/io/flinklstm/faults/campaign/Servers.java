package io.flinklstm.faults.campaign;

import io.flinklstm.faults.process.FlinkCluster;
import io.flinklstm.faults.process.FlinkHome;
import io.flinklstm.faults.process.KafkaSecurity;
import io.flinklstm.faults.process.KafkaServer;
import io.flinklstm.faults.process.ZooKeeperServer;
import io.flinklstm.faults.ticks.TickRecords;
import io.flinklstm.faults.ticks.Topics;
import io.flinklstm.local.embedded.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A running broker with the job's topics, and a running Flink cluster with ZooKeeper. */
public final class Servers implements AutoCloseable {

  /** The number of partitions of each topic. */
  public static final int PARTITIONS = 4;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final KafkaSecurity security;
  private final KafkaServer kafka;
  private final FlinkCluster flink;
  private final CheckpointDisk disk;

  /**
   * Starts all of them.
   *
   * @param folder an empty folder
   * @param flinkSettings in addition to those of {@link Setup}
   * @param secured whether the job uses SASL_SSL to talk to the broker
   * @param ownDisk whether the checkpoints get a file system of their own
   */
  public Servers(
      Setup setup, Path folder, Map<String, String> flinkSettings, boolean secured, boolean ownDisk)
      throws Exception {
    Files.createDirectories(folder);
    try {
      FlinkHome home = new FlinkHome(folder, setup.flinkClassPath(), setup.logging());
      ZooKeeperServer zooKeeper = add(new ZooKeeperServer(folder, home));
      security = secured ? new KafkaSecurity(folder) : null;
      kafka = add(new KafkaServer(folder, security));
      kafka.start();
      EmbeddedBroker.createTopics(kafka.bootstrapServers(), PARTITIONS, Topics.ALL);
      Path checkpoints = folder.resolve("checkpoints");
      disk = ownDisk ? add(new CheckpointDisk(checkpoints)) : null;
      Map<String, String> settings = Setup.flinkSettings(zooKeeper.address(), folder, checkpoints);
      settings.putAll(flinkSettings);
      flink = add(new FlinkCluster(home, folder, setup.flinkConfiguration(), settings));
      flink.start();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  /**
   * The job's arguments: exactly-once, with every output topic.
   *
   * @param options take precedence
   */
  public List<String> jobArguments(Path model, Map<String, String> options) {
    Map<String, String> all = new TreeMap<>();
    all.put(
        "lstm.kafka.bootstrap-servers",
        security == null ? kafka.bootstrapServers() : security.bootstrapServers());
    all.put("lstm.model.path", model.toAbsolutePath().toString());
    all.put("lstm.source.sequence-field", TickRecords.SEQUENCE_FIELD);
    all.put("lstm.duplicate.topic", Topics.DUPLICATES);
    all.put("lstm.sink.delivery-guarantee", "exactly-once");
    if (security != null) {
      security
          .clientSettings()
          .forEach((key, value) -> all.put("lstm.kafka.properties." + key, value));
    }
    all.putAll(options);
    List<String> arguments = new ArrayList<>();
    all.forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    return arguments;
  }

  /** Null if the broker is not secured. */
  KafkaSecurity security() {
    return security;
  }

  public KafkaServer kafka() {
    return kafka;
  }

  public FlinkCluster flink() {
    return flink;
  }

  /** Null if the checkpoints have no file system of their own. */
  CheckpointDisk disk() {
    return disk;
  }

  private <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
