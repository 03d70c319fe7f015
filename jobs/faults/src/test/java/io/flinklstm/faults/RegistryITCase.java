package io.flinklstm.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.faults.process.RegistryServer;
import io.flinklstm.faults.process.Waiting;
import io.flinklstm.faults.ticks.Topics;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.ForecastJob;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.registry.RegistryException;
import io.flinklstm.jobs.registry.RegistrySettings;
import io.flinklstm.jobs.registry.SchemaRegistry;
import io.flinklstm.local.embedded.EmbeddedBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemas from a registry that is a server process of its own. */
class RegistryITCase {

  private static final String REGISTRY = "--lstm.source.schema-registry.";
  private static final List<String> FIELDS = List.of("price", "amount");
  private static final long TIME = 1_546_300_800_123L;

  private static final String FIRST =
      """
      {"type":"record","name":"Tick","fields":[
        {"name":"key","type":"string"},{"name":"event_time","type":"long"},
        {"name":"price","type":"double"},{"name":"amount","type":"double"}]}""";

  private static final String SECOND =
      """
      {"type":"record","name":"Tick","fields":[
        {"name":"venue","type":"string","default":""},{"name":"key","type":"string"},
        {"name":"event_time","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"price","type":
          {"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
        {"name":"amount","type":"double"}]}""";

  private static final String THIRD =
      """
      {"type":"record","name":"Tick","fields":[
        {"name":"amount","type":"float"},{"name":"price","type":["null","string","double"]},
        {"name":"event_time","type":"long"},{"name":"key","type":"string"}]}""";

  @TempDir private static Path folder;
  private static RegistryServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        new RegistryServer(
            Path.of("target", "registry").toAbsolutePath(), Folders.empty("registry"));
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** The job reads one topic with three versions of the schema, and registers its predictions'. */
  @Test
  void threeSchemasInOneTopicBecomePredictionsWithASchema() throws Exception {
    int[] ids = {register(FIRST), register(SECOND), register(THIRD)};
    int ticks = 30;
    try (EmbeddedBroker broker = new EmbeddedBroker(folder.resolve("broker"))) {
      broker.createTopics(1, Topics.ALL);
      List<byte[]> records = new ArrayList<>();
      for (int k = 0; k < ticks; k++) {
        records.add(tick(ids, k));
      }
      records.add(framed(4_711, new byte[9]));
      records.add("{\"key\":\"A\"}".getBytes(StandardCharsets.UTF_8));
      send(broker, records);

      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
      ForecastJob.build(
          env,
          config(
              broker.bootstrapServers(),
              REGISTRY + "url=" + server.url(),
              "--lstm.source.topic=" + Topics.TICKS,
              "--lstm.sink.format=avro",
              "--lstm.sink.schema-registry.url=" + server.url()));
      JobClient job = env.executeAsync();
      try {
        List<ConsumerRecord<byte[], byte[]>> predictions = read(broker, Topics.PREDICTIONS, ticks);
        for (int k = 0; k < ticks; k++) {
          GenericRecord prediction = decoded(predictions.get(k).value());
          assertThat(prediction.get("last_value")).isEqualTo(price(k));
          assertThat(prediction.get("event_time")).isEqualTo(TIME + k);
        }
        assertThat(read(broker, Topics.DEAD_LETTERS, 2))
            .extracting(letter -> header(letter, "__flink.errors.code"))
            .containsExactly("SCHEMA_UNAVAILABLE", "MALFORMED");
      } finally {
        job.cancel().get();
      }
    }
  }

  private static double price(int tick) {
    return 100 + tick * 0.25;
  }

  private static byte[] tick(int[] ids, int tick) throws IOException {
    int version = tick % ids.length;
    Schema schema = new Schema.Parser().parse(List.of(FIRST, SECOND, THIRD).get(version));
    GenericRecordBuilder record =
        new GenericRecordBuilder(schema)
            .set("key", "A")
            .set("event_time", version == 1 ? (TIME + tick) * 1000 : TIME + tick)
            .set("amount", version == 2 ? (Object) 0.5f : (Object) 0.5);
    switch (version) {
      case 0 -> record.set("price", price(tick));
      case 1 ->
          record.set(
              "price",
              ByteBuffer.wrap(
                  BigDecimal.valueOf(price(tick)).setScale(2).unscaledValue().toByteArray()));
      default ->
          record.set("price", tick % 2 == 0 ? price(tick) : (Object) Double.toString(price(tick)));
    }
    ByteArrayOutputStream datum = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(datum, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record.build(), encoder);
    encoder.flush();
    return framed(ids[version], datum.toByteArray());
  }

  private static byte[] framed(int id, byte[] datum) {
    return ByteBuffer.allocate(5 + datum.length).put((byte) 0).putInt(id).put(datum).array();
  }

  /** As a consumer with Confluent's deserializer would. */
  private static GenericRecord decoded(byte[] value) throws Exception {
    assertThat(value[0]).isZero();
    Schema schema = registry().schema(ByteBuffer.wrap(value).getInt(1));
    return new GenericDatumReader<GenericRecord>(schema)
        .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static void send(EmbeddedBroker broker, List<byte[]> values) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      values.forEach(value -> producer.send(new ProducerRecord<>(Topics.TICKS, value)));
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      EmbeddedBroker broker, String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Waiting.until(
          count + " records in " + topic,
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            return records.size() >= count;
          });
    }
    assertThat(records).hasSize(count);
    return records;
  }

  @Test
  void aRegistryThatIsDownFailsTheSubmissionInOneLine() throws Exception {
    RegistryServer down =
        new RegistryServer(Path.of("target", "registry").toAbsolutePath(), folder);
    assertThatThrownBy(() -> reader(REGISTRY + "url=" + down.url()))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.schema-registry.url: expected a schema registry that answers at "
                + down.url()
                + ", got: connection refused");
  }

  @Test
  void anotherServerIsNotTakenForARegistry() {
    String url = server.url().replace("ccompat", "other");
    assertThatThrownBy(() -> reader(REGISTRY + "url=" + url))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageContaining(
            "expected a schema registry that answers to /schemas/types at " + url);
  }

  @Test
  void wrongCredentialsAreNamed() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.properties"), "right=pw\nwrong=wp\n");
    int id = register(FIRST);
    try (AuthenticatingProxy proxy =
        new AuthenticatingProxy(server.url().replaceAll("/apis.*", ""), "job", "pw")) {
      String url = REGISTRY + "url=" + proxy.url() + "/apis/ccompat/v7";
      assertThatThrownBy(() -> reader(url))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessageStartingWith(
              "lstm.source.schema-registry.basic-auth: expected credentials that " + proxy.url())
          .hasMessageContaining("got none, and HTTP 401");
      String auth = REGISTRY + "basic-auth=job:${file:" + secret + ":";
      assertThatThrownBy(() -> reader(url, auth + "wrong}"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessageContaining("accepts, got HTTP 401")
          .hasMessageNotContaining("wp");
      assertThat(outcome(reader(url, auth + "right}"), tick(new int[] {id}, 0)))
          .isEqualTo("A@" + TIME + "[100.0, 0.5]");
    }
  }

  @Test
  void knownSchemasOutliveTheRegistryAndUnknownOnesFailOrAreDeadLetters() throws Exception {
    int[] ids = {register(FIRST), register(SECOND), register(THIRD)};
    String url = REGISTRY + "url=" + server.url();
    ObservationReader failing = reader(url);
    ObservationReader going = reader(url, REGISTRY + "on-failure=dead-letter");
    String expected = "A@" + TIME + "[100.0, 0.5]";
    assertThat(outcome(failing, tick(ids, 0))).isEqualTo(expected);
    assertThat(outcome(going, tick(ids, 0))).isEqualTo(expected);

    server.process().kill();
    assertThat(outcome(failing, tick(ids, 0))).isEqualTo(expected);
    assertThatThrownBy(() -> outcome(failing, tick(ids, 1)))
        .isInstanceOf(RegistryException.class)
        .hasMessageEndingWith(server.url() + ", got: connection refused");
    assertThat(outcome(going, tick(ids, 1))).isEqualTo("SCHEMA_UNAVAILABLE");
    assertThat(outcome(going, tick(ids, 0))).isEqualTo(expected);

    server.start();
    int[] again = {register(FIRST), register(SECOND), register(THIRD)};
    assertThat(again).isEqualTo(ids);
    assertThat(outcome(failing, tick(again, 1))).startsWith("A@").endsWith("[100.25, 0.5]");
    assertThat(outcome(failing, tick(again, 2))).startsWith("A@").endsWith("[100.5, 0.5]");
  }

  private static int register(String schema) {
    return registry().register("ticks-value", schema);
  }

  private static SchemaRegistry registry() {
    return new SchemaRegistry(
        new RegistrySettings(
            "", List.of(server.url()), null, null, null, RegistrySettings.OnFailure.FAIL));
  }

  private static ForecastJobConfig config(String bootstrapServers, String... arguments) {
    List<String> all = new ArrayList<>();
    all.add("--lstm.kafka.bootstrap-servers=" + bootstrapServers);
    all.add("--lstm.model.path=" + ShortCampaign.SETUP.bundledModel());
    all.add("--lstm.source.format=avro");
    all.addAll(List.of(arguments));
    return ForecastJobConfig.fromArguments(all.toArray(String[]::new));
  }

  private static ObservationReader reader(String... arguments) {
    return RecordCodecs.reader(
        FIELDS, RecordFormatLoader.load(config("localhost:9", arguments), FIELDS));
  }

  private static String outcome(ObservationReader reader, byte[] value) {
    StringBuilder outcome = new StringBuilder();
    reader.read(
        new SourceRecord(
            new SourcePosition("ticks", 0, 0), SourceRecord.NO_TIMESTAMP, null, value, List.of()),
        new ObservationReader.Sink() {
          @Override
          public void observation(Observation observation) {
            outcome.append(observation);
          }

          @Override
          public void rejected(Rejection rejection, SourceRecord record) {
            outcome.append(rejection.code());
          }

          @Override
          public void skipped(SourcePosition position) {
            outcome.append("skipped");
          }
        });
    return outcome.toString();
  }
}
