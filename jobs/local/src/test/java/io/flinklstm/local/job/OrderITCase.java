package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ticks that arrive out of order, twice and after pauses, through a real broker and the real job.
 */
class OrderITCase {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEYS = 6;
  private static final int PARTITIONS = 3;
  private static final int BUSY_PARTITIONS = 2;
  private static final int TICKS = 12_000;
  private static final long BEGINNING = 1_546_300_800_000L;
  private static final long DISORDER = 5_000; // milliseconds
  private static final Duration GAP = Duration.ofMinutes(10);
  private static final Duration TTL = Duration.ofHours(2);

  /** In milliseconds: longer than the gap, shorter than the gap, longer than state is kept. */
  private static final long[] PAUSES = {
    2 * GAP.toMillis(), GAP.toMillis() / 2, 3 * TTL.toMillis(), GAP.toMillis() / 2
  };

  /** The first tick after a pause that is no gap. */
  private static final int RESUMED = 9_999;

  @TempDir private Path folder;

  /** One partition is silent; a task manager dies; the job is drained and resumed. */
  @Test
  void ticksOutOfOrderHaveTheOutcomesOfTicksInOrder() throws Exception {
    List<String> ticks = ticks(new Random(5));
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), PARTITIONS);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = submit(kafka, cluster, Map.of("state.backend.type", "rocksdb"));
      send(kafka, ticks.subList(0, TICKS / 3));
      LocalKafka.await("a committed prediction", () -> kafka.count(LocalKafka.PREDICTIONS) > 0);
      cluster.terminateTaskManager(0).get();
      cluster.startTaskManager();
      // A drain applies everything that waits, so what comes after it must be later.
      int pause = afterPause(ticks);
      send(kafka, ticks.subList(TICKS / 3, pause));
      awaitMost(kafka);
      String savepoint = drain(job);
      assertThat(LocalFlink.restarts(cluster, job)).as("restarts").isPositive();
      assertOutcomes(kafka, job);
      JobClient resumed =
          submit(
              kafka,
              cluster,
              Map.of("state.backend.type", "rocksdb", "execution.state-recovery.path", savepoint));
      send(kafka, ticks.subList(pause, ticks.size()));
      awaitMost(kafka);
      drain(resumed);
      assertOutcomes(kafka, resumed);
    }
  }

  private JobClient submit(LocalKafka kafka, MiniCluster cluster, Map<String, String> flinkOptions)
      throws Exception {
    return LocalFlink.submit(
        folder,
        cluster,
        kafka,
        "exactly-once",
        flinkOptions,
        "--lstm.source.sequence-field=seq",
        "--lstm.source.idleness=3 s",
        "--lstm.duplicate.topic=" + LocalKafka.DUPLICATES,
        "--lstm.stream.max-out-of-orderness=" + DISORDER + " ms",
        "--lstm.stream.gap=" + GAP.toMillis() + " ms",
        "--lstm.stream.gap-policy=reset",
        "--lstm.stream.ttl=" + TTL.toMillis() + " ms");
  }

  private String drain(JobClient job) throws Exception {
    String savepoint =
        job.stopWithSavepoint(
                true,
                folder.resolve("savepoints").toUri().toString(),
                SavepointFormatType.CANONICAL)
            .get();
    job.getJobExecutionResult().get();
    return savepoint;
  }

  /** Ticks of all keys, each at a time later than any before, then moved within the disorder. */
  private static List<String> ticks(Random random) {
    record Arrival(long time, String tick) {}

    List<Arrival> arrivals = new ArrayList<>();
    long eventTime = BEGINNING;
    Map<Integer, Double> prices = new HashMap<>();
    for (int seq = 0; seq < TICKS; seq++) {
      // All keys pause at once, so that nothing is far behind the watermark.
      eventTime += seq % 1000 == 999 ? PAUSES[seq / 1000 % PAUSES.length] : 40;
      int key = random.nextInt(KEYS);
      double price =
          prices.merge(key, 100.0, (old, first) -> old * (1 + (random.nextInt(21) - 10) / 1e4));
      String tick =
          String.format(
              Locale.ROOT,
              "{\"key\":\"key%d\",\"event_time\":%d,\"seq\":%d,\"price\":%s,\"amount\":%d}",
              key,
              eventTime,
              seq,
              price,
              1 + random.nextInt(9));
      arrivals.add(new Arrival(eventTime + random.nextLong(DISORDER), tick));
      if (seq % 50 == 7) {
        arrivals.add(new Arrival(eventTime + random.nextLong(DISORDER), tick));
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::time));
    return arrivals.stream().map(Arrival::tick).toList();
  }

  /** The index of the first tick for the resumed job. */
  private static int afterPause(List<String> ticks) {
    for (int k = 0; k < ticks.size(); k++) {
      String seq = ticks.get(k).replaceAll(".*\"seq\":(\\d+).*", "$1");
      if (Integer.parseInt(seq) >= RESUMED) {
        return k;
      }
    }
    throw new AssertionError("no pause");
  }

  private static void send(LocalKafka kafka, List<String> ticks) {
    for (String tick : ticks) {
      int key = tick.charAt("{\"key\":\"key".length()) - '0';
      kafka.send(
          new ProducerRecord<>(
              LocalKafka.TICKS,
              key % BUSY_PARTITIONS,
              null,
              tick.getBytes(StandardCharsets.UTF_8)));
    }
    kafka.flush();
  }

  /** Waits for all but the ticks that wait for the watermark, which stops when no tick arrives. */
  private static void awaitMost(LocalKafka kafka) throws InterruptedException {
    int sent = kafka.count(LocalKafka.TICKS);
    LocalKafka.await("most predictions", () -> kafka.count(LocalKafka.PREDICTIONS) > sent * 9 / 10);
  }

  private static void assertOutcomes(LocalKafka kafka, JobClient job) throws Exception {
    List<Observation> inOrder = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(LocalKafka.TICKS)) {
      JsonNode node = JSON.readTree(record.value());
      Observation parsed = DemoData.observation(record);
      inOrder.add(
          LocalKafka.at(
              new Observation(
                  parsed.key(),
                  parsed.eventTime(),
                  parsed.values(),
                  node.get("seq").longValue(),
                  null),
              new SourcePosition(record.topic(), record.partition(), record.offset())));
    }
    inOrder.sort(Observation.APPLICATION_ORDER);
    Forecaster forecaster =
        new Forecaster(
            DemoData.model(),
            new StreamPolicy(GAP, ModelCard.GapPolicy.RESET, TTL),
            KernelType.PLAIN.create());
    SortedMap<String, String> expected = LocalKafka.outcomes(forecaster, inOrder);
    SortedMap<String, String> actual = kafka.outcomes();
    // A key whose state is already reclaimed returns as NEW, otherwise as EXPIRED.
    actual.replaceAll((position, outcome) -> outcome.replace(" EXPIRED ", " NEW "));
    expected.replaceAll((position, outcome) -> outcome.replace(" EXPIRED ", " NEW "));
    assertThat(expected.values()).anyMatch(outcome -> outcome.contains(" GAP "));
    assertThat(expected.values().stream().filter(outcome -> outcome.contains(" NEW ")))
        .hasSizeGreaterThan(KEYS);
    assertThat(LocalKafka.firstDifference(actual, expected)).isEqualTo("none");
    assertThat(Ledger.balance(job.getJobExecutionResult().get().getAllAccumulatorResults()))
        .isEqualTo(
            kafka.balance(kafka.count(LocalKafka.TICKS), kafka.count(LocalKafka.DUPLICATES)));
    assertThat(kafka.count(LocalKafka.DUPLICATES)).isPositive();
  }
}
