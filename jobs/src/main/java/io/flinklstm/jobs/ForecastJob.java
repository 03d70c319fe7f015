package io.flinklstm.jobs;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.Transform;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import io.flinklstm.jobs.config.ModelLoader;
import io.flinklstm.jobs.config.OptionsHelp;
import io.flinklstm.jobs.config.RecordFormatLoader;
import io.flinklstm.jobs.config.TransactionTimeout;
import io.flinklstm.jobs.kafka.KafkaPreflight;
import io.flinklstm.jobs.kafka.KafkaSinks;
import io.flinklstm.jobs.kafka.KafkaSources;
import io.flinklstm.jobs.kafka.ObservationDeserializer;
import io.flinklstm.jobs.kafka.ObservationWatermarks;
import io.flinklstm.jobs.kafka.ParsedRecord;
import io.flinklstm.jobs.kafka.TimestampLimits;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.stream.DeadLetter;
import io.flinklstm.stream.ForecastSettings;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.LstmForecastFunction;
import io.flinklstm.stream.LstmForecastOperator;
import io.flinklstm.stream.StreamTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The forecast job: reads ticks from Kafka, advances keyed state by one LSTM step per event, and
 * writes forecasts to Kafka.
 *
 * <pre>
 *   ticks-source -> observations -> keyBy -> lstm-forecast -> predictions-sink
 *                        |                        |---------> late-sink
 *                        |                        |---------> duplicates-sink, if configured
 *                        '------------------------'---------> dead-letters-sink
 * </pre>
 */
@PublicEvolving
public final class ForecastJob {

  private static final Logger LOG = LoggerFactory.getLogger(ForecastJob.class);
  private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
  private static final int MAX_PARALLELISM = 128;

  private ForecastJob() {}

  public static void main(String[] arguments) throws Exception {
    if (ForecastJobConfig.asksForHelp(arguments)) {
      System.out.print(OptionsHelp.text());
      return;
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env, ForecastJobConfig.fromArguments(arguments));
    logBalance(env.execute("flink-lstm forecast"));
  }

  /** Logs the outcome counts after a clean stop; only an attached client receives them. */
  private static void logBalance(JobExecutionResult result) {
    if (result.isJobExecutionResult()) {
      LOG.info("Balance of the job: {}", Ledger.balance(result.getAllAccumulatorResults()));
    }
  }

  /**
   * Adds the job to an environment after reading the model and checking the topics at the broker.
   *
   * @throws JobConfigurationException if the job cannot run with this configuration
   */
  public static void build(StreamExecutionEnvironment env, ForecastJobConfig config) {
    build(
        env,
        config,
        (model, settings) -> new LstmForecastOperator(new LstmForecastFunction(model, settings)));
  }

  /**
   * Like {@link #build(StreamExecutionEnvironment, ForecastJobConfig)}, but with an operator of
   * your own instead of the {@link LstmForecastOperator}.
   *
   * @param forecast creates the operator from the model and the settings
   * @throws JobConfigurationException if the job cannot run with this configuration
   */
  public static void build(
      StreamExecutionEnvironment env,
      ForecastJobConfig config,
      BiFunction<ForecastModel, ForecastSettings, OneInputStreamOperator<Observation, Prediction>>
          forecast) {
    ForecastModel model = ModelLoader.load(config);
    List<String> fields = model.card().fields();
    RecordFormat format = RecordFormatLoader.load(config, fields);
    configure(env);
    TransactionTimeout.check(config, env.getCheckpointConfig());
    Map<String, TimestampLimits> limits = KafkaPreflight.check(config, config.copyTopicOptions());
    KafkaSinks sinks = new KafkaSinks(config, limits);
    connect(
        env,
        config,
        forecast.apply(model, settings(config, model.card())),
        KafkaSources.ticks(config, new ObservationDeserializer(fields, format)),
        sinks.predictions(),
        sinks.late(),
        sinks.duplicates(),
        sinks.deadLetters());
  }

  /**
   * The topology. Its uids must not change, because savepoints find state by them.
   *
   * @param duplicateSink null for none
   */
  static void connect(
      StreamExecutionEnvironment env,
      ForecastJobConfig config,
      OneInputStreamOperator<Observation, Prediction> forecast,
      Source<ParsedRecord, ?, ?> ticks,
      Sink<Prediction> predictionSink,
      Sink<Observation> lateSink,
      @Nullable Sink<Observation> duplicateSink,
      Sink<DeadLetter> deadLetterSink) {
    String sourceUid = config.get(ForecastJobOptions.SOURCE_UID);
    SingleOutputStreamOperator<Observation> observations =
        env.fromSource(ticks, watermarks(config), "ticks-source", ParsedRecord.TYPE)
            .uid(sourceUid)
            .transform(
                "observations",
                StreamTypes.OBSERVATION,
                new ObservationsOperator(timeFormat(config), sourceUid, config.sourceTopics()))
            .uid("observations");

    SingleOutputStreamOperator<Prediction> predictions =
        observations
            .keyBy(Observation::key, Types.STRING)
            .transform("lstm-forecast", StreamTypes.PREDICTION, forecast)
            .uid("lstm-forecast");

    sink(predictions, predictionSink, "predictions-sink");
    sink(predictions.getSideOutput(LstmForecastFunction.LATE), lateSink, "late-sink");
    if (duplicateSink != null) {
      sink(
          predictions.getSideOutput(LstmForecastFunction.DUPLICATES),
          duplicateSink,
          "duplicates-sink");
    }
    sink(
        observations
            .getSideOutput(LstmForecastFunction.DEAD_LETTERS)
            .union(predictions.getSideOutput(LstmForecastFunction.DEAD_LETTERS)),
        deadLetterSink,
        "dead-letters-sink");
  }

  /** Null if the records' own timestamps are the event times. */
  private static @Nullable TimeFormat timeFormat(ForecastJobConfig config) {
    return config.getOrNull(ForecastJobOptions.TIME_FIELD) == null ? null : config.timeFormat();
  }

  private static <T> void sink(DataStream<T> records, Sink<T> sink, String uid) {
    records.sinkTo(sink).uid(uid).name(uid);
  }

  /** Every partition has its own watermark, and the lowest one counts. */
  private static WatermarkStrategy<ParsedRecord> watermarks(ForecastJobConfig config) {
    WatermarkStrategy<ParsedRecord> bounded =
        WatermarkStrategy.forBoundedOutOfOrderness(
            config.get(ForecastJobOptions.MAX_OUT_OF_ORDERNESS));
    Duration idleness = config.get(ForecastJobOptions.IDLENESS);
    WatermarkStrategy<ParsedRecord> idling =
        idleness.isZero() ? bounded : bounded.withIdleness(idleness);
    return WatermarkStrategy.<ParsedRecord>forGenerator(
            context -> new ObservationWatermarks(idling.createWatermarkGenerator(context)))
        .withTimestampAssigner(
            (record, kafkaTimestamp) -> ObservationDeserializer.eventTime(record));
  }

  private static ForecastSettings settings(ForecastJobConfig config, ModelCard card) {
    ForecastSettings settings = config.settings(card);
    StreamPolicy policy = settings.policy();
    if (!Objects.equals(policy.gap(), card.gap()) || policy.gapPolicy() != card.gapPolicy()) {
      LOG.warn(
          "Gap of {} with policy {} instead of the model card's {} with {}, which training used",
          policy.gap(),
          policy.gapPolicy(),
          card.gap(),
          card.gapPolicy());
    }
    warnOfOutliers(card, policy);
    return settings;
  }

  /** A feature relative to the last value cannot follow a jump beyond its reject limit. */
  private static void warnOfOutliers(ModelCard card, StreamPolicy policy) {
    boolean heals =
        policy.ttl() != null
            || policy.gap() != null && policy.gapPolicy() == ModelCard.GapPolicy.RESET;
    for (Feature feature : card.features()) {
      boolean relative =
          feature.transform() == Transform.DIFFERENCE
              || feature.transform() == Transform.LOG_RETURN;
      if (relative && Double.isFinite(feature.reject()) && !heals) {
        LOG.warn(
            "reject of feature {}: expected a gap with policy RESET or a ttl beside it, got none;"
                + " once a stream's level jumps by more than that, all its records become dead"
                + " letters",
            feature.name());
      }
    }
  }

  /**
   * Sets our defaults where Flink's configuration does not say otherwise. Checkpoints are always
   * on: Flink itself refuses an interval of 0, and exactly-once requires them.
   */
  static void configure(StreamExecutionEnvironment env) {
    ReadableConfig given = env.getConfiguration();
    Configuration defaults = new Configuration();
    defaults.set(PipelineOptions.GENERIC_TYPES, false);
    defaults.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    // Safe: the records between our operators are immutable.
    defaults.set(PipelineOptions.OBJECT_REUSE, true);
    if (given.getOptional(PipelineOptions.MAX_PARALLELISM).isEmpty()) {
      defaults.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    }
    if (given.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
      defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, DEFAULT_CHECKPOINT_INTERVAL);
    }
    if (given.getOptional(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION).isEmpty()) {
      // A job that ends because of lost output or another model can resume from its last
      // checkpoint.
      defaults.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
    }
    if (given.getOptional(ExecutionOptions.SNAPSHOT_COMPRESSION).isEmpty()) {
      // Not to save space: only compressed blocks have the checksums that SnapshotCheck verifies.
      defaults.set(ExecutionOptions.SNAPSHOT_COMPRESSION, true);
    }
    env.configure(defaults);
    CheckpointingMode mode = env.getCheckpointConfig().getCheckpointingConsistencyMode();
    if (mode != CheckpointingMode.EXACTLY_ONCE) {
      // Otherwise h and c could already include records after the barrier, which are read again.
      throw new JobConfigurationException(
          CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE.key()
              + ": expected EXACTLY_ONCE, in streaming mode, so that no observation is applied"
              + " twice to a stream's state, got "
              + mode);
    }
  }
}
