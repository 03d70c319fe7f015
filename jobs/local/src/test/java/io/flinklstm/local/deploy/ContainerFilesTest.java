package io.flinklstm.local.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kafka.server.KafkaConfig;
import org.junit.jupiter.api.Test;

/**
 * Checks the files of docker/ against the build and against the options of the job, Flink and
 * Kafka.
 */
class ContainerFilesTest {

  private static final Path ROOT = Path.of("..", "..");
  static final Path DOCKERFILE = ROOT.resolve("docker/Dockerfile");
  private static final Path COMPOSE = ROOT.resolve("docker/compose.yaml");
  private static final String BUILT = "jobs/target/";

  @Test
  void imageIsThatOfTheFlinkThatTheJobIsBuiltWith() throws IOException {
    assertThat(Files.readAllLines(DOCKERFILE)).contains("FROM flink:" + flinkVersion() + "-java17");
  }

  /** The Flink that the build uses unless -Dflink.version says otherwise. */
  static String flinkVersion() throws IOException {
    Matcher version =
        Pattern.compile("<flink.version>(.+)</flink.version>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  @Test
  void imageCopiesWhatIsThere() throws IOException {
    List<String> sources = new ArrayList<>();
    for (String line : Files.readAllLines(DOCKERFILE)) {
      if (line.startsWith("COPY ")) {
        List<String> words = List.of(line.split(" +"));
        sources.addAll(words.subList(2, words.size() - 1));
      }
    }
    assertThat(sources).hasSizeGreaterThan(4).allSatisfy(ContainerFilesTest::isThere);
  }

  /** The output of the build does not exist yet when this test runs, but the build names it. */
  private static void isThere(String source) throws IOException {
    if (source.startsWith(BUILT)) {
      String poms = Files.readString(Path.of("pom.xml")) + Files.readString(Path.of("../pom.xml"));
      assertThat(poms).contains("/" + source.substring(BUILT.length()) + "</outputFile>");
    } else {
      assertThat(ROOT.resolve(source)).exists();
    }
  }

  @Test
  void composeRunsTheImagesCommandOnItsOwnBroker() throws IOException {
    List<String> command = service("jobmanager").texts("command");
    String dockerfile = Files.readString(DOCKERFILE);
    List<String> inherited =
        Pattern.compile("\"([^\"]+)\"")
            .matcher(dockerfile.substring(dockerfile.indexOf("CMD [")))
            .results()
            .map(result -> result.group(1))
            .toList();
    assertThat(command.subList(0, inherited.size())).isEqualTo(inherited);
    assertThat(command.subList(inherited.size(), command.size()))
        .containsExactly("--lstm.kafka.bootstrap-servers", "kafka:19092");
  }

  @Test
  void composeNamesOnlyServicesAndVolumesThatThereAre() throws IOException {
    DeployedFile compose = DeployedFile.read(COMPOSE);
    DeployedFile services = compose.at("services");
    for (String name : services.entries().keySet()) {
      DeployedFile service = services.at(name);
      if (service.entries().containsKey("depends_on")) {
        service
            .at("depends_on")
            .entries()
            .forEach(
                (other, condition) -> {
                  assertThat(services.entries()).as(name).containsKey(other);
                  if (condition.toString().contains("service_healthy")) {
                    assertThat(services.at(other).entries()).containsKey("healthcheck");
                  }
                });
      }
      if (service.entries().containsKey("volumes")) {
        for (String volume : service.texts("volumes")) {
          String source = volume.substring(0, volume.indexOf(':'));
          if (source.startsWith("../")) {
            isThere(source.substring("../".length()));
          } else {
            assertThat(compose.at("volumes").entries()).as(name).containsKey(source);
          }
        }
      }
    }
  }

  @Test
  void everyServiceThatStaysHasAHealthCheck() throws IOException {
    DeployedFile services = DeployedFile.read(COMPOSE).at("services");
    assertThat(services.entries().keySet())
        .filteredOn(name -> !services.at(name).entries().containsKey("healthcheck"))
        .containsExactlyInAnyOrder("topics", "replay");
  }

  @Test
  void publishesOnTheLoopbackInterfaceOnly() throws IOException {
    DeployedFile services = DeployedFile.read(COMPOSE).at("services");
    List<String> ports = new ArrayList<>();
    for (String name : services.entries().keySet()) {
      if (services.at(name).entries().containsKey("ports")) {
        ports.addAll(services.at(name).texts("ports"));
      }
    }
    assertThat(ports).hasSize(4).allMatch(port -> port.startsWith("127.0.0.1:"));
  }

  @Test
  void brokerKnowsItsSettings() throws IOException {
    DeployedFile environment = service("kafka").at("environment");
    List<String> keys =
        environment.entries().keySet().stream()
            .map(key -> key.substring("KAFKA_".length()).toLowerCase(Locale.ROOT).replace('_', '.'))
            .toList();
    assertThat(keys).isSubsetOf(new TreeSet<>(KafkaConfig.configDef().names()));
  }

  @Test
  void flinkKnowsItsSettings() throws IOException {
    DeployedFile environment = service("jobmanager").at("environment");
    assertThat(environment.entries()).containsOnlyKeys("FLINK_PROPERTIES");
    List<String> keys =
        environment.text("FLINK_PROPERTIES").lines().map(line -> line.split(": ")[0]).toList();
    assertThat(keys).hasSize(3).isSubsetOf(FlinkOptions.keys());
    assertThat(service("taskmanager").at("environment").entries()).isEqualTo(environment.entries());
  }

  @Test
  void topicsAreThoseOfTheJob() throws IOException {
    ForecastJobConfig config =
        ForecastJobConfig.fromArguments(
            "--config", Monitoring.CONFIG.resolve("forecast-job.yaml").toString());
    String topics =
        String.join(
            " ",
            config.get(ForecastJobOptions.SOURCE_TOPIC),
            config.get(ForecastJobOptions.SINK_TOPIC),
            config.get(ForecastJobOptions.LATE_TOPIC),
            config.get(ForecastJobOptions.DEAD_LETTER_TOPIC));
    assertThat(service("topics").texts("command").get(0)).contains("for topic in " + topics + ";");
  }

  @Test
  void scrapesWhereTheReporterIs() throws IOException {
    DeployedFile job =
        DeployedFile.read(Monitoring.CONFIG.resolve("monitoring/prometheus.yaml"))
            .list("scrape_configs")
            .get(0);
    DeployedFile targets = job.list("dns_sd_configs").get(0);
    assertThat(targets.texts("names")).containsExactly("jobmanager", "taskmanager");
    Map<String, Object> flink =
        DeployedFile.read(Monitoring.CONFIG.resolve("flink-config.yaml")).entries();
    assertThat(flink.get("metrics.reporter.prom.port").toString())
        .startsWith(targets.text("port") + "-");
    assertThat(Files.readString(Monitoring.ALERTS))
        .contains("up{job=\"" + job.text("job_name") + "\"}");
  }

  private static DeployedFile service(String name) throws IOException {
    return DeployedFile.read(COMPOSE).at("services").at(name);
  }
}
