package io.flinklstm.faults.campaign;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the pieces are that are put to the test: the build's own.
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
   * Beside config/flink-config.yaml: small, quick to notice that somebody is gone, and with
   * checkpoints in quick succession.
   *
   * @param zooKeeper its address
   * @param state the folder of what must last
   * @param checkpoints the folder of the checkpoints
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
    // Many faults in a few minutes: the pauses between restarts must not grow from one to the next.
    settings.put("restart-strategy.exponential-delay.reset-backoff-threshold", "5 s");
    settings.put("web.refresh-interval", "200 ms");
    settings.put("high-availability.type", "zookeeper");
    settings.put("high-availability.zookeeper.quorum", zooKeeper);
    settings.put("high-availability.storageDir", state.resolve("ha").toUri().toString());
    return settings;
  }
}
