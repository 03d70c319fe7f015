package io.flinklstm.local.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.local.testing.CapturedLog;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.testing.SecuredKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forecast job on a broker with TLS, SCRAM, client certificates and ACLs. */
class SecuredKafkaITCase {

  private static final int TICKS = 20;
  private static final String KAFKA_PROPERTY = "--lstm.kafka.properties.";

  @TempDir private Path folder;
  private SecuredKafka kafka;

  @BeforeEach
  void start() throws Exception {
    kafka = new SecuredKafka(folder);
    for (int k = 0; k < TICKS; k++) {
      String tick = "{\"key\":\"a\",\"event_time\":" + k * 1000 + ",\"price\":800,\"amount\":1}";
      kafka.plain.send("a", tick.getBytes(UTF_8));
    }
    kafka.plain.flush();
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @Test
  void forecastsExactlyOnceByScramAndKeepsThePasswordToItself() throws Exception {
    grant(LocalKafka.PREDICTIONS);
    grantTransactions();
    try (CapturedLog ours = new CapturedLog("io.flinklstm", Level.DEBUG);
        CapturedLog flinks = new CapturedLog("org.apache.flink", Level.DEBUG);
        CapturedLog kafkas = new CapturedLog("org.apache.kafka", Level.INFO);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = submit(cluster, "exactly-once", scram(SecuredKafka.PASSWORD));
      awaitPredictions(cluster, job);
      assertThat(restAnswers(cluster, job)).noneMatch(SecuredKafkaITCase::tellsASecret);
      job.cancel().get();
      for (CapturedLog log : List.of(flinks, kafkas)) {
        assertThat(log.messages()).isNotEmpty();
      }
      for (CapturedLog log : List.of(ours, flinks, kafkas)) {
        assertThat(log.messages()).noneMatch(SecuredKafkaITCase::tellsASecret);
      }
    }
    assertConsumes();
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(tellsASecret(Files.readString(file, ISO_8859_1))).as(file.toString()).isFalse();
      }
    }
  }

  @Test
  void forecastsByClientCertificate() throws Exception {
    grant(LocalKafka.PREDICTIONS);
    try (MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient pem = submit(cluster, "at-least-once", pemKey());
      awaitPredictions(cluster, pem);
      pem.cancel().get();
      JobClient pkcs12 = submit(cluster, "at-least-once", pkcs12Key());
      LocalKafka.await(
          "predictions of the second job",
          () -> kafka.plain.count(LocalKafka.PREDICTIONS) >= 2 * TICKS);
      pkcs12.cancel().get();
    }
  }

  @Test
  void saysAtSubmitWhatIsWrong() throws Exception {
    String[] wrongPassword = scram("unmistakable-wrong");
    assertRefused(wrongPassword, "lstm.kafka.properties.sasl.*: ", "Authentication failed");

    String[] wrongTrust = scram(SecuredKafka.PASSWORD);
    wrongTrust[3] = kafkaProperty("ssl.truststore.location", kafka.clientCertificate);
    assertRefused(wrongTrust, "lstm.kafka.properties.ssl.*: ", "localhost:" + kafka.scramPort);

    String[] otherName = scram(SecuredKafka.PASSWORD);
    otherName[0] = "--lstm.kafka.bootstrap-servers=127.0.0.1:" + kafka.scramPort;
    assertRefused(otherName, "lstm.kafka.properties.ssl.*: ", "127.0.0.1");

    assertRefused(scram(SecuredKafka.PASSWORD), "lstm.source.topic: ", "ticks", "authoriz");

    grantCopies();
    kafka.allow(
        ResourceType.TOPIC,
        PatternType.LITERAL,
        LocalKafka.PREDICTIONS,
        AclOperation.DESCRIBE,
        AclOperation.READ);
    assertRefused(
        scram(SecuredKafka.PASSWORD),
        "lstm.sink.topic: expected the permission to WRITE topic predictions");

    kafka.plain.createTopic("ticks-2", 1, Map.of());
    kafka.allow(ResourceType.TOPIC, PatternType.LITERAL, "ticks-2", AclOperation.DESCRIBE);
    List<String> pattern = new ArrayList<>(List.of(scram(SecuredKafka.PASSWORD)));
    pattern.add("--lstm.source.topic-pattern=ticks(-2)?");
    assertRefused(
        pattern.toArray(String[]::new),
        "lstm.source.topic-pattern: expected the permission to READ topic ticks-2");
  }

  private void assertRefused(String[] arguments, String... parts) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> submit(null, "at-least-once", arguments))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(parts[0])
        .message()
        .contains(parts)
        .doesNotContain("\n")
        .matches(message -> !tellsASecret(message));
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(30);
  }

  private void assertConsumes() throws Exception {
    kafka.allow(ResourceType.TOPIC, PatternType.LITERAL, LocalKafka.PREDICTIONS, AclOperation.READ);
    kafka.allow(ResourceType.GROUP, PatternType.PREFIXED, "flink-lstm-consume-", AclOperation.READ);
    List<String> arguments = new ArrayList<>(List.of("consume", "--from-beginning"));
    arguments.addAll(List.of("--max=5", "--bootstrap-server=localhost:" + kafka.scramPort));
    for (String argument : scram(SecuredKafka.PASSWORD)) {
      if (argument.startsWith(KAFKA_PROPERTY)) {
        arguments.addAll(List.of("-P", argument.substring(KAFKA_PROPERTY.length())));
      }
    }
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out() + run.err()).doesNotContain("unmistakable");
  }

  private static boolean tellsASecret(String text) {
    return text.contains("unmistakable");
  }

  private void awaitPredictions(MiniCluster cluster, JobClient job) throws Exception {
    LocalKafka.await("predictions", () -> kafka.plain.count(LocalKafka.PREDICTIONS) >= TICKS);
    assertThat(kafka.plain.count(LocalKafka.PREDICTIONS)).isEqualTo(TICKS);
    assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
    assertThat(LocalFlink.restarts(cluster, job)).isZero();
  }

  private static List<String> restAnswers(MiniCluster cluster, JobClient job) throws Exception {
    URI rest = cluster.getRestAddress().get();
    String path = "/jobs/" + job.getJobID();
    HttpClient client = HttpClient.newHttpClient();
    List<String> answers = new ArrayList<>();
    for (String page :
        List.of(
            "/config",
            "/jobmanager/config",
            path,
            path + "/config",
            path + "/plan",
            path + "/exceptions",
            path + "/accumulators",
            path + "/checkpoints/config")) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(rest.resolve(page)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(page).isEqualTo(200);
      answers.add(answer.body());
    }
    return answers;
  }

  /** What docs/security.md lists for at-least-once. */
  private void grant(String sink) throws Exception {
    grantCopies();
    kafka.allow(ResourceType.TOPIC, PatternType.LITERAL, sink, AclOperation.WRITE);
    kafka.allow(ResourceType.GROUP, PatternType.LITERAL, "flink-lstm", AclOperation.READ);
  }

  private void grantCopies() throws Exception {
    kafka.allow(ResourceType.TOPIC, PatternType.LITERAL, LocalKafka.TICKS, AclOperation.READ);
    for (String copies : List.of(LocalKafka.LATE, LocalKafka.DEAD_LETTERS)) {
      kafka.allow(
          ResourceType.TOPIC,
          PatternType.LITERAL,
          copies,
          AclOperation.WRITE,
          AclOperation.DESCRIBE_CONFIGS);
    }
  }

  private void grantTransactions() throws Exception {
    kafka.allow(
        ResourceType.TRANSACTIONAL_ID, PatternType.PREFIXED, "flink-lstm-", AclOperation.WRITE);
  }

  private String[] scram(String password) throws Exception {
    Files.writeString(folder.resolve("job.properties"), "password=" + password);
    return new String[] {
      "--lstm.kafka.bootstrap-servers=localhost:" + kafka.scramPort,
      kafkaProperty("security.protocol", "SASL_SSL"),
      kafkaProperty("ssl.truststore.type", "PEM"),
      kafkaProperty("ssl.truststore.location", kafka.brokerCertificate),
      kafkaProperty("sasl.mechanism", "SCRAM-SHA-512"),
      kafkaProperty(
          "sasl.jaas.config",
          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"job\""
              + " password=\"${file:"
              + folder.resolve("job.properties")
              + ":password}\";")
    };
  }

  private String[] pemKey() {
    return new String[] {
      "--lstm.kafka.bootstrap-servers=localhost:" + kafka.tlsPort,
      kafkaProperty("security.protocol", "SSL"),
      kafkaProperty("ssl.truststore.type", "PEM"),
      kafkaProperty("ssl.truststore.location", kafka.brokerCertificate),
      kafkaProperty("ssl.keystore.type", "PEM"),
      kafkaProperty("ssl.keystore.key", "${dir:" + folder + ":client.key}"),
      kafkaProperty("ssl.keystore.certificate.chain", "${dir:" + folder + ":client.pem}")
    };
  }

  private String[] pkcs12Key() throws Exception {
    Files.writeString(folder.resolve("store"), SecuredKafka.STORE_PASSWORD);
    return new String[] {
      "--lstm.kafka.bootstrap-servers=localhost:" + kafka.tlsPort,
      "--lstm.source.starting-offsets=earliest",
      kafkaProperty("security.protocol", "SSL"),
      kafkaProperty("ssl.truststore.type", "PEM"),
      kafkaProperty("ssl.truststore.location", kafka.brokerCertificate),
      kafkaProperty("ssl.keystore.type", "PKCS12"),
      kafkaProperty("ssl.keystore.location", kafka.clientStore),
      kafkaProperty("ssl.keystore.password", "${dir:" + folder + ":store}")
    };
  }

  private static String kafkaProperty(String name, Object value) {
    return KAFKA_PROPERTY + name + "=" + value;
  }

  private JobClient submit(MiniCluster cluster, String guarantee, String... arguments)
      throws Exception {
    return LocalFlink.submit(folder, cluster, kafka.plain, guarantee, Map.of(), arguments);
  }
}
