package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the files in config/ against the existing options. */
class ConfigFilesTest {

  private static final Path FOLDER = Path.of("..", "config");
  private static final Path JOB = FOLDER.resolve("forecast-job.yaml");

  @TempDir private Path folder;

  @Test
  void exampleConfigurationIsAccepted() {
    ForecastJobConfig config = ForecastJobConfig.fromArguments("--config", JOB.toString());
    assertThat(config.get(ForecastJobOptions.DELIVERY_GUARANTEE))
        .isEqualTo(ForecastJobOptions.OutputGuarantee.AT_LEAST_ONCE);
    assertThat(config.kafkaProperties()).containsEntry("linger.ms", "0");
  }

  @Test
  void exampleConfigurationNamesAModelThatIsThere() {
    String path =
        ForecastJobConfig.fromArguments("--config", JOB.toString())
            .get(ForecastJobOptions.MODEL_PATH);
    assertThat(Path.of("..").resolve(path)).isRegularFile();
  }

  static List<ConfigOption<?>> options() {
    return ForecastJobOptions.ALL;
  }

  @ParameterizedTest
  @MethodSource("options")
  void exampleConfigurationHasEveryOptionOnALineOfItsOwn(ConfigOption<?> option)
      throws IOException {
    assertThat(Files.readAllLines(JOB))
        .filteredOn(line -> line.matches("(# )?" + option.key() + ": \\S.*"))
        .hasSize(1);
  }

  /** Every line is valid once uncommented, and every commented-out value is the default. */
  @Test
  void commentedLinesShowTheDefaults() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(JOB)) {
      lines.add(line.startsWith("# lstm.") ? line.substring(2) : line);
    }
    Path file = Files.write(folder.resolve("all.yaml"), lines);
    ForecastJobConfig config = ForecastJobConfig.fromArguments("--config", file.toString());
    for (ConfigOption<?> option : ForecastJobOptions.ALL) {
      if (option.hasDefaultValue()) {
        assertThat((Object) config.get(option)).as(option.key()).isEqualTo(option.defaultValue());
      }
    }
    assertThat(config.kafkaProperties().getProperty("sasl.jaas.config")).startsWith("${file:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"low-latency", "throughput"})
  void flinkConfigurationHasKnownKeysOfTheRightType(String preset) throws Exception {
    Configuration configuration = flinkConfiguration(preset);
    Map<String, ConfigOption<?>> known = new HashMap<>();
    for (Class<?> options :
        List.of(
            CheckpointingOptions.class,
            CoreOptions.class,
            ExecutionOptions.class,
            PipelineOptions.class,
            RestartStrategyOptions.class,
            StateBackendOptions.class)) {
      for (Field field : options.getFields()) {
        if (field.getType() == ConfigOption.class) {
          ConfigOption<?> option = (ConfigOption<?>) field.get(null);
          known.put(option.key(), option);
        }
      }
    }
    // The reporter's own options are not ConfigOptions; DashboardITCase tests that it accepts them.
    configuration.keySet().stream()
        .filter(key -> key.startsWith("metrics.reporter.prom."))
        .toList()
        .forEach(configuration::removeKey);
    assertThat(configuration.keySet()).hasSizeGreaterThan(8).isSubsetOf(known.keySet());
    for (String key : configuration.keySet()) {
      assertThat(configuration.getOptional(known.get(key))).as(key).isPresent();
    }
  }

  @Test
  void flinkConfigurationMakesTheChoicesItExplains() throws IOException {
    Configuration configuration = flinkConfiguration("throughput");
    assertThat(configuration.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(configuration.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("hashmap");
    assertThat(configuration.get(PipelineOptions.MAX_PARALLELISM)).isEqualTo(128);
    assertThat(configuration.get(CoreOptions.FLINK_TM_JVM_OPTIONS))
        .isEqualTo(KernelType.VECTOR_FLAG);
  }

  @Test
  void presetsDifferInHowLongRecordsWait() throws IOException {
    assertThat(flinkConfiguration("low-latency").get(ExecutionOptions.BUFFER_TIMEOUT))
        .isEqualTo(Duration.ofMillis(1));
    assertThat(flinkConfiguration("throughput").get(ExecutionOptions.BUFFER_TIMEOUT))
        .isEqualTo(Duration.ofMillis(100));
    assertThat(jobConfiguration("low-latency").kafkaProperties()).containsEntry("linger.ms", "0");
    assertThat(jobConfiguration("throughput").kafkaProperties())
        .containsEntry("linger.ms", "20")
        .containsEntry("batch.size", "262144");
  }

  /** The preset after the example, which it overrides. */
  private static ForecastJobConfig jobConfiguration(String preset) {
    return ForecastJobConfig.fromArguments(
        "--config",
        JOB.toString(),
        "--config",
        FOLDER.resolve("presets").resolve(preset + "-job.yaml").toString());
  }

  /** Read as the cluster reads its conf/config.yaml. */
  private Configuration flinkConfiguration(String preset) throws IOException {
    Files.writeString(
        folder.resolve("config.yaml"),
        Files.readString(FOLDER.resolve("flink-config.yaml"))
            + Files.readString(FOLDER.resolve("presets").resolve(preset + "-flink.yaml")));
    return GlobalConfiguration.loadConfiguration(folder.toString());
  }
}
