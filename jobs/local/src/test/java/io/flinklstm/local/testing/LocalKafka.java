package io.flinklstm.local.testing;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.jobs.kafka.VisibleTopics;
import io.flinklstm.local.embedded.EmbeddedBroker;
import io.flinklstm.local.ticks.PredictionRecord;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.DeadLetter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker for a test, with the job's topics, and what the test sends to and reads from it. */
public final class LocalKafka implements AutoCloseable {

  public static final String TICKS = "ticks";
  public static final String PREDICTIONS = "predictions";
  public static final String LATE = "ticks.late";
  public static final String DUPLICATES = "ticks.duplicates";
  public static final String DEAD_LETTERS = "ticks.dead-letters";

  /** Settings of a broker that has ACLs and allows everything where there are none. */
  public static final Map<String, String> AUTHORIZER =
      Map.of(
          "authorizer.class.name",
          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "allow.everyone.if.no.acl.found",
          "true");

  /** Only something that hangs takes this long, however busy the machine is. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final EmbeddedBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;

  public LocalKafka(Path folder, int partitions) throws IOException {
    this(folder, partitions, Map.of());
  }

  public LocalKafka(Path folder, int partitions, Map<String, String> brokerSettings)
      throws IOException {
    broker = new EmbeddedBroker(folder, brokerSettings);
    broker.createTopics(partitions, List.of(TICKS, PREDICTIONS, LATE, DUPLICATES, DEAD_LETTERS));
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", broker.bootstrapServers());
    // Lets a record reach the topic compressed that is too large for the broker uncompressed.
    properties.put("compression.type", "gzip");
    properties.put("max.request.size", Integer.toString(16 << 20));
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** Creates another topic, with its own settings. */
  public void createTopic(String topic, int partitions, Map<String, String> settings)
      throws Exception {
    try (Admin admin = admin()) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
          .all()
          .get();
      VisibleTopics.await(admin, List.of(topic), PATIENCE);
    }
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", (Object) bootstrapServers()));
  }

  public void send(ProducerRecord<byte[], byte[]> record) {
    producer.send(record);
  }

  public void send(String key, byte[] value) {
    send(new ProducerRecord<>(TICKS, key.getBytes(StandardCharsets.UTF_8), value));
  }

  public void flush() {
    producer.flush();
  }

  /** All committed records of a topic, partition by partition, each in order. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", broker.bootstrapServers());
    properties.put("isolation.level", "read_committed");
    properties.put("fetch.max.bytes", Integer.toString(64 << 20));
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          records
              .computeIfAbsent(
                  new TopicPartition(topic, record.partition()), p -> new ArrayList<>())
              .add(record);
        }
      }
      return partitions.stream()
          .flatMap(p -> records.getOrDefault(p, Collections.emptyList()).stream())
          .toList();
    }
  }

  public int count(String topic) {
    return read(topic).size();
  }

  /**
   * What the job must count for the records in the topics, each of which is one observation; as the
   * text of {@link io.flinklstm.stream.Ledger#balance(Map)}.
   *
   * @param read records
   * @param duplicates records that are duplicates
   */
  public String balance(int read, int duplicates) {
    int unusable = 0;
    List<ConsumerRecord<byte[], byte[]>> deadLetters = read(DEAD_LETTERS);
    for (ConsumerRecord<byte[], byte[]> letter : deadLetters) {
      unusable += header(letter, "__flink.errors.stage").equals(DeadLetter.PARSE) ? 1 : 0;
    }
    return String.format(
        Locale.ROOT,
        "read %d = skipped 0 + unusable %d + usable %d; observations %d = predictions %d + late %d"
            + " + duplicates %d + rejected %d + buffered 0",
        read,
        unusable,
        read - unusable,
        read - unusable,
        count(PREDICTIONS),
        count(LATE),
        duplicates,
        deadLetters.size() - unusable);
  }

  /** Waits until a condition holds. */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("expected within " + PATIENCE + ": " + what);
      }
      Thread.sleep(100);
    }
  }

  /**
   * The outcomes of a plain loop over the forecaster for the records of the ticks topic.
   *
   * @param parse gives key, time and values of a record, or null if none can be made of it
   * @return by source position: the prediction as {@link #bits}, or the name of another outcome
   */
  public SortedMap<String, String> expected(
      ForecastModel model, Function<ConsumerRecord<byte[], byte[]>, Observation> parse) {
    SortedMap<String, String> outcomes = new TreeMap<>();
    List<Observation> observations = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(TICKS)) {
      SourcePosition position =
          new SourcePosition(record.topic(), record.partition(), record.offset());
      Observation parsed = parse.apply(record);
      if (parsed == null) {
        outcomes.put(position.toString(), "DEAD_LETTER");
      } else {
        observations.add(at(parsed, position));
      }
    }
    Forecaster forecaster = new Forecaster(model, KernelType.PLAIN.create());
    outcomes.putAll(outcomes(forecaster, observations));
    return outcomes;
  }

  /** The outcomes of a plain loop for observations, by source position. */
  public static SortedMap<String, String> outcomes(
      Forecaster forecaster, List<Observation> observations) {
    Map<String, StreamState> states = new HashMap<>();
    SortedMap<String, String> outcomes = new TreeMap<>();
    for (Observation observation : observations) {
      StreamState state = states.computeIfAbsent(observation.key(), key -> forecaster.newState());
      outcomes.put(
          observation.position().toString(), describe(forecaster.advance(observation, state)));
    }
    return outcomes;
  }

  public static Observation at(Observation parsed, SourcePosition position) {
    return new Observation(
        parsed.key(),
        parsed.eventTime(),
        parsed.values(),
        parsed.sequence(),
        new SourceRecord(position, SourceRecord.NO_TIMESTAMP, null, null, List.of()));
  }

  private static String describe(Outcome outcome) {
    if (outcome instanceof Prediction prediction) {
      return bits(
          prediction.key(),
          prediction.step(),
          prediction.status().name(),
          prediction.reset() == null ? null : prediction.reset().name(),
          prediction.lastValue(),
          prediction.forecasts());
    }
    return outcome instanceof Rejection ? "DEAD_LETTER" : outcome.toString();
  }

  /**
   * The content of the output topics, by the source position in the headers; a position that occurs
   * twice fails the test.
   */
  public SortedMap<String, String> outcomes() throws IOException {
    SortedMap<String, String> outcomes = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read(PREDICTIONS)) {
      PredictionRecord p = PredictionRecord.parse(record.value());
      put(
          outcomes,
          position(record, "__flink.source."),
          bits(p.key(), p.step(), p.status(), p.reset(), p.lastValue(), p.forecasts()));
    }
    for (ConsumerRecord<byte[], byte[]> record : read(LATE)) {
      put(outcomes, position(record, "__flink.source."), "LATE");
    }
    for (ConsumerRecord<byte[], byte[]> record : read(DUPLICATES)) {
      put(outcomes, position(record, "__flink.source."), "DUPLICATE");
    }
    for (ConsumerRecord<byte[], byte[]> record : read(DEAD_LETTERS)) {
      put(outcomes, position(record, "__flink.errors."), "DEAD_LETTER");
    }
    return outcomes;
  }

  /** The first position at which two runs differ, in words, or "none". */
  public static String firstDifference(
      SortedMap<String, String> actual, SortedMap<String, String> expected) {
    SortedMap<String, String> both = new TreeMap<>(expected);
    actual.forEach(both::putIfAbsent);
    for (String position : both.keySet()) {
      if (!Objects.equals(expected.get(position), actual.get(position))) {
        return position + " expected " + expected.get(position) + " got " + actual.get(position);
      }
    }
    return "none";
  }

  private static void put(SortedMap<String, String> outcomes, String position, String outcome) {
    String before = outcomes.put(position, outcome);
    if (before != null) {
      throw new AssertionError(position + " has two outcomes: " + before + " and " + outcome);
    }
  }

  private static String position(ConsumerRecord<byte[], byte[]> record, String prefix) {
    return new SourcePosition(
            header(record, prefix + "topic"),
            Integer.parseInt(header(record, prefix + "partition")),
            Long.parseLong(header(record, prefix + "offset")))
        .toString();
  }

  public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static String bits(
      String key, long step, String status, String reset, double lastValue, double[] forecasts) {
    StringBuilder text = new StringBuilder();
    text.append(key).append(' ').append(step).append(' ').append(status).append(' ').append(reset);
    text.append(' ').append(Double.doubleToRawLongBits(lastValue));
    for (double forecast : forecasts) {
      text.append(' ').append(Double.doubleToRawLongBits(forecast));
    }
    return text.toString();
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    broker.close();
  }
}
