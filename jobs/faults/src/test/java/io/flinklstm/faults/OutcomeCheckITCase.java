package io.flinklstm.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.faults.ticks.OutcomeCheck;
import io.flinklstm.faults.ticks.TickFeed;
import io.flinklstm.faults.ticks.TickRecords;
import io.flinklstm.faults.ticks.Topics;
import io.flinklstm.faults.ticks.Verdict;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.local.embedded.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the check finds errors of a job; the campaigns test that the job makes none. */
class OutcomeCheckITCase {

  private static final int TICKS = 100;

  @TempDir private Path folder;
  private EmbeddedBroker broker;
  private TickRecords records;
  private ForecastModel model;

  @BeforeEach
  void sendTicks() throws Exception {
    broker = new EmbeddedBroker(folder.resolve("broker"));
    broker.createTopics(1, Topics.ALL);
    Path file = ShortCampaign.SETUP.bundledModel();
    model = ModelFiles.read(Files.readAllBytes(file), file.toString());
    records = new TickRecords(1, 5, model.card().fields());
    try (TickFeed feed = new TickFeed(broker.bootstrapServers(), records, 1, 1000)) {
      feed.finish(TICKS);
    }
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void countsRecordsWithoutAnOutcome() {
    assertThat(check().lost()).isEqualTo(TICKS);
    assertThat(check().isExact()).isFalse();
  }

  @Test
  void countsPredictionsOfOtherBytes() {
    write(Topics.PREDICTIONS, "__flink.source.", 7);
    assertThat(check())
        .returns(TICKS - 1L, Verdict::lost)
        .returns(1L, Verdict::different)
        .returns(0L, Verdict::twice);
  }

  @Test
  void countsSecondOutcomes() {
    write(Topics.PREDICTIONS, "__flink.source.", 7);
    write(Topics.LATE, "__flink.source.", 7);
    assertThat(check())
        .returns(1L, Verdict::twice)
        .returns(2L, Verdict::different)
        .returns(0L, Verdict::late);
  }

  @Test
  void countsOutcomesInAnotherTopic() {
    write(Topics.DEAD_LETTERS, "__flink.errors.", 7);
    assertThat(check()).returns(1L, Verdict::different).returns(1L, Verdict::deadLetters);
  }

  private Verdict check() {
    return new OutcomeCheck(broker.bootstrapServers(), records, model).run();
  }

  private void write(String topic, String prefix, int offset) {
    ProducerRecord<String, String> record = new ProducerRecord<>(topic, "key", "{}");
    record.headers().add(prefix + "partition", "0".getBytes(StandardCharsets.UTF_8));
    record
        .headers()
        .add(prefix + "offset", Integer.toString(offset).getBytes(StandardCharsets.UTF_8));
    record.headers().add(prefix + "code", "MALFORMED".getBytes(StandardCharsets.UTF_8));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(record);
    }
  }
}
