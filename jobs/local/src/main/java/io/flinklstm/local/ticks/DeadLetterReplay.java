package io.flinklstm.local.ticks;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.kafka.CopyHeaders;
import io.flinklstm.local.kafka.BrokerTopics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters back to the partitions that their originals were read from, with their
 * original key, value, headers and timestamp. Reads up to the end that the topic has at the start,
 * so that a record that becomes a dead letter again does not go around in circles.
 *
 * <p>Dead letters from one source partition can be in several partitions of the dead-letter topic,
 * so each batch is sent in the order of the originals; otherwise some would be late for their
 * streams. A batch's offsets are committed once all of it has been sent; after a failure in
 * between, the next call sends the batch again.
 */
final class DeadLetterReplay implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLOSE_SECONDS = 20;
  private static final long BATCH_BYTES = 64L << 20;
  private static final int OVERHEAD_BYTES = 1024; // per record, roughly

  private final Map<String, String> clientProperties;
  private final Request request;
  private final DeadLetterCounts counts = new DeadLetterCounts();
  private final Set<Letter> sent = new HashSet<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile IOException failure;

  private KafkaConsumer<byte[], byte[]> consumer;
  private KafkaProducer<byte[], byte[]> producer;
  private BrokerTopics topics;

  /**
   * What to send.
   *
   * @param topic the dead-letter topic
   * @param destination the topic to send them to, or null for the one that each came from
   * @param codes of the dead letters to send; empty for all
   * @param group the consumer group whose offsets are committed
   * @param fromBeginning whether the committed offsets are ignored
   */
  record Request(
      String topic,
      String destination,
      Set<RejectionCode> codes,
      String group,
      boolean fromBeginning) {}

  /**
   * A dead letter's position and content; the same position could also come from a topic that was
   * deleted and created again.
   */
  private record Letter(SourcePosition position, int contentHash) {}

  /** A record to send, and what its headers say. */
  private record Found(ConsumerRecord<byte[], byte[]> record, CopyHeaders letter) {

    static final Comparator<Found> ORDER_OF_ORIGINALS =
        Comparator.comparing((Found found) -> found.letter.position().topic())
            .thenComparing(found -> found.letter.position().partition())
            .thenComparing(found -> found.letter.position().offset())
            .thenComparing(found -> found.letter.position().index());
  }

  /**
   * @param clientProperties of the Kafka clients
   */
  DeadLetterReplay(Map<String, String> clientProperties, Request request) {
    this.clientProperties = clientProperties;
    this.request = request;
  }

  /**
   * Runs to the end.
   *
   * @param progress receives the counts after each batch
   * @throws IllegalArgumentException if a topic does not exist
   * @throws IOException if the broker does not answer or refuses a record
   */
  DeadLetterCounts run(Consumer<DeadLetterCounts> progress) throws IOException {
    try (BrokerTopics brokerTopics = new BrokerTopics(clientProperties);
        KafkaConsumer<byte[], byte[]> reader = newConsumer();
        KafkaProducer<byte[], byte[]> writer = newProducer()) {
      topics = brokerTopics;
      consumer = reader;
      producer = writer;
      checkTopics();
      Map<TopicPartition, Long> ends = seek();
      for (List<ConsumerRecord<byte[], byte[]>> batch = readBatch(ends);
          !batch.isEmpty();
          batch = readBatch(ends)) {
        replay(batch);
        progress.accept(counts);
      }
      return counts;
    } finally {
      ended.countDown();
    }
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put("group.id", request.group);
    properties.put("enable.auto.commit", "false");
    properties.put("allow.auto.create.topics", "false");
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private KafkaProducer<byte[], byte[]> newProducer() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("linger.ms", "5");
    properties.put("max.block.ms", "15000");
    // The limit that matters is the broker's, which accepted the originals.
    properties.put("max.request.size", Integer.toString(32 << 20));
    properties.putAll(clientProperties);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void checkTopics() throws IOException {
    if (topics.find(request.topic) == null) {
      throw new IllegalArgumentException(
          "--dead-letters: expected a topic, got none named " + request.topic);
    }
    if (request.destination != null && topics.find(request.destination) == null) {
      throw new IllegalArgumentException(
          "--topic: expected a topic, got none named " + request.destination);
    }
    if (request.topic.equals(request.destination)) {
      throw new IllegalArgumentException(
          "--topic: expected a topic other than that of --dead-letters, got " + request.topic);
    }
  }

  /**
   * Seeks to where reading begins.
   *
   * @return the offsets where it ends
   */
  private Map<TopicPartition, Long> seek() throws IOException {
    Set<TopicPartition> partitions = new HashSet<>();
    for (int k = 0; k < topics.find(request.topic).partitions(); k++) {
      partitions.add(new TopicPartition(request.topic, k));
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, OffsetAndMetadata> committed =
        request.fromBeginning ? Map.of() : consumer.committed(partitions);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = committed.get(partition);
      long begin = begins.get(partition);
      // An offset beyond the end is that of a topic that was deleted and created again.
      boolean known =
          offset != null && offset.offset() >= begin && offset.offset() <= ends.get(partition);
      consumer.seek(partition, known ? offset.offset() : begin);
    }
    return ends;
  }

  private boolean isAtEnd(Map<TopicPartition, Long> ends) {
    boolean atEnd = true;
    for (TopicPartition partition : consumer.assignment()) {
      if (consumer.position(partition) < ends.get(partition)) {
        atEnd = false;
      } else {
        consumer.pause(List.of(partition));
      }
    }
    return atEnd;
  }

  /** The next dead letters, as many as easily fit into memory; none at the end. */
  private List<ConsumerRecord<byte[], byte[]>> readBatch(Map<TopicPartition, Long> ends)
      throws IOException {
    List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
    long bytes = 0;
    long lastNews = System.nanoTime();
    while (bytes < BATCH_BYTES && !closing && !isAtEnd(ends)) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        lastNews = System.nanoTime();
        if (record.offset() < ends.get(partition(record))) {
          batch.add(record);
          bytes += size(record);
        }
      }
      if (System.nanoTime() - lastNews > PATIENCE.toNanos()) {
        throw new IOException(
            request.topic + ": expected records within " + PATIENCE.toSeconds() + " s, got none");
      }
    }
    return batch;
  }

  private static long size(ConsumerRecord<byte[], byte[]> record) {
    long size = OVERHEAD_BYTES + record.serializedKeySize() + (long) record.serializedValueSize();
    for (Header header : record.headers()) {
      size += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    return size;
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private void replay(List<ConsumerRecord<byte[], byte[]>> batch) throws IOException {
    Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    List<Found> wanted = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : batch) {
      done.put(partition(record), new OffsetAndMetadata(record.offset() + 1));
      CopyHeaders letter = CopyHeaders.ofDeadLetter(record.headers());
      if (isWanted(record, letter)) {
        checkDestination(record, letter);
        wanted.add(new Found(record, letter));
      }
    }
    wanted.sort(Found.ORDER_OF_ORIGINALS);
    for (Found found : wanted) {
      send(found.record, found.letter);
    }
    producer.flush();
    if (failure != null) {
      throw failure;
    }
    consumer.commitSync(done);
  }

  /** Whether to send the record; counts those that are left out. */
  private boolean isWanted(ConsumerRecord<byte[], byte[]> record, CopyHeaders letter) {
    if (letter == null) {
      counts.noDeadLetter();
    } else if (letter.cut()) {
      counts.cut();
    } else if (!isWanted(letter.code())) {
      counts.otherCode();
    } else if (!sent.add(new Letter(letter.position(), contentHash(record)))) {
      counts.repeated();
    } else {
      return true;
    }
    return false;
  }

  private boolean isWanted(String code) {
    return request.codes.isEmpty()
        || request.codes.stream().anyMatch(wanted -> wanted.name().equals(code));
  }

  private static int contentHash(ConsumerRecord<byte[], byte[]> record) {
    return 31 * Arrays.hashCode(record.key()) + Arrays.hashCode(record.value());
  }

  private String destination(CopyHeaders letter) {
    return request.destination == null ? letter.position().topic() : request.destination;
  }

  /** Checked before anything of a batch is sent, so that a retry sends nothing twice. */
  private void checkDestination(ConsumerRecord<byte[], byte[]> record, CopyHeaders letter)
      throws IOException {
    String destination = destination(letter);
    if (topics.find(destination) == null || destination.equals(request.topic)) {
      throw new IllegalArgumentException(
          "dead letter "
              + position(record)
              + ": expected to come from another topic that exists, got "
              + destination
              + "; --topic sends it elsewhere");
    }
  }

  private void send(ConsumerRecord<byte[], byte[]> record, CopyHeaders letter) throws IOException {
    SourcePosition origin = letter.position();
    String destination = destination(letter);
    BrokerTopics.Topic topic = topics.find(destination);
    long timestamp =
        letter.timestamp() == SourceRecord.NO_TIMESTAMP ? record.timestamp() : letter.timestamp();
    boolean keeps = topic.limits().keeps(timestamp, System.currentTimeMillis());
    producer.send(
        new ProducerRecord<>(
            destination,
            origin.partition() < topic.partitions() ? origin.partition() : null,
            keeps ? timestamp : null,
            record.key(),
            record.value(),
            letter.original()),
        (metadata, exception) -> {
          if (exception != null && failure == null) {
            failure =
                new IOException(
                    "dead letter "
                        + position(record)
                        + ": expected topic "
                        + destination
                        + " to take it, got: "
                        + exception.getMessage(),
                    exception);
          }
        });
    counts.sent(destination, keeps);
  }

  private static SourcePosition position(ConsumerRecord<byte[], byte[]> record) {
    return new SourcePosition(record.topic(), record.partition(), record.offset());
  }

  /** Ends a run after the current batch, whose offsets are committed. */
  @Override
  public void close() throws InterruptedException {
    closing = true;
    ended.await(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
