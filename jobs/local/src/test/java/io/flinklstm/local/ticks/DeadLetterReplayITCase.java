package io.flinklstm.local.ticks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.kafka.DeadLetterRecordSerializer;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.kafka.TimestampLimits;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.ticks.DeadLetterReplay.Request;
import io.flinklstm.stream.DeadLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters of every kind, written by hand, sent back through a real broker. */
class DeadLetterReplayITCase {

  private static final String ERRORS = "__flink.errors.";
  private static final String LONGEST = Long.toString(Long.MAX_VALUE);
  private static final byte[] KEY = {0, (byte) 0xff};
  private static final byte[] VALUE = {(byte) 0xfe, '{'};
  private static final long OLD = 1_385_337_600_000L;

  @TempDir private static Path folder;
  private static LocalKafka kafka;

  private String letters;
  private String ticks;

  @BeforeAll
  static void start() throws IOException {
    kafka = new LocalKafka(folder, 1);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) throws Exception {
    ticks = test.getTestMethod().orElseThrow().getName();
    letters = ticks + ".dead-letters";
    kafka.createTopic(letters, 2, keeping(Map.of("message.timestamp.after.max.ms", LONGEST)));
    kafka.createTopic(ticks, 3, keeping(Map.of()));
  }

  private static Map<String, String> keeping(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("retention.ms", "-1");
    return all;
  }

  @Test
  void sendsTheOriginalsByteForByteToTheirPartitions() throws IOException {
    List<Header> odd =
        List.of(
            new RecordHeader("", (byte[]) null),
            new RecordHeader("a", new byte[] {0, (byte) 0xff}),
            new RecordHeader("a", new byte[0]),
            new RecordHeader(ERRORS + "topic", new byte[] {1}),
            new RecordHeader(ERRORS + "cut", null));
    kafka.send(letter(2, 7, OLD, KEY, VALUE, odd));
    kafka.send(letter(1, 7, 0, null, null, List.of()));
    kafka.send(letter(0, 7, OLD + 1, new byte[0], new byte[0], List.of()));
    assertThat(replay(all())).isEqualTo("3 dead letters to " + ticks + ", 0 left out");
    List<ConsumerRecord<byte[], byte[]>> sent = new ArrayList<>(kafka.read(ticks));
    sent.sort(Comparator.comparing(ConsumerRecord::partition));
    assertThat(sent).extracting(ConsumerRecord::partition).containsExactly(0, 1, 2);
    assertThat(sent).extracting(ConsumerRecord::timestamp).containsExactly(OLD + 1, 0L, OLD);
    assertThat(sent).extracting(ConsumerRecord::key).containsExactly(new byte[0], null, KEY);
    assertThat(sent).extracting(ConsumerRecord::value).containsExactly(new byte[0], null, VALUE);
    assertThat(sent.get(0).headers()).isEmpty();
    assertThat(sent.get(2).headers()).containsExactlyElementsOf(odd);
  }

  @Test
  void takesTheTimestampThatTheTopicOfDeadLettersCouldNotKeep() throws IOException {
    long now = System.currentTimeMillis();
    kafka.send(mark(letter(0, 1, now), "timestamp", Long.toString(OLD)));
    // The destination refuses this one too.
    kafka.send(mark(letter(0, 2, now), "timestamp", LONGEST));
    kafka.send(letter(0, 3, now + TimeUnit.DAYS.toMillis(2)));
    assertThat(replay(all()))
        .isEqualTo("3 dead letters to " + ticks + ", 2 of them with a new timestamp, 0 left out");
    assertThat(kafka.read(ticks).get(0).timestamp()).isEqualTo(OLD);
    assertThat(kafka.read(ticks).get(1).timestamp()).isBetween(now, System.currentTimeMillis());
    assertThat(kafka.read(ticks).get(2).timestamp()).isBetween(now, System.currentTimeMillis());
  }

  @Test
  void sendsToAnotherTopicByKeyWhereThePartitionIsNotThere() throws Exception {
    kafka.createTopic(ticks + ".fixed", 2, keeping(Map.of()));
    kafka.send(letter(1, 1, OLD));
    kafka.send(letter(2, 2, OLD));
    kafka.send(letter(2, 3, OLD));
    String fixed = ticks + ".fixed";
    assertThat(replay(new Request(letters, fixed, Set.of(), "g", false)))
        .isEqualTo("3 dead letters to " + fixed + ", 0 left out");
    assertThat(kafka.read(ticks)).isEmpty();
    List<ConsumerRecord<byte[], byte[]>> sent = kafka.read(fixed);
    assertThat(sent).filteredOn(record -> offsetHeader(record) == 1).hasSize(1);
    assertThat(sent)
        .filteredOn(record -> offsetHeader(record) > 1)
        .extracting(ConsumerRecord::partition)
        .hasSize(2)
        .containsOnly(sent.get(sent.size() - 1).partition());
  }

  @Test
  void leavesOutWhatIsNoOriginal() throws IOException {
    kafka.send(mark(letter(0, 1, OLD), "cut", "value=1000000"));
    ProducerRecord<byte[], byte[]> noCode = letter(0, 2, OLD);
    noCode.headers().remove(ERRORS + "code");
    kafka.send(noCode);
    kafka.send(new ProducerRecord<>(letters, KEY, VALUE));
    kafka.send(letter(0, 3, OLD));
    // What the job wrote twice, as it may after a failure.
    kafka.send(letter(0, 3, OLD));
    assertThat(replay(all()))
        .isEqualTo(
            "1 dead letter to " + ticks + ", 4 left out (1 cut, 1 repeated, 2 not dead letters)");
    assertThat(offsets()).containsExactly(3L);
  }

  @Test
  void positionsOfATopicMadeAnewAreNoRepetition() throws IOException {
    kafka.send(letter(0, 1, OLD));
    kafka.send(letter(0, 1, OLD, KEY, new byte[] {1}, List.of()));
    assertThat(replay(all())).startsWith("2 dead letters");
  }

  @Test
  void sendsOnlyTheCodesAskedFor() throws IOException {
    kafka.send(letter(0, 1, OLD));
    kafka.send(mark(letter(0, 2, OLD), "code", "INVALID_TIME"));
    kafka.send(mark(letter(0, 3, OLD), "code", "OF_ANOTHER_VERSION"));
    Set<RejectionCode> codes = Set.of(RejectionCode.INVALID_TIME, RejectionCode.TOMBSTONE);
    assertThat(replay(new Request(letters, null, codes, "codes", false)))
        .isEqualTo("1 dead letter to " + ticks + ", 2 left out (2 of other codes)");
    assertThat(offsets()).containsExactly(2L);
  }

  @Test
  void goesOnAfterTheLastReplayOfItsGroup() throws IOException {
    kafka.send(letter(0, 1, OLD));
    assertThat(replay(group("one"))).startsWith("1 dead letter to");
    assertThat(replay(group("one"))).isEqualTo("0 dead letters, 0 left out");
    kafka.send(letter(0, 2, OLD));
    assertThat(replay(group("one"))).startsWith("1 dead letter to");
    assertThat(replay(group("another"))).startsWith("2 dead letters to");
    assertThat(replay(new Request(letters, null, Set.of(), "one", true)))
        .startsWith("2 dead letters to");
    assertThat(offsets()).containsExactly(1L, 2L, 1L, 2L, 1L, 2L);
    assertThat(replay(group("one"))).isEqualTo("0 dead letters, 0 left out");
  }

  @Test
  void beginsAnewWhenTheTopicWasMadeAnew() throws Exception {
    kafka.send(letter(0, 1, OLD));
    kafka.send(letter(0, 2, OLD));
    assertThat(replay(group("again"))).startsWith("2 dead letters to");
    try (Admin admin = kafka.admin()) {
      Map<TopicPartition, OffsetAndMetadata> beyond = new HashMap<>();
      for (int k = 0; k < 2; k++) {
        beyond.put(new TopicPartition(letters, k), new OffsetAndMetadata(1000));
      }
      admin.alterConsumerGroupOffsets("again", beyond).all().get();
    }
    assertThat(replay(group("again"))).startsWith("2 dead letters to");
  }

  @Test
  void readsOnlyWhatIsCommitted() {
    try (KafkaProducer<byte[], byte[]> producer = transactional()) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(letter(0, 1, OLD));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(letter(0, 2, OLD));
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(letter(0, 3, OLD));
      producer.flush();
      assertThat(replayUnchecked(all())).startsWith("1 dead letter to");
      producer.commitTransaction();
    }
    assertThat(replayUnchecked(all())).startsWith("1 dead letter to");
    assertThat(offsets()).containsExactly(2L, 3L);
  }

  @Test
  void sendsNothingOfABatchInWhichALetterHasNoDestination() throws Exception {
    kafka.send(letter(0, 1, OLD));
    kafka.send(mark(letter(0, 2, OLD), "topic", "absent"));
    kafka.send(letter(0, 3, OLD));
    assertThatThrownBy(() -> replay(all()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "dead letter "
                + letters
                + "-[01]@1: expected to come from another topic that exists, got absent;"
                + " --topic sends it elsewhere");
    assertThat(offsets()).isEmpty();
    assertThat(replay(new Request(letters, ticks, Set.of(), "g", false)))
        .startsWith("3 dead letters to");
    assertThat(offsets()).containsExactlyInAnyOrder(1L, 2L, 3L);
  }

  @Test
  void sendsInTheOrderOfTheOriginalsWhereverTheLettersStand() throws Exception {
    for (long offset : new long[] {5, 2, 9, 1, 7, 3}) {
      ProducerRecord<byte[], byte[]> letter = letter(0, offset, OLD);
      kafka.send(
          new ProducerRecord<>(
              letters,
              (int) (offset % 2),
              letter.timestamp(),
              letter.key(),
              letter.value(),
              letter.headers()));
    }
    assertThat(replay(all())).startsWith("6 dead letters to");
    assertThat(offsets()).containsExactly(1L, 2L, 3L, 5L, 7L, 9L);
  }

  @Test
  void sendsEveryRejectedElementAsItsLetterHoldsItAndNoOtherElement() throws IOException {
    String data = "[{'t':1,'p':1},{'t':2},{'t':3,'p':3},{'t':2},{'t':4,'p':'x'},7]";
    Elements original = new Elements();
    original.read(
        new SourceRecord(
            new SourcePosition(ticks, 2, 7),
            OLD,
            KEY,
            json("{'x':[1,2],'s':'A','data':" + data + "}"),
            List.of(new SourceRecord.Header("offset", new byte[] {'7'}))));
    assertThat(original.observations).hasSize(2);
    DeadLetterRecordSerializer serializer =
        new DeadLetterRecordSerializer(letters, 1024, TimestampLimits.BROKER_DEFAULTS);
    List<DeadLetter> backwards = new ArrayList<>(original.letters);
    Collections.reverse(backwards);
    backwards.add(original.letters.get(0)); // as the job may after a failure
    backwards.forEach(letter -> kafka.send(serializer.serialize(letter, null, OLD)));
    assertThat(replay(all())).isEqualTo("4 dead letters to " + ticks + ", 1 left out (1 repeated)");
    List<ConsumerRecord<byte[], byte[]>> sent = kafka.read(ticks);
    assertThat(sent)
        .extracting(ConsumerRecord::value)
        .containsExactly(
            json("{'data':[{'t':2}],'s':'A'}"),
            json("{'data':[{'t':2}],'s':'A'}"),
            json("{'data':[{'t':4,'p':'x'}],'s':'A'}"),
            json("{'data':[7],'s':'A'}"));
    Elements again = new Elements();
    for (ConsumerRecord<byte[], byte[]> record : sent) {
      assertThat(record.partition()).isEqualTo(2);
      assertThat(record.timestamp()).isEqualTo(OLD);
      assertThat(record.key()).isEqualTo(KEY);
      assertThat(record.headers()).extracting(Header::key).containsExactly("offset");
      again.read(ObservationDeserializer.source(record));
    }
    assertThat(again.observations).isEmpty();
    assertThat(again.letters)
        .extracting(letter -> letter.rejection().code())
        .containsExactly(
            RejectionCode.MISSING_FIELD,
            RejectionCode.MISSING_FIELD,
            RejectionCode.WRONG_TYPE,
            RejectionCode.MALFORMED);
  }

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }

  @Test
  void commitsNothingThatTheBrokerDidNotTake() throws Exception {
    kafka.createTopic("small", 1, Map.of("max.message.bytes", "1000"));
    byte[] large = new byte[5000];
    new Random(1).nextBytes(large);
    kafka.send(letter(0, 1, OLD, KEY, large, List.of()));
    assertThatThrownBy(() -> replay(new Request(letters, "small", Set.of(), "g", false)))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "dead letter " + letters + "-[01]@0: expected topic small to take it.*");
    assertThat(replay(all())).startsWith("1 dead letter to " + ticks);
  }

  @Test
  void namesATopicThatIsNotThere() {
    assertThatThrownBy(() -> replay(new Request("absent", null, Set.of(), "g", false)))
        .hasMessage("--dead-letters: expected a topic, got none named absent");
    assertThatThrownBy(() -> replay(new Request("a b", null, Set.of(), "g", false)))
        .hasMessage("--dead-letters: expected a topic, got none named a b");
    assertThatThrownBy(() -> replay(new Request(letters, "absent", Set.of(), "g", false)))
        .hasMessage("--topic: expected a topic, got none named absent");
    assertThatThrownBy(() -> replay(new Request(letters, letters, Set.of(), "g", false)))
        .hasMessage("--topic: expected a topic other than that of --dead-letters, got " + letters);
  }

  private Request all() {
    return group("g");
  }

  private Request group(String group) {
    return new Request(letters, null, Set.of(), group, false);
  }

  private static String replay(Request request) throws IOException {
    kafka.flush();
    Map<String, String> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
    return new DeadLetterReplay(client, request).run(counts -> {}).toString();
  }

  private static String replayUnchecked(Request request) {
    try {
      return replay(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KafkaProducer<byte[], byte[]> transactional() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "test"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private ProducerRecord<byte[], byte[]> letter(int partition, long offset, long timestamp) {
    Header header = new RecordHeader("offset", Long.toString(offset).getBytes(UTF_8));
    return letter(partition, offset, timestamp, KEY, VALUE, List.of(header));
  }

  private ProducerRecord<byte[], byte[]> letter(
      int partition,
      long offset,
      long timestamp,
      byte[] key,
      byte[] value,
      List<Header> originalHeaders) {
    List<Header> headers = new ArrayList<>(originalHeaders);
    add(headers, "topic", ticks);
    add(headers, "partition", Integer.toString(partition));
    add(headers, "offset", Long.toString(offset));
    add(headers, "stage", "parse");
    add(headers, "code", "MALFORMED");
    add(headers, "message", "expected this, got that");
    return new ProducerRecord<>(letters, null, timestamp, key, value, headers);
  }

  private static void add(List<Header> headers, String name, String value) {
    headers.add(new RecordHeader(ERRORS + name, value.getBytes(UTF_8)));
  }

  private static ProducerRecord<byte[], byte[]> mark(
      ProducerRecord<byte[], byte[]> record, String name, String value) {
    List<Header> headers = new ArrayList<>();
    boolean replaced = false;
    for (Header header : record.headers()) {
      boolean same = header.key().equals(ERRORS + name);
      headers.add(same ? new RecordHeader(header.key(), value.getBytes(UTF_8)) : header);
      replaced |= same;
    }
    if (!replaced) {
      add(headers, name, value);
    }
    return new ProducerRecord<>(
        record.topic(), null, record.timestamp(), record.key(), record.value(), headers);
  }

  private List<Long> offsets() {
    return kafka.read(ticks).stream().map(DeadLetterReplayITCase::offsetHeader).toList();
  }

  private static long offsetHeader(ConsumerRecord<byte[], byte[]> record) {
    return Long.parseLong(LocalKafka.header(record, "offset"));
  }

  /** The elements of an array, as the job would read them. */
  private static final class Elements implements ObservationReader.Sink {

    private final ObservationReader reader =
        RecordCodecs.reader(
            List.of("p"),
            new RecordFormat("$.s", "t", TimeFormat.MS, null, Duration.ofHours(1))
                .selecting(new Selection("data[*]", null, List.of(), true)));
    private final List<Observation> observations = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();

    void read(SourceRecord record) {
      reader.read(record, this);
    }

    @Override
    public void observation(Observation observation) {
      observations.add(observation);
    }

    @Override
    public void rejected(Rejection rejection, SourceRecord record) {
      letters.add(new DeadLetter(DeadLetter.PARSE, rejection, null, record));
    }

    @Override
    public void skipped(SourcePosition position) {}
  }
}
