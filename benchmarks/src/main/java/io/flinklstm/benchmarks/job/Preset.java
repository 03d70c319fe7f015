package io.flinklstm.benchmarks.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A configuration to measure the job with: the files in config/ and those of a preset there.
 *
 * @param name of the preset
 * @param flinkOptions Flink's own configuration
 * @param jobArguments of the job
 */
public record Preset(String name, Map<String, String> flinkOptions, List<String> jobArguments) {

  public static final String LOW_LATENCY = "low-latency";
  public static final String THROUGHPUT = "throughput";

  /** Reads the files of a preset in config/presets. */
  public static Preset read(String name) throws IOException {
    Path home = Path.of(System.getProperty("flinklstm.benchmarks.home", "benchmarks"));
    Path config = home.resolve(Path.of("..", "config"));
    Map<String, String> flinkOptions = options(config.resolve("flink-config.yaml"));
    flinkOptions.putAll(options(config.resolve(Path.of("presets", name + "-flink.yaml"))));
    Path job = config.resolve(Path.of("presets", name + "-job.yaml"));
    return new Preset(name, flinkOptions, List.of("--config", job.toString()));
  }

  private static Map<String, String> options(Path file) throws IOException {
    Object document =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    Map<String, String> options = new LinkedHashMap<>();
    ((Map<?, ?>) document).forEach((key, value) -> options.put(key.toString(), value.toString()));
    return options;
  }
}
