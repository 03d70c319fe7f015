package io.flinklstm.benchmarks.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Configurations that the job is measured with.
 *
 * @param name in reports
 * @param flinkOptions Flink's own
 * @param jobOptions the job's, without their leading dashes
 */
public record Presets(
    String name, Map<String, String> flinkOptions, Map<String, String> jobOptions) {

  private static final String BUFFER_TIMEOUT = "execution.buffer-timeout.interval";
  private static final String LINGER = "lstm.kafka.properties.linger.ms";

  /** Flink as config/ suggests it, the job with its defaults. */
  public static Presets standard() throws IOException {
    return new Presets("config/flink-config.yaml", flinkConfig(), new LinkedHashMap<>());
  }

  /** The same, tuned for the time from tick to prediction. */
  public static Presets lowLatency() throws IOException {
    Presets presets =
        new Presets(
            "config/flink-config.yaml with " + BUFFER_TIMEOUT + " 1 ms, " + LINGER + " 0",
            flinkConfig(),
            new LinkedHashMap<>());
    presets.flinkOptions.put(BUFFER_TIMEOUT, "1 ms");
    presets.jobOptions.put(LINGER, "0");
    return presets;
  }

  private static Map<String, String> flinkConfig() throws IOException {
    Path home = Path.of(System.getProperty("flinklstm.benchmarks.home", "benchmarks"));
    Path file = home.resolve(Path.of("..", "config", "flink-config.yaml"));
    Object document =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    Map<String, String> options = new LinkedHashMap<>();
    ((Map<?, ?>) document).forEach((key, value) -> options.put(key.toString(), value.toString()));
    return options;
  }
}
