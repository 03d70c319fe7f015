package io.flinklstm.faults.campaign;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The locations of the files under test, all from this build.
 *
 * @param root of the project
 */
public record Setup(Path root) {

  Path jobJar() {
    return root.resolve("jobs/target/flink-lstm-job.jar");
  }

  /** A file with the class path of Flink's distribution. */
  Path flinkClassPath() {
    return root.resolve("jobs/faults/flink/target/class-path.txt");
  }

  Path flinkConfiguration() {
    return root.resolve("config/flink-config.yaml");
  }

  Path logging() {
    return root.resolve("config/log4j.properties");
  }

  public Path bundledModel() {
    return root.resolve("config/model/bitstamp-btcusd.safetensors");
  }

  /**
   * Settings in addition to config/flink-config.yaml: small processes, quick failure detection and
   * frequent checkpoints.
   *
   * @param zooKeeper its address
   * @param state the folder for durable data
   * @param checkpoints the folder for checkpoints
   */
  static Map<String, String> flinkSettings(String zooKeeper, Path state, Path checkpoints) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("jobmanager.memory.process.size", "1 gb");
    settings.put("taskmanager.memory.process.size", "1200 mb");
    settings.put("heartbeat.interval", "1 s");
    settings.put("heartbeat.timeout", "5 s");
    settings.put("execution.checkpointing.interval", "1 s");
    settings.put("execution.checkpointing.dir", checkpoints.toUri().toString());
    settings.put("execution.checkpointing.incremental", "true");
    settings.put("execution.checkpointing.num-retained", "2");
    // With many faults in a few minutes, the pauses between restarts must not grow.
    settings.put("restart-strategy.exponential-delay.reset-backoff-threshold", "5 s");
    settings.put("web.refresh-interval", "200 ms");
    settings.put("high-availability.type", "zookeeper");
    settings.put("high-availability.zookeeper.quorum", zooKeeper);
    settings.put("high-availability.storageDir", state.resolve("ha").toUri().toString());
    return settings;
  }
}
