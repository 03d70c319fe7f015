package io.flinklstm.local.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.jobs.config.ForecastJobConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the manifests of config/kubernetes against the operator's schema, the image and the job.
 */
class KubernetesFilesTest {

  private static final Path FOLDER = Monitoring.CONFIG.resolve("kubernetes");

  @TempDir private Path folder;

  @Test
  void deploymentHasTheFieldsOfTheOperatorsSchema() throws IOException {
    Map<String, Object> spec = new HashMap<>(deployment().at("spec").entries());
    // The schema is older than the version.
    String[] version = ContainerFilesTest.flinkVersion().split("\\.");
    assertThat(spec.remove("flinkVersion")).isEqualTo("v" + version[0] + "_" + version[1]);
    assertThat(deployment().entries())
        .containsOnlyKeys("apiVersion", "kind", "metadata", "spec")
        .containsEntry("apiVersion", "flink.apache.org/v1beta1")
        .containsEntry("kind", "FlinkDeployment");
    assertThat(KubernetesSchema.ofFlinkDeployment().problems(Map.of("spec", spec))).isEmpty();
  }

  @Test
  void schemaFindsWhatIsMisspeltOrOfTheWrongType() throws IOException {
    Map<String, Object> container =
        Map.of("name", "flink-main-container", "securityContexts", Map.of());
    Map<String, Object> spec =
        Map.of(
            "flinkConfiguration",
            Map.of("pipeline.max-parallelism", 128),
            "job",
            Map.of("upgradeMode", "save-point"),
            "podTemplate",
            Map.of("spec", Map.of("containers", List.of(container))));
    assertThat(KubernetesSchema.ofFlinkDeployment().problems(Map.of("spec", spec)))
        .hasSize(3)
        .anyMatch(problem -> problem.startsWith(".spec.flinkConfiguration.pipeline.max-par"))
        .anyMatch(problem -> problem.startsWith(".spec.job.upgradeMode: expected [last-state"))
        .anyMatch(problem -> problem.contains("containers[0].securityContexts: expected one of"));
  }

  @Test
  void flinkConfigurationIsTheExamplesButForPlaces() throws IOException {
    Map<String, Object> deployed = deployment().at("spec").at("flinkConfiguration").entries();
    Map<String, Object> example =
        new HashMap<>(DeployedFile.read(Monitoring.CONFIG.resolve("flink-config.yaml")).entries());
    example.putAll(
        DeployedFile.read(Monitoring.CONFIG.resolve("presets/low-latency-flink.yaml")).entries());
    List<String> others = new ArrayList<>();
    example.forEach(
        (key, value) -> {
          if (!value.toString().equals(deployed.get(key))) {
            others.add(key);
          }
        });
    assertThat(others)
        .containsExactlyInAnyOrder(
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir",
            "metrics.reporter.prom.port");
    assertThat(deployed.keySet())
        .filteredOn(key -> !example.containsKey(key))
        .containsExactlyInAnyOrder(
            "taskmanager.numberOfTaskSlots",
            "high-availability.type",
            "high-availability.storageDir")
        .isSubsetOf(FlinkOptions.keys());
  }

  /** Every path of the deployment is in the image, on a volume, or on the object store. */
  @Test
  void deploymentMountsWhatItReads() throws Exception {
    DeployedFile spec = deployment().at("spec");
    DeployedFile pod = spec.at("podTemplate").at("spec");
    DeployedFile container = pod.list("containers").get(0);
    assertThat(container.text("name")).isEqualTo("flink-main-container");
    assertThat(container.list("volumeMounts"))
        .extracting(mount -> mount.text("name"))
        .containsExactlyInAnyOrderElementsOf(
            pod.list("volumes").stream().map(volume -> volume.text("name")).toList());
    DeployedFile configuration = configuration();
    assertThat(pod.list("volumes").get(0).at("configMap").text("name"))
        .isEqualTo(configuration.at("metadata").text("name"));
    String mount = container.list("volumeMounts").get(0).text("mountPath");
    DeployedFile job = spec.at("job");
    assertThat(job.texts("args"))
        .containsExactly("--job-config", mount + "/forecast-job.yaml")
        .last()
        .isEqualTo(mount + "/" + configuration.at("data").entries().keySet().iterator().next());
    assertThat(Files.readString(ContainerFilesTest.DOCKERFILE))
        .contains(job.text("jarURI").substring("local://".length()));
    assertThat(Class.forName(job.text("entryClass"))).hasPublicMethods("main");
  }

  @Test
  void jobTakesItsConfiguration() throws IOException {
    DeployedFile data = configuration().at("data");
    Path file = Files.writeString(folder.resolve("job.yaml"), data.text("forecast-job.yaml"));
    ForecastJobConfig config = ForecastJobConfig.fromArguments("--job-config", file.toString());
    assertThat(config.kafkaProperties().getProperty("sasl.jaas.config"))
        .isEqualTo("${file:/etc/flink-lstm/kafka/client.properties:jaas}");
    assertThat(data.text("forecast-job.yaml")).doesNotContain("password");
  }

  @Test
  void monitorScrapesThePortOfTheReporter() throws IOException {
    DeployedFile monitor = DeployedFile.read(FOLDER.resolve("monitoring.yaml")).at("spec");
    DeployedFile spec = deployment().at("spec");
    DeployedFile port =
        spec.at("podTemplate").at("spec").list("containers").get(0).list("ports").get(0);
    assertThat(monitor.list("podMetricsEndpoints").get(0).text("port"))
        .isEqualTo(port.text("name"));
    assertThat(spec.at("flinkConfiguration").text("metrics.reporter.prom.port"))
        .isEqualTo(port.text("containerPort"));
    assertThat(monitor.at("selector").at("matchLabels").text("app"))
        .isEqualTo(deployment().at("metadata").text("name"));
  }

  private static DeployedFile deployment() throws IOException {
    return DeployedFile.read(FOLDER.resolve("forecast-job.yaml"));
  }

  private static DeployedFile configuration() throws IOException {
    return DeployedFile.read(FOLDER.resolve("configuration.yaml"));
  }
}
