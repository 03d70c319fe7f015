package io.flinklstm.local.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Observation;
import io.flinklstm.local.console.Resources;
import io.flinklstm.local.testing.CommandRun;
import io.flinklstm.local.testing.LocalFormat;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.testing.TickFiles;
import io.flinklstm.local.ticks.Tick;
import io.flinklstm.train.data.History;
import io.flinklstm.train.data.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Which history is read from a topic, and where it ends. */
class TopicHistoryITCase {

  private static final List<String> FIELDS = List.of("price", "amount");
  private static final String ROWS =
      "ts,symbol,price,amount\n1,a,0.1,1e-3\n1,b,0.30000000000000004,4.9e-324\n2,a,-0.0,9007199254740993\n";

  @TempDir private static Path folder;
  private static LocalKafka kafka;

  @BeforeAll
  static void start() throws Exception {
    kafka = new LocalKafka(folder.resolve("kafka"), 3);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void aFileHasTheBitsOfTheTopicItIsReplayedTo() throws Exception {
    Path file = TickFiles.write(folder.resolve("ticks.csv"), ROWS);
    kafka.createTopic("replayed", 3, Map.of());
    String[] columns = {"--key-field", "symbol", "--time-field", "ts"};
    CommandRun replay =
        CommandRun.of(
            Stream.concat(
                    Stream.of(
                        "replay",
                        "--bootstrap-server",
                        kafka.bootstrapServers(),
                        "--topic",
                        "replayed",
                        "--file",
                        file.toString()),
                    Stream.of(columns))
                .toArray(String[]::new));
    assertThat(replay.exitCode()).as(replay.err()).isZero();
    History ofFile =
        read(
            Stream.concat(Stream.of("--data", file.toString()), Stream.of(columns))
                .toArray(String[]::new));
    assertThat(bits(topic("replayed"))).isEqualTo(bits(ofFile)).hasSize(2);
  }

  @Test
  void aJobsConfigurationSaysThatRecordsAreAvro() throws Exception {
    kafka.createTopic("avro", 1, Map.of());
    Tick tick = new Tick("a", 7, FIELDS, List.of("0.1", "4.9e-324"));
    kafka.send(new ProducerRecord<>("avro", LocalFormat.AVRO.tick(tick)));
    kafka.flush();
    Path config = Files.writeString(folder.resolve("job.yaml"), "lstm.source.format: avro\n");
    History history = topic("avro", "--source-config", config.toString());
    Observation observation = history.series().get(0).observation(0);
    assertThat(observation.eventTime()).isEqualTo(7);
    assertThat(observation.values()).containsExactly(0.1, Double.MIN_VALUE);
  }

  @Test
  void endsBehindTransactionsAndReadsOnlyWhatIsCommitted() throws Exception {
    kafka.createTopic("transactions", 2, Map.of());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "history"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(tick("transactions", 1));
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(tick("transactions", 2));
      producer.flush();
      producer.abortTransaction();
      assertThat(times(topic("transactions"))).containsExactly(1L);
      producer.beginTransaction();
      producer.send(tick("transactions", 3));
      producer.flush();
      assertThat(times(topic("transactions"))).containsExactly(1L);
      producer.commitTransaction();
      assertThat(times(topic("transactions"))).containsExactly(1L, 3L);
    }
  }

  @Test
  void commitsNothing() throws Exception {
    kafka.createTopic("group", 1, Map.of());
    kafka.send(tick("group", 1));
    kafka.flush();
    assertThat(topic("group", "-P", "group.id=mine").rows()).isEqualTo(1);
    assertThat(topic("group", "-P", "group.id=mine").rows()).isEqualTo(1);
  }

  @Test
  void stopsWhereTheUserEndsIt() throws Exception {
    kafka.createTopic("stopped", 1, Map.of());
    kafka.send(tick("stopped", 1));
    kafka.flush();
    Resources resources = new Resources();
    resources.close();
    DataOptions options =
        options("--topic", "stopped", "--bootstrap-server", kafka.bootstrapServers());
    assertThatThrownBy(() -> options.read(FIELDS, resources))
        .hasMessage("--topic stopped: stopped while reading");
  }

  private static ProducerRecord<byte[], byte[]> tick(String topic, long time) {
    return new ProducerRecord<>(
        topic,
        0,
        null,
        ("{\"key\":\"a\",\"event_time\":" + time + ",\"price\":1,\"amount\":2}").getBytes(UTF_8));
  }

  private static History topic(String name, String... others) throws Exception {
    return read(
        Stream.concat(
                Stream.of("--topic", name, "--bootstrap-server", kafka.bootstrapServers()),
                Stream.of(others))
            .toArray(String[]::new));
  }

  private static History read(String... arguments) throws Exception {
    try (Resources resources = new Resources()) {
      return options(arguments).read(FIELDS, resources);
    }
  }

  private static DataOptions options(String... arguments) {
    DataOptions options = new DataOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return options;
  }

  private static List<Long> times(History history) {
    Series series = history.series().get(0);
    List<Long> times = new ArrayList<>();
    for (int row = 0; row < series.size(); row++) {
      times.add(series.eventTime(row));
    }
    return times;
  }

  /** Times and bits of each stream's observations. */
  private static Map<String, List<String>> bits(History history) {
    Map<String, List<String>> bits = new TreeMap<>();
    for (Series series : history.series()) {
      List<String> rows = new ArrayList<>();
      for (int row = 0; row < series.size(); row++) {
        rows.add(
            series.eventTime(row)
                + Arrays.toString(
                    Arrays.stream(series.observation(row).values())
                        .mapToLong(Double::doubleToRawLongBits)
                        .toArray()));
      }
      bits.put(series.key(), rows);
    }
    return bits;
  }
}
