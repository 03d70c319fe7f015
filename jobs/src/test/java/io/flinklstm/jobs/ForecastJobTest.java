package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.ModelLoader;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.kafka.DeadLetterRecordSerializer;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.kafka.OriginalRecordSerializer;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.jobs.kafka.PredictionRecordSerializer;
import io.flinklstm.jobs.kafka.TimestampLimits;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.LstmForecastOperator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.transformations.PartitionTransformation;
import org.apache.flink.streaming.api.transformations.SideOutputTransformation;
import org.apache.flink.streaming.api.transformations.UnionTransformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastJobTest {

  private static final String[] ARGUMENTS = {
    "--lstm.kafka.bootstrap-servers",
    "localhost:9",
    "--lstm.model.path",
    Path.of("..", "config", "model", "bitstamp-btcusd.safetensors").toString()
  };

  @Test
  void uidsAndNamesAreFrozen() {
    StreamExecutionEnvironment env = job(new Configuration());
    Map<String, String> nameByUid = new LinkedHashMap<>();
    env.getTransformations().stream()
        .flatMap(sink -> sink.getTransitivePredecessors().stream())
        .filter(ForecastJobTest::isOperator)
        .forEach(operator -> nameByUid.put(operator.getUid(), operator.getName()));
    assertThat(nameByUid)
        .containsOnlyKeys(
            "ticks-source",
            "observations",
            "lstm-forecast",
            "predictions-sink",
            "late-sink",
            "dead-letters-sink")
        .allSatisfy((uid, name) -> assertThat(name).isEqualTo(uid));
  }

  @Test
  void everyNodeOfTheGraphKeepsItsUid() {
    StreamGraph graph = job(new Configuration()).getStreamGraph();
    TreeSet<String> uids = new TreeSet<>();
    for (StreamNode node : graph.getStreamNodes()) {
      assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotNull();
      uids.add(node.getTransformationUID());
    }
    assertThat(uids)
        .containsExactly(
            "Sink Committer: dead-letters-sink",
            "Sink Committer: late-sink",
            "Sink Committer: predictions-sink",
            "dead-letters-sink",
            "late-sink",
            "lstm-forecast",
            "observations",
            "predictions-sink",
            "ticks-source");
  }

  @Test
  void theSourceHasTheUidOfItsOption() {
    StreamGraph graph = job(new Configuration(), "--lstm.source.uid=again").getStreamGraph();
    assertThat(graph.getStreamNodes())
        .filteredOn(node -> node.getOperatorName().equals("Source: ticks-source"))
        .extracting(StreamNode::getTransformationUID)
        .containsExactly("again");
  }

  @Test
  void duplicatesHaveASinkIfTheyHaveATopic() {
    StreamGraph graph = job(new Configuration(), "--lstm.duplicate.topic=again").getStreamGraph();
    assertThat(graph.getStreamNodes())
        .extracting(StreamNode::getTransformationUID)
        .contains("duplicates-sink", "Sink Committer: duplicates-sink");
  }

  /** Generic types and generated uids are switched off, so either would fail the job graph. */
  @Test
  void submitsWithoutGenericTypesAndGeneratedUids() {
    StreamExecutionEnvironment env = job(new Configuration());
    assertThat(env.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
    assertThat(env.getConfiguration().get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
    assertThat(env.getStreamGraph().getJobGraph().getNumberOfVertices()).isGreaterThan(1);
  }

  @Test
  void maxParallelismAndCheckpointsHaveDefaults() {
    StreamExecutionEnvironment env = job(new Configuration());
    assertThat(env.getMaxParallelism()).isEqualTo(128);
    assertThat(env.getConfig().isUseSnapshotCompression()).isTrue();
    assertThat(env.getCheckpointInterval()).isEqualTo(10_000);
    assertThat(env.getCheckpointConfig().getExternalizedCheckpointRetention())
        .isEqualTo(ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
    for (StreamNode node : env.getStreamGraph().getStreamNodes()) {
      assertThat(node.getMaxParallelism()).as(node.getOperatorName()).isEqualTo(128);
    }
  }

  @Test
  void flinksConfigurationTakesPrecedenceOverTheDefaults() {
    Configuration given = new Configuration();
    given.set(PipelineOptions.MAX_PARALLELISM, 720);
    given.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMinutes(2));
    given.set(ExecutionOptions.SNAPSHOT_COMPRESSION, false);
    StreamExecutionEnvironment env = job(given);
    assertThat(env.getMaxParallelism()).isEqualTo(720);
    assertThat(env.getConfig().isUseSnapshotCompression()).isFalse();
    assertThat(env.getCheckpointInterval()).isEqualTo(120_000);
  }

  @Test
  void exactlyOnceAlwaysHasCheckpoints() {
    String exactlyOnce = "--lstm.sink.delivery-guarantee=exactly-once";
    assertThat(job(new Configuration(), exactlyOnce).getCheckpointInterval()).isEqualTo(10_000);
    Configuration off = new Configuration();
    off.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ZERO);
    assertThatThrownBy(() -> job(off, exactlyOnce)).hasMessageContaining("Checkpoint interval");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"execution.checkpointing.mode: AT_LEAST_ONCE", "execution.runtime-mode: BATCH"})
  void refusesWhatWouldApplyObservationsTwice(String option) {
    Configuration given = new Configuration();
    given.setString(option.split(": ")[0], option.split(": ")[1]);
    assertThatThrownBy(() -> job(given))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageContaining("expected EXACTLY_ONCE");
  }

  private static boolean isOperator(Transformation<?> transformation) {
    return !(transformation instanceof PartitionTransformation
        || transformation instanceof SideOutputTransformation
        || transformation instanceof UnionTransformation);
  }

  /** The environment as {@link ForecastJob#build} configures it, but without a broker. */
  private static StreamExecutionEnvironment job(Configuration given, String... more) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(given);
    String[] arguments = new String[ARGUMENTS.length + more.length];
    System.arraycopy(ARGUMENTS, 0, arguments, 0, ARGUMENTS.length);
    System.arraycopy(more, 0, arguments, ARGUMENTS.length, more.length);
    ForecastJobConfig config = ForecastJobConfig.fromArguments(arguments);
    ForecastJob.configure(env);
    ForecastJob.connect(
        env,
        config,
        new LstmForecastOperator(new LstmForecastFunction(ModelLoader.load(config))),
        KafkaSource.<ParsedRecord>builder()
            .setBootstrapServers("localhost:9")
            .setTopics("ticks")
            .setDeserializer(
                new ObservationDeserializer(List.of(), RecordFormatLoader.load(config, List.of())))
            .build(),
        sink(new PredictionRecordSerializer("predictions")),
        sink(new OriginalRecordSerializer("late", 1024, TimestampLimits.BROKER_DEFAULTS)),
        config.getOrNull(ForecastJobOptions.DUPLICATE_TOPIC) == null
            ? null
            : sink(
                new OriginalRecordSerializer("duplicates", 1024, TimestampLimits.BROKER_DEFAULTS)),
        sink(
            new DeadLetterRecordSerializer("dead-letters", 1024, TimestampLimits.BROKER_DEFAULTS)));
    return env;
  }

  private static <T> KafkaSink<T> sink(KafkaRecordSerializationSchema<T> serializer) {
    return KafkaSink.<T>builder()
        .setBootstrapServers("localhost:9")
        .setRecordSerializer(serializer)
        .build();
  }
}
