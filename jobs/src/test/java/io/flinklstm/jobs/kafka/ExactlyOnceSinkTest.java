package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.jobs.config.OnLostTransaction;
import io.flinklstm.stream.StreamTypes;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class ExactlyOnceSinkTest {

  private final KafkaSink<Observation> kafka =
      KafkaSink.<Observation>builder()
          .setBootstrapServers("localhost:9")
          .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
          .setTransactionalIdPrefix("job-late")
          .setRecordSerializer(
              new OriginalRecordSerializer("late", 1024, TimestampLimits.BROKER_DEFAULTS))
          .build();
  private final ExactlyOnceSink<Observation> sink =
      new ExactlyOnceSink<>(kafka, "late", new Properties(), OnLostTransaction.FAIL);

  @Test
  void keepsTheStateOfTheKafkaSink() {
    assertThat(sink.getCommittableSerializer()).hasSameClassAs(kafka.getCommittableSerializer());
    assertThat(sink.getCommittableSerializer().getVersion())
        .isEqualTo(kafka.getCommittableSerializer().getVersion());
    assertThat(sink.getWriterStateSerializer()).hasSameClassAs(kafka.getWriterStateSerializer());
    assertThat(sink.getWriterStateSerializer().getVersion())
        .isEqualTo(kafka.getWriterStateSerializer().getVersion());
  }

  @Test
  void keepsTheOperatorsOfTheKafkaSink() {
    assertThat(operators(sink)).isEqualTo(operators(kafka)).containsKey("Sink Committer: late");
  }

  /** By uid: the name, the operator and whether it is co-located with another. */
  private static Map<String, List<Object>> operators(Sink<Observation> sink) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.fromSource(new NumberSequenceSource(0, 1), WatermarkStrategy.noWatermarks(), "numbers")
        .uid("numbers")
        .map(number -> Observation.of("a", number, 1))
        .returns(StreamTypes.OBSERVATION)
        .uid("observations")
        .sinkTo(sink)
        .uid("late");
    return env.getStreamGraph().getStreamNodes().stream()
        .collect(
            Collectors.toMap(
                StreamNode::getTransformationUID,
                node ->
                    List.of(
                        node.getOperatorName(),
                        node.getOperatorFactory().getClass(),
                        node.getCoLocationGroup() != null)));
  }
}
