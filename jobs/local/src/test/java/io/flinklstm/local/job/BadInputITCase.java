package io.flinklstm.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.jobs.kafka.CopyHeaders;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.stream.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unusable records between good ones, through a real broker and the real job. */
class BadInputITCase {

  private static final String ERRORS = "__flink.errors.";
  private static final int MAX_BYTES = 900 * 1024;
  private static final Set<RejectionCode> OF_THE_FORECAST =
      EnumSet.of(
          RejectionCode.NON_FINITE_FEATURE, RejectionCode.OUTLIER, RejectionCode.NON_FINITE_OUTPUT);

  @TempDir private Path folder;

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
    Map<String, ProducerRecord<byte[], byte[]>> bad = BadRecords.all();
    ForecastModel model = modelWithOutliers();
    Path modelFile = Files.write(folder.resolve("strict.safetensors"), ModelFiles.write(model));
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 1);
        MiniCluster cluster = LocalFlink.cluster(folder)) {
      JobClient job =
          LocalFlink.submit(
              folder, cluster, kafka, "at-least-once", Map.of(), "--lstm.model.path=" + modelFile);
      int goodCount = sendBadBetweenGood(kafka, bad.values());
      LocalKafka.await(
          "a dead letter for every bad record and a prediction for every good one",
          () ->
              kafka.count(LocalKafka.DEAD_LETTERS) >= bad.size()
                  && kafka.count(LocalKafka.PREDICTIONS) >= goodCount);

      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      assertThat(LocalFlink.restarts(cluster, job)).isZero();
      job.stopWithSavepoint(
              false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
          .get();
      assertDeadLetters(kafka, bad);
      // The state was untouched: the good ones alone give the same bits.
      assertThat(kafka.outcomes()).isEqualTo(kafka.expected(model, BadInputITCase::observation));
      assertThat(Ledger.balance(job.getJobExecutionResult().get().getAllAccumulatorResults()))
          .isEqualTo(kafka.balance(goodCount + bad.size(), 0));
      assertThat(kafka.count(LocalKafka.TICKS)).isEqualTo(goodCount + bad.size());
      assertThat(kafka.count(LocalKafka.PREDICTIONS)).isEqualTo(goodCount);
      assertThat(kafka.count(LocalKafka.DEAD_LETTERS)).isEqualTo(bad.size());
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

  @Test
  void recordsAreManyAndOfEveryCode() {
    Map<String, ProducerRecord<byte[], byte[]>> bad = BadRecords.all();
    assertThat(bad).hasSizeGreaterThan(80);
    assertThat(bad.keySet().stream().map(BadInputITCase::code).collect(Collectors.toSet()))
        .isEqualTo(EnumSet.complementOf(EnumSet.of(RejectionCode.SCHEMA_UNAVAILABLE)));
  }

  /** The bundled model with a card that rejects outliers. */
  private static ForecastModel modelWithOutliers() throws IOException {
    ForecastModel model = DemoData.model();
    ModelCard card = model.card();
    List<Feature> features =
        card.features().stream()
            .map(
                f ->
                    f.name().equals("amount")
                        ? new Feature(
                            f.name(), f.formula(), f.transform(), f.mean(), f.std(), f.clip(), 100)
                        : f)
            .toList();
    return new ForecastModel(model.weights(), card.withFeatures(features));
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
    assertThat(letter.key())
        .isEqualTo(
            original.key() == null ? null : Arrays.copyOf(original.key(), letter.key().length));
    assertThat(letter.value()).isEqualTo(Arrays.copyOf(original.value(), letter.value().length));
    List<Header> headers = CopyHeaders.ofDeadLetter(letter.headers()).original();
    assertThat(headers).isEqualTo(List.of(original.headers().toArray()).subList(0, headers.size()));
  }

  private static int sendBadBetweenGood(
      LocalKafka kafka, Collection<ProducerRecord<byte[], byte[]>> bad) {
    long eventTime = 1_385_337_600_000L;
    kafka.send("a", good("a", eventTime, "800").getBytes(StandardCharsets.UTF_8));
    int goodCount = 1;
    for (ProducerRecord<byte[], byte[]> record : bad) {
      kafka.send(record);
      String price = Double.toString(800 + goodCount % 7);
      kafka.send("a", good("a", ++eventTime, price).getBytes(StandardCharsets.UTF_8));
      goodCount++;
    }
    kafka.flush();
    return goodCount;
  }

  private static void assertDeadLetters(
      LocalKafka kafka, Map<String, ProducerRecord<byte[], byte[]>> bad) {
    List<ConsumerRecord<byte[], byte[]>> letters = kafka.read(LocalKafka.DEAD_LETTERS);
    Map<Long, String> nameByOffset = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(LocalKafka.TICKS)) {
      if (isBad(record)) {
        nameByOffset.put(record.offset(), name(record));
      }
    }
    assertThat(nameByOffset.values()).containsExactlyInAnyOrderElementsOf(bad.keySet());
    assertThat(letters).extracting(BadInputITCase::offset).doesNotHaveDuplicates();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      String name = nameByOffset.get(offset(letter));
      assertThat(name).as("name of the record at %d", offset(letter)).isNotNull();
      RejectionCode code = code(name);
      assertThat(LocalKafka.header(letter, ERRORS + "code")).as(name).isEqualTo(code.name());
      assertThat(LocalKafka.header(letter, ERRORS + "stage"))
          .as(name)
          .isEqualTo(OF_THE_FORECAST.contains(code) ? "forecast" : "parse");
      assertThat(LocalKafka.header(letter, ERRORS + "topic")).isEqualTo(LocalKafka.TICKS);
      assertThat(LocalKafka.header(letter, ERRORS + "partition")).isEqualTo("0");
      assertThat(LocalKafka.header(letter, ERRORS + "message")).as(name).contains("expected");
      assertCopy(name, letter, bad.get(name));
    }
  }

  /**
   * The offset of the original; a dead letter that was cut may have lost the header with its name.
   */
  private static long offset(ConsumerRecord<byte[], byte[]> letter) {
    return Long.parseLong(LocalKafka.header(letter, ERRORS + "offset"));
  }

  /**
   * The copy is the same byte for byte or, if the original is too large, its beginning, and marked.
   */
  private static void assertCopy(
      String name, ConsumerRecord<byte[], byte[]> letter, ProducerRecord<byte[], byte[]> original) {
    List<Header> headers = List.of(original.headers().toArray());
    if (size(original) <= MAX_BYTES) {
      assertThat(letter.key()).as(name).isEqualTo(original.key());
      assertThat(letter.value()).as(name).isEqualTo(original.value());
      assertThat(CopyHeaders.ofDeadLetter(letter.headers()).original()).as(name).isEqualTo(headers);
      assertThat(letter.headers().lastHeader(ERRORS + "cut")).as(name).isNull();
      return;
    }
    assertBeginOf(letter, original);
    List<String> cuts = new ArrayList<>();
    cuts.add("value=" + original.value().length);
    if (CopyHeaders.ofDeadLetter(letter.headers()).original().size() < headers.size()) {
      cuts.add("headers=" + headers.size());
    }
    if (length(letter.key()) < length(original.key())) {
      cuts.add("key=" + original.key().length);
    }
    assertThat(LocalKafka.header(letter, ERRORS + "cut"))
        .as(name)
        .isEqualTo(String.join(",", cuts));
    int kept = length(letter.key()) + letter.value().length;
    assertThat(kept).as(name).isLessThanOrEqualTo(MAX_BYTES);
    if (!cuts.contains("headers=" + headers.size())) {
      assertThat(kept).as(name).isGreaterThan(MAX_BYTES - 1024);
    }
  }

  private static int size(ProducerRecord<byte[], byte[]> record) {
    int size = length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      size += header.key().length() + length(header.value());
    }
    return size;
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static boolean isBad(ConsumerRecord<byte[], byte[]> record) {
    return record.headers().headers(BadRecords.NAME).iterator().hasNext();
  }

  private static String name(ConsumerRecord<byte[], byte[]> record) {
    return new String(
        record.headers().headers(BadRecords.NAME).iterator().next().value(),
        StandardCharsets.UTF_8);
  }

  private static RejectionCode code(String name) {
    return RejectionCode.valueOf(name.substring(0, name.indexOf(':')));
  }

  /** The observation of a good record; everything else must become a dead letter. */
  private static Observation observation(ConsumerRecord<byte[], byte[]> record) {
    return isBad(record) ? null : DemoData.observation(record);
  }
}
