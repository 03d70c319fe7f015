package io.flinklstm.jobs;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.StreamTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * The forecast job: ticks from Kafka, one LSTM step per event in keyed state, forecasts to Kafka.
 *
 * <pre>
 *   ticks-source -> observations -> keyBy -> lstm-forecast -> predictions-sink
 *                        |                        |---------> late-sink
 *                        '------------------------'---------> dead-letters-sink
 * </pre>
 */
public final class ForecastJob {

  private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
  private static final int MAX_PARALLELISM = 128;
  // Kafka brokers refuse transactions longer than transaction.max.timeout.ms, 15 minutes by
  // default; the sink's own default is an hour.
  private static final String TRANSACTION_TIMEOUT_MS = "900000";

  private ForecastJob() {}

  public static void main(String[] arguments) throws Exception {
    if (ForecastJobConfig.asksForHelp(arguments)) {
      System.out.print(OptionsHelp.text());
      return;
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env, ForecastJobConfig.fromArguments(arguments));
    env.execute("flink-lstm forecast");
  }

  /**
   * Adds the job to an environment, after asking the broker for the topics and reading the model.
   *
   * @throws JobConfigurationException if the job could not run as it is configured
   */
  public static void build(StreamExecutionEnvironment env, ForecastJobConfig config) {
    ForecastModel model = ModelLoader.load(config);
    configure(env);
    Map<String, TimestampLimits> limits =
        KafkaPreflight.check(
            config, List.of(ForecastJobOptions.LATE_TOPIC, ForecastJobOptions.DEAD_LETTER_TOPIC));
    String lateTopic = config.get(ForecastJobOptions.LATE_TOPIC);
    String deadLetterTopic = config.get(ForecastJobOptions.DEAD_LETTER_TOPIC);
    long maxBytes = config.get(ForecastJobOptions.DEAD_LETTER_MAX_BYTES).getBytes();
    connect(
        env,
        config,
        model,
        source(config),
        sink(
            config,
            "predictions",
            new PredictionRecordSerializer(config.get(ForecastJobOptions.SINK_TOPIC))),
        sink(config, "late", new LateRecordSerializer(lateTopic, maxBytes, limits.get(lateTopic))),
        sink(
            config,
            "dead-letters",
            new DeadLetterRecordSerializer(
                deadLetterTopic, maxBytes, limits.get(deadLetterTopic))));
  }

  /** The topology; its uids are frozen, for state is found by them. */
  static void connect(
      StreamExecutionEnvironment env,
      ForecastJobConfig config,
      ForecastModel model,
      Source<SourceRecord, ?, ?> ticks,
      Sink<Prediction> predictionSink,
      Sink<Observation> lateSink,
      Sink<DeadLetter> deadLetterSink) {
    SingleOutputStreamOperator<Observation> observations =
        env.fromSource(
                ticks, WatermarkStrategy.noWatermarks(), "ticks-source", StreamTypes.SOURCE_RECORD)
            .uid("ticks-source")
            .process(new ParseFunction(model.card().fields(), config.recordFormat()))
            .uid("observations")
            .name("observations");

    SingleOutputStreamOperator<Prediction> predictions =
        observations
            .keyBy(Observation::key, Types.STRING)
            .process(
                new LstmForecastFunction(
                    model,
                    config.get(ForecastJobOptions.KERNEL),
                    config.get(ForecastJobOptions.ON_MODEL_CHANGE)))
            .uid("lstm-forecast")
            .name("lstm-forecast");

    predictions.sinkTo(predictionSink).uid("predictions-sink").name("predictions-sink");
    predictions
        .getSideOutput(LstmForecastFunction.LATE)
        .sinkTo(lateSink)
        .uid("late-sink")
        .name("late-sink");
    observations
        .getSideOutput(LstmForecastFunction.DEAD_LETTERS)
        .union(predictions.getSideOutput(LstmForecastFunction.DEAD_LETTERS))
        .sinkTo(deadLetterSink)
        .uid("dead-letters-sink")
        .name("dead-letters-sink");
  }

  /**
   * Our defaults, where Flink's configuration does not say otherwise. Checkpoints are always on:
   * Flink itself refuses an interval of 0, and exactly-once could not do without.
   */
  static void configure(StreamExecutionEnvironment env) {
    ReadableConfig given = env.getConfiguration();
    Configuration defaults = new Configuration();
    defaults.set(PipelineOptions.GENERIC_TYPES, false);
    defaults.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    // Safe: what flows between our operators is immutable.
    defaults.set(PipelineOptions.OBJECT_REUSE, true);
    if (given.getOptional(PipelineOptions.MAX_PARALLELISM).isEmpty()) {
      defaults.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    }
    if (given.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
      defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, DEFAULT_CHECKPOINT_INTERVAL);
    }
    env.configure(defaults);
    CheckpointingMode mode = env.getCheckpointConfig().getCheckpointingConsistencyMode();
    if (mode != CheckpointingMode.EXACTLY_ONCE) {
      // Otherwise records behind a barrier could be in h and c when they are read a second time.
      throw new JobConfigurationException(
          CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key()
              + ": expected EXACTLY_ONCE, in streaming mode, so that no observation is applied"
              + " twice to a memory, got "
              + mode);
    }
  }

  @SuppressWarnings("deprecation") // The connector has no other way to name the fallback.
  private static KafkaSource<SourceRecord> source(ForecastJobConfig config) {
    Properties properties = config.kafkaProperties();
    properties.putIfAbsent("isolation.level", "read_committed");
    return KafkaSource.<SourceRecord>builder()
        .setProperties(properties)
        .setTopics(config.get(ForecastJobOptions.SOURCE_TOPIC))
        .setGroupId(config.get(ForecastJobOptions.GROUP_ID))
        .setStartingOffsets(
            switch (config.get(ForecastJobOptions.STARTING_OFFSETS)) {
              case EARLIEST -> OffsetsInitializer.earliest();
              case LATEST -> OffsetsInitializer.latest();
              case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            })
        .setDeserializer(new SourceRecordDeserializer())
        .build();
  }

  private static <T> KafkaSink<T> sink(
      ForecastJobConfig config, String name, KafkaRecordSerializationSchema<T> serializer) {
    Properties properties = config.kafkaProperties();
    properties.putIfAbsent("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS);
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(properties)
        .setBootstrapServers(config.get(ForecastJobOptions.BOOTSTRAP_SERVERS))
        .setDeliveryGuarantee(config.get(ForecastJobOptions.DELIVERY_GUARANTEE).ofSinks())
        .setTransactionalIdPrefix(
            config.get(ForecastJobOptions.TRANSACTIONAL_ID_PREFIX) + "-" + name)
        .setRecordSerializer(serializer)
        .build();
  }
}
