package io.flinklstm.local.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.local.testing.CapturedLog;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the settings of the late and dead-letter topics mean for the job, on a real broker. */
class CopyTopicsITCase {

  private static final String JOBS = "io.flinklstm.jobs";
  private static final String TIMESTAMP = "__flink.errors.timestamp";
  private static final String LONGEST = Long.toString(Long.MAX_VALUE);

  @TempDir private Path folder;

  private final long now = System.currentTimeMillis();
  private final long recent = now - TimeUnit.HOURS.toMillis(1);
  private final long old = now - TimeUnit.DAYS.toMillis(3);
  private final long soon = now + TimeUnit.MINUTES.toMillis(30);
  private final long later = now + TimeUnit.DAYS.toMillis(3650);
  private final List<Long> timestamps = List.of(now, recent, old, 0L, soon, later, Long.MAX_VALUE);

  @Test
  void originalTimestampsSurviveWhateverTheTopicsRefuse() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      kafka.createTopic("odd", 1, Map.of("message.timestamp.after.max.ms", LONGEST));
      sendOddRecords(kafka);
      assertCopies(kafka, cluster, "default", Map.of(), Set.of(now, recent, old, 0L, soon));
      assertCopies(
          kafka,
          cluster,
          "tight",
          Map.of(
              "message.timestamp.before.max.ms",
              Long.toString(TimeUnit.DAYS.toMillis(1)),
              "message.timestamp.after.max.ms",
              "1000"),
          Set.of(recent));
      assertCopies(
          kafka,
          cluster,
          "append",
          Map.of("message.timestamp.type", "LogAppendTime", "message.timestamp.after.max.ms", "0"),
          Set.of());
      assertCopies(
          kafka,
          cluster,
          "all",
          Map.of("message.timestamp.after.max.ms", LONGEST),
          Set.copyOf(timestamps));
    }
  }

  /** A good record, then a bad and a late one with each of the timestamps. */
  private void sendOddRecords(LocalKafka kafka) {
    kafka.send(record(now, tick(1000)));
    for (long timestamp : timestamps) {
      kafka.send(record(timestamp, "?"));
      kafka.send(record(timestamp, tick(500)));
    }
    kafka.flush();
  }

  private static ProducerRecord<byte[], byte[]> record(long timestamp, String value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>("odd", null, timestamp, null, value.getBytes(UTF_8));
    record.headers().add("timestamp", Long.toString(timestamp).getBytes(UTF_8));
    return record;
  }

  private static String tick(long eventTime) {
    return "{\"key\":\"a\",\"event_time\":" + eventTime + ",\"price\":800,\"amount\":1}";
  }

  private void assertCopies(
      LocalKafka kafka,
      MiniCluster cluster,
      String name,
      Map<String, String> settings,
      Set<Long> kept)
      throws Exception {
    List<String> topics = List.of(name + ".late", name + ".dead-letters");
    for (String topic : topics) {
      Map<String, String> keeping = new TreeMap<>(settings);
      keeping.put("retention.ms", "-1");
      kafka.createTopic(topic, 1, keeping);
    }
    JobClient job = submit(kafka, cluster, name);
    LocalKafka.await(
        "copies in " + topics,
        () -> topics.stream().allMatch(topic -> kafka.count(topic) >= timestamps.size()));
    assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
    assertThat(LocalFlink.restarts(cluster, job)).isZero();
    job.cancel().get();
    for (String topic : topics) {
      List<ConsumerRecord<byte[], byte[]>> copies = kafka.read(topic);
      assertThat(copies)
          .as(topic)
          .extracting(copy -> Long.parseLong(LocalKafka.header(copy, "timestamp")))
          .containsExactlyElementsOf(timestamps);
      copies.forEach(copy -> assertTimestamp(copy, kept));
    }
  }

  private void assertTimestamp(ConsumerRecord<byte[], byte[]> copy, Set<Long> kept) {
    long original = Long.parseLong(LocalKafka.header(copy, "timestamp"));
    if (kept.contains(original)) {
      assertThat(copy.timestamp()).isEqualTo(original);
      assertThat(copy.headers().lastHeader(TIMESTAMP)).isNull();
    } else {
      assertThat(copy.timestamp()).isBetween(now, System.currentTimeMillis());
      assertThat(LocalKafka.header(copy, TIMESTAMP)).isEqualTo(Long.toString(original));
    }
  }

  private JobClient submit(LocalKafka kafka, MiniCluster cluster, String name) throws Exception {
    return LocalFlink.submit(
        folder,
        cluster,
        kafka,
        "at-least-once",
        Map.of(),
        "--lstm.source.topic=odd",
        "--lstm.source.group-id=" + name,
        "--lstm.late.topic=" + name + ".late",
        "--lstm.dead-letter.topic=" + name + ".dead-letters");
  }

  @Test
  void topicsThatWouldRefuseACopyStopTheJobBeforeTheFirstEvent() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        CapturedLog log = new CapturedLog(JOBS)) {
      kafka.createTopic("odd", 1, Map.of());
      kafka.createTopic("small.late", 1, Map.of("retention.ms", "-1"));
      kafka.createTopic("small.dead-letters", 1, Map.of("max.message.bytes", "500000"));
      assertThatThrownBy(() -> submit(kafka, null, "small"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessage(
              "lstm.dead-letter.max-bytes: expected at most 483616 bytes, which fit into topic"
                  + " small.dead-letters (its max.message.bytes of 500000 less room for headers),"
                  + " got 921600 bytes; lower it, or give the topic max.message.bytes=937984");
      kafka.createTopic("compact.late", 1, Map.of("cleanup.policy", "compact"));
      kafka.createTopic("compact.dead-letters", 1, Map.of());
      assertThatThrownBy(() -> submit(kafka, null, "compact"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessageStartingWith("lstm.late.topic: expected topic compact.late to have");
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void warnsOnceOfATopicThatLosesOldCopies() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder);
        CapturedLog log = new CapturedLog(JOBS)) {
      kafka.createTopic("odd", 1, Map.of());
      kafka.createTopic("week.late", 1, Map.of());
      kafka.createTopic("week.dead-letters", 1, Map.of("retention.ms", "-1"));
      submit(kafka, cluster, "week").cancel().get();
      assertThat(log.messages())
          .containsExactly(
              "lstm.late.topic: expected topic week.late to have retention.ms=-1, got 604800000;"
                  + " copies keep their original timestamps, and the broker deletes those older than"
                  + " that. Give the topic retention.ms=-1");
    }
  }

  @Test
  void takesTheDefaultsOfTopicsItMayNotDescribe() throws Exception {
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1, LocalKafka.AUTHORIZER);
        MiniCluster cluster = LocalFlink.cluster(folder);
        CapturedLog log = new CapturedLog(JOBS)) {
      kafka.createTopic("odd", 1, Map.of("message.timestamp.after.max.ms", LONGEST));
      kafka.createTopic("hidden.late", 1, Map.of("retention.ms", "-1"));
      kafka.createTopic("hidden.dead-letters", 1, Map.of("retention.ms", "-1"));
      allowAllButDescribeConfigs(kafka, "hidden.");
      kafka.send(record(0, "?"));
      kafka.send(record(later, "?"));
      kafka.flush();
      JobClient job = submit(kafka, cluster, "hidden");
      LocalKafka.await("two dead letters", () -> kafka.count("hidden.dead-letters") >= 2);
      job.cancel().get();
      List<ConsumerRecord<byte[], byte[]>> letters = kafka.read("hidden.dead-letters");
      letters.forEach(letter -> assertTimestamp(letter, Set.of(0L)));
      assertThat(log.messages())
          .filteredOn(message -> !message.startsWith("First dead letter"))
          .singleElement()
          .asString()
          .contains("hidden.late", "hidden.dead-letters", "DescribeConfigs");
    }
  }

  private static void allowAllButDescribeConfigs(LocalKafka kafka, String prefix) throws Exception {
    ResourcePattern topics = new ResourcePattern(ResourceType.TOPIC, prefix, PatternType.PREFIXED);
    List<AclBinding> bindings = new ArrayList<>();
    Stream.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)
        .map(operation -> new AccessControlEntry("User:*", "*", operation, AclPermissionType.ALLOW))
        .forEach(entry -> bindings.add(new AclBinding(topics, entry)));
    try (Admin admin = kafka.admin()) {
      admin.createAcls(bindings).all().get();
    }
  }
}
