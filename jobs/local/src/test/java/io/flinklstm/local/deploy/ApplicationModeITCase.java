package io.flinklstm.local.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import io.flinklstm.local.embedded.EmbeddedBroker;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.Tick;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the command of docker/compose.yaml without Docker: JobManager and TaskManager as processes
 * in the image's folders, below another root, with the image's configuration and the job's jar.
 */
class ApplicationModeITCase {

  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void forecastsAndIsHealthyAsTheContainersAreStarted() throws Exception {
    DeployedFile services = DeployedFile.read(ROOT.resolve("docker/compose.yaml")).at("services");
    int rest = EmbeddedBroker.freePort();
    int metrics = EmbeddedBroker.freePort();
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 2)) {
      build(rest, EmbeddedBroker.freePort(), metrics, services);
      List<String> command = new ArrayList<>(services.at("jobmanager").texts("command"));
      assertThat(command.remove(0)).isEqualTo("standalone-job");
      command.replaceAll(
          argument ->
              argument
                  .replace("/opt/", folder + "/opt/")
                  .replace("kafka:19092", kafka.bootstrapServers()));
      Process jobManager = start(StandaloneApplicationClusterEntryPoint.class, "512m", command);
      Process taskManager = start(TaskManagerRunner.class, "512m", List.of());
      try {
        for (Tick trade : DemoData.trades(100)) {
          kafka.send("BTCUSD", trade.withKey("BTCUSD").toJson());
        }
        kafka.flush();
        LocalKafka.await(
            "a prediction for every tick",
            () -> {
              assertThat(jobManager.isAlive())
                  .as(() -> contentOf(log(StandaloneApplicationClusterEntryPoint.class).toFile()))
                  .isTrue();
              assertThat(taskManager.isAlive())
                  .as(() -> contentOf(log(TaskManagerRunner.class).toFile()))
                  .isTrue();
              return kafka.count(LocalKafka.PREDICTIONS) >= 100;
            });
        assertThat(healthCheck(services.at("jobmanager"), "/8081", rest)).isZero();
        assertThat(healthCheck(services.at("taskmanager"), "/9249", metrics)).isZero();
      } finally {
        stop(taskManager);
        stop(jobManager);
      }
      assertThat(healthCheck(services.at("jobmanager"), "/8081", rest)).isNotZero();
    }
  }

  /** Builds what the Dockerfile adds to the base image, as far as the processes see it. */
  private void build(int rest, int rpc, int metrics, DeployedFile services) throws IOException {
    Path flink = Files.createDirectories(folder.resolve("opt/flink"));
    Path ours = Files.createDirectories(folder.resolve("opt/flink-lstm/model"));
    Files.createDirectories(flink.resolve("lib"));
    Files.copy(
        ROOT.resolve("jobs/target/flink-lstm-job.jar"),
        Files.createDirectory(flink.resolve("usrlib")).resolve("flink-lstm-job.jar"));
    Files.copy(
        ROOT.resolve("config/model/bitstamp-btcusd.safetensors"),
        ours.resolve("bitstamp-btcusd.safetensors"));
    Files.copy(ROOT.resolve("config/forecast-job.yaml"), ours.resolveSibling("forecast-job.yaml"));
    String configuration =
        Files.readString(ROOT.resolve("config/flink-config.yaml"))
            + Files.readString(ROOT.resolve("config/presets/low-latency-flink.yaml"))
            + services.at("jobmanager").at("environment").text("FLINK_PROPERTIES");
    String local =
        String.join(
            "\n",
            "",
            "rest.port: " + rest,
            "jobmanager.rpc.port: " + rpc,
            "io.tmp.dirs: " + folder.resolve("tmp"),
            // What the start scripts compute for a TaskManager.
            "taskmanager.host: localhost",
            "taskmanager.cpu.cores: 2",
            "taskmanager.memory.framework.heap.size: 128m",
            "taskmanager.memory.framework.off-heap.size: 128m",
            "taskmanager.memory.jvm-metaspace.size: 256m",
            "taskmanager.memory.jvm-overhead.min: 64m",
            "taskmanager.memory.jvm-overhead.max: 64m",
            "taskmanager.memory.task.heap.size: 256m",
            "taskmanager.memory.task.off-heap.size: 0m",
            "taskmanager.memory.managed.size: 64m",
            "taskmanager.memory.network.min: 64m",
            "taskmanager.memory.network.max: 64m",
            "");
    Files.writeString(
        Files.createDirectory(flink.resolve("conf")).resolve("config.yaml"),
        configuration
                .replace("/tmp/flink-lstm", folder + "/state")
                .replace("jobmanager.rpc.address: jobmanager", "jobmanager.rpc.address: localhost")
                .replace("9249-9259", metrics + "-" + (metrics + 9))
            + local);
    Files.createDirectory(folder.resolve("tmp"));
  }

  private Process start(Class<?> entryPoint, String heap, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-Dlog4j.configurationFile=" + ROOT.resolve("config/log4j.properties"));
    for (String opened : List.of("lang", "util", "util.concurrent", "time")) {
      command.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath(), entryPoint.getName(), "--configDir"));
    command.add(folder.resolve("opt/flink/conf").toString());
    command.addAll(arguments);
    ProcessBuilder process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(entryPoint).toFile());
    process.environment().put("FLINK_LIB_DIR", folder.resolve("opt/flink/lib").toString());
    return process.start();
  }

  private Path log(Class<?> entryPoint) {
    return folder.resolve(entryPoint.getSimpleName() + ".log");
  }

  /**
   * Flink and its dependencies; our classes, the connector and Kafka come from the job's jar alone.
   */
  private static String classPath() {
    List<String> entries =
        new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
    entries.removeIf(
        entry ->
            Path.of(entry).startsWith(ROOT)
                || entry.contains("flink-lstm")
                || entry.contains("flink-connector-base")
                || entry.contains("kafka"));
    return String.join(File.pathSeparator, entries);
  }

  /** Runs a service's health check as Docker does, on another port. */
  private static int healthCheck(DeployedFile service, String port, int actual)
      throws IOException, InterruptedException {
    String check = service.at("healthcheck").text("test").replaceAll(port, "/" + actual);
    return new ProcessBuilder("sh", "-c", check).redirectErrorStream(true).start().waitFor();
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
  }
}
