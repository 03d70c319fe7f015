package io.flinklstm.benchmarks.job;

import io.flinklstm.benchmarks.harness.ChildJvm;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import io.flinklstm.jobs.kafka.VisibleTopics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** A Kafka broker in its own JVM. All topics have one partition. */
public final class Broker implements AutoCloseable {

  /** Keeps records whatever their timestamps, and frees a deleted topic's space at once. */
  private static final Map<String, String> TOPIC_OPTIONS =
      Map.of("retention.ms", "-1", "retention.bytes", "-1", "file.delete.delay.ms", "100");

  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(60);

  private final ChildJvm jvm;
  private final String address;
  private final Admin admin;

  public Broker(TemporaryFolder folder) throws IOException {
    this.jvm =
        new ChildJvm(
            BrokerMain.class,
            folder.folder("broker-tmp"),
            List.of("-Xms1g", "-Xmx1g"),
            folder.folder("broker").toString());
    this.address = jvm.await(BrokerMain.READY);
    this.admin = Admin.create(Map.of("bootstrap.servers", (Object) address));
  }

  /** Host and port. */
  public String address() {
    return address;
  }

  public void createTopics(String... topics) throws IOException {
    await(
        admin
            .createTopics(
                List.of(topics).stream()
                    .map(topic -> new NewTopic(topic, 1, (short) 1).configs(TOPIC_OPTIONS))
                    .toList())
            .all());
    try {
      VisibleTopics.await(admin, List.of(topics), VISIBLE_WITHIN);
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  public void deleteTopics(String... topics) throws IOException {
    await(admin.deleteTopics(List.of(topics)).all());
  }

  /** The number of records written to a topic, including transaction markers. */
  public long endOffset(String topic) throws IOException {
    TopicPartition partition = new TopicPartition(topic, 0);
    return await(
            admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition))
        .offset();
  }

  private static <T> T await(KafkaFuture<T> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IOException failed(ExecutionException e) {
    return new IOException("broker: " + e.getCause().getMessage(), e);
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("broker: interrupted", e);
  }

  @Override
  public void close() {
    admin.close();
    jvm.close();
  }
}
