package io.flinklstm.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.jobs.CopyHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records that nobody can use, between good ones, through a real broker and the real job. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BadInputITCase {

  private static final String ERRORS = "__flink.errors.";
  private static final int MAX_BYTES = 900 * 1024;

  @TempDir private Path folder;

  /** Value by name; the name says which code is expected, before the first colon. */
  private static Map<String, byte[]> badValues() {
    Map<String, byte[]> values = new LinkedHashMap<>();
    put(values, "MALFORMED: not JSON", "hello");
    put(values, "MALFORMED: truncated", "{\"key\":\"a\",\"event_time\":1,\"price\":1.0,\"amo");
    put(values, "MALFORMED: two documents", good("a", 1, "1") + good("a", 2, "1"));
    put(values, "MALFORMED: an array", "[1,2]");
    values.put("MALFORMED: invalid UTF-8", new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    values.put("EMPTY_VALUE: no bytes", new byte[0]);
    values.put("TOMBSTONE: null", null);
    put(values, "WRONG_TYPE: price is text", good("a", 1, "\"1.0\""));
    put(
        values,
        "WRONG_TYPE: key is a list",
        "{\"key\":[],\"event_time\":1,\"price\":1,\"amount\":1}");
    put(
        values,
        "WRONG_TYPE: time is text",
        "{\"key\":\"a\",\"event_time\":\"1\",\"price\":1,\"amount\":1}");
    put(values, "MISSING_FIELD: no price", "{\"key\":\"a\",\"event_time\":1,\"amount\":1}");
    put(values, "MISSING_FIELD: price is null", good("a", 1, "null"));
    put(values, "MALFORMED: NaN", good("a", 1, "NaN"));
    put(values, "MALFORMED: Infinity", good("a", 1, "Infinity"));
    put(values, "NON_FINITE_FIELD: 1e400", good("a", 1, "1e400"));
    put(
        values,
        "MISSING_KEY: null key",
        "{\"key\":null,\"event_time\":1,\"price\":1,\"amount\":1}");
    put(values, "KEY_TOO_LONG: 1 MiB key", good("k".repeat(1 << 20), 1, "1"));
    put(values, "INVALID_TIME: negative", good("a", -1, "1"));
    put(values, "INVALID_TIME: far future", good("a", 4_102_444_800_000L, "1"));
    put(values, "INVALID_TIME: absurd", good("a", 1, "1").replace(":1,", ":1e300,"));
    put(values, "INVALID_TIME: exponent", good("a", 1, "1").replace(":1,", ":1e-99999999999,"));
    put(values, "NON_FINITE_FEATURE: price of 0", good("fresh", 1, "0"));
    put(values, "NON_FINITE_FEATURE: amount of -1", good("fresh", 1, "5").replace("2.5", "-1"));
    return values;
  }

  private static void put(Map<String, byte[]> values, String name, String value) {
    values.put(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String good(String key, long eventTime, String price) {
    return "{\"key\":\""
        + key
        + "\",\"event_time\":"
        + eventTime
        + ",\"price\":"
        + price
        + ",\"amount\":2.5}";
  }

  @Test
  void becomesDeadLettersAndTheJobNeverRestarts() throws Exception {
    Map<String, byte[]> bad = badValues();
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = LocalFlink.submit(folder, cluster, kafka, "at-least-once", Map.of());
      int goodCount = sendBadBetweenGood(kafka, bad);
      LocalKafka.await(
          "a dead letter for every bad record and a prediction for every good one",
          () ->
              kafka.count(LocalKafka.DEAD_LETTERS) >= bad.size()
                  && kafka.count(LocalKafka.PREDICTIONS) >= goodCount);

      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      assertThat(LocalFlink.restarts(cluster, job)).isZero();
      assertDeadLetters(kafka, bad);
      // The state was untouched: the good ones alone give the same bits.
      assertThat(kafka.outcomes())
          .isEqualTo(kafka.expected(DemoData.model(), BadInputITCase::observation));
      job.cancel().get();
    }
  }

  @Test
  void recordsTooLargeForTheBrokerAreCutSoThatItTakesThem() throws Exception {
    List<ProducerRecord<byte[], byte[]>> records =
        List.of(
            large(0, 0, 50_000, "", null),
            large(0, 0, 50_000, "n", new byte[1]),
            large(0, 0, 300_000, "", null),
            large(0, 0, 300, "n", new byte[7_000]),
            large(0, 0, 1, "n", new byte[2 << 20]),
            large(0, 0, 70, "€".repeat(10_000), null),
            large(1 << 20, 0, 0, "", null),
            large(2 << 20, 2 << 20, 200, "n", new byte[10_000]));
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job = LocalFlink.submit(folder, cluster, kafka, "at-least-once", Map.of());
      records.forEach(kafka::send);
      kafka.flush();
      LocalKafka.await(
          "a dead letter for every record",
          () -> kafka.count(LocalKafka.DEAD_LETTERS) >= records.size());
      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      assertThat(LocalFlink.restarts(cluster, job)).isZero();
      job.cancel().get();
      List<ConsumerRecord<byte[], byte[]>> letters = kafka.read(LocalKafka.DEAD_LETTERS);
      assertThat(letters).hasSize(records.size());
      for (int k = 0; k < records.size(); k++) {
        assertBeginOf(letters.get(k), records.get(k));
        // All but the first two are beyond lstm.dead-letter.max-bytes.
        assertThat(CopyHeaders.ofDeadLetter(letters.get(k).headers()).cut()).isEqualTo(k > 1);
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> large(
      int keyBytes, int valueBytes, int headers, String name, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(LocalKafka.TICKS, new byte[keyBytes], new byte[valueBytes]);
    for (int k = 0; k < headers; k++) {
      record.headers().add(name, value);
    }
    return record;
  }

  private static void assertBeginOf(
      ConsumerRecord<byte[], byte[]> letter, ProducerRecord<byte[], byte[]> original) {
    assertThat(letter.key()).isEqualTo(Arrays.copyOf(original.key(), letter.key().length));
    assertThat(letter.value()).isEqualTo(Arrays.copyOf(original.value(), letter.value().length));
    List<Header> headers = CopyHeaders.ofDeadLetter(letter.headers()).original();
    assertThat(headers).isEqualTo(List.of(original.headers().toArray()).subList(0, headers.size()));
  }

  private static int sendBadBetweenGood(LocalKafka kafka, Map<String, byte[]> bad) {
    long eventTime = 1_385_337_600_000L;
    kafka.send("a", good("a", eventTime, "800").getBytes(StandardCharsets.UTF_8));
    int goodCount = 1;
    for (Map.Entry<String, byte[]> entry : bad.entrySet()) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(LocalKafka.TICKS, new byte[] {(byte) 0xfe, 1}, entry.getValue());
      record.headers().add("name", entry.getKey().getBytes(StandardCharsets.UTF_8));
      record.headers().add("name", null);
      kafka.send(record);
      String price = Double.toString(800 + goodCount % 7);
      kafka.send("a", good("a", ++eventTime, price).getBytes(StandardCharsets.UTF_8));
      goodCount++;
    }
    kafka.flush();
    return goodCount;
  }

  private static void assertDeadLetters(LocalKafka kafka, Map<String, byte[]> bad) {
    List<ConsumerRecord<byte[], byte[]>> letters = kafka.read(LocalKafka.DEAD_LETTERS);
    Map<Long, String> nameByOffset = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(LocalKafka.TICKS)) {
      if (record.headers().headers("name").iterator().hasNext()) {
        nameByOffset.put(record.offset(), name(record));
      }
    }
    assertThat(letters)
        .extracting(BadInputITCase::name)
        .containsExactlyInAnyOrderElementsOf(bad.keySet());
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      String name = name(letter);
      byte[] original = bad.get(name);
      assertThat(LocalKafka.header(letter, ERRORS + "code"))
          .as(name)
          .isEqualTo(name.substring(0, name.indexOf(':')));
      assertThat(LocalKafka.header(letter, ERRORS + "stage"))
          .as(name)
          .isEqualTo(name.startsWith("NON_FINITE_FEATURE") ? "forecast" : "parse");
      assertThat(LocalKafka.header(letter, ERRORS + "topic")).isEqualTo(LocalKafka.TICKS);
      assertThat(LocalKafka.header(letter, ERRORS + "partition")).isEqualTo("0");
      long offset = Long.parseLong(LocalKafka.header(letter, ERRORS + "offset"));
      assertThat(nameByOffset.get(offset)).isEqualTo(name);
      assertThat(LocalKafka.header(letter, ERRORS + "message")).as(name).contains("expected");
      assertThat(letter.key()).as(name).isEqualTo(new byte[] {(byte) 0xfe, 1});
      assertThat(letter.headers().toArray()[1].value()).as(name).isNull();
      if (original != null && original.length > MAX_BYTES) {
        assertThat(letter.value().length).as(name).isBetween(MAX_BYTES - 1024, MAX_BYTES);
        assertThat(letter.value()).isEqualTo(Arrays.copyOf(original, letter.value().length));
        assertThat(LocalKafka.header(letter, ERRORS + "cut")).isEqualTo("value=" + original.length);
      } else {
        assertThat(letter.value()).as(name).isEqualTo(original);
        assertThat(letter.headers().lastHeader(ERRORS + "cut")).as(name).isNull();
      }
    }
  }

  private static String name(ConsumerRecord<byte[], byte[]> record) {
    return new String(
        record.headers().headers("name").iterator().next().value(), StandardCharsets.UTF_8);
  }

  /** A good record has the record key "a"; everything else must become a dead letter. */
  private static io.flinklstm.forecast.Observation observation(
      ConsumerRecord<byte[], byte[]> record) {
    return record.key().length == 1 ? DemoData.observation(record) : null;
  }
}
