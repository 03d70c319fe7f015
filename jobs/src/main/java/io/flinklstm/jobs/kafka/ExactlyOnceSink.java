package io.flinklstm.jobs.kafka;

import io.flinklstm.jobs.config.OnLostTransaction;
import java.io.IOException;
import java.util.Collection;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;

/**
 * A transactional Kafka sink that detects lost transactions. Otherwise, including its state, it
 * behaves like the Kafka sink it wraps.
 */
final class ExactlyOnceSink<T>
    implements Sink<T>,
        SupportsCommitter<KafkaCommittable>,
        SupportsWriterState<T, KafkaWriterState>,
        SupportsPostCommitTopology<KafkaCommittable>,
        LineageVertexProvider {

  private static final long serialVersionUID = 1L;

  private final KafkaSink<T> kafka;
  private final String name;
  private final Properties adminProperties;
  private final OnLostTransaction onLost;

  /**
   * @param name of the sink, for its metric
   * @param adminProperties of the client that asks the broker about transactions
   */
  ExactlyOnceSink(
      KafkaSink<T> kafka, String name, Properties adminProperties, OnLostTransaction onLost) {
    this.kafka = kafka;
    this.name = name;
    this.adminProperties = adminProperties;
    this.onLost = onLost;
  }

  @Override
  public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
    return new LossAwareCommitter(
        kafka.createCommitter(context),
        adminProperties,
        onLost,
        context.metricGroup().addGroup("lstm").addGroup("sink", name).counter("lostTransactions"),
        name);
  }

  @Override
  public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
    return kafka.getCommittableSerializer();
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return kafka.createWriter(context);
  }

  @Override
  public StatefulSinkWriter<T, KafkaWriterState> restoreWriter(
      WriterInitContext context, Collection<KafkaWriterState> states) {
    return kafka.restoreWriter(context, states);
  }

  @Override
  public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
    return kafka.getWriterStateSerializer();
  }

  @Override
  public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committables) {
    kafka.addPostCommitTopology(committables);
  }

  @Override
  public LineageVertex getLineageVertex() {
    return kafka.getLineageVertex();
  }
}
