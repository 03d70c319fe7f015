package io.flinklstm.jobs.config;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.ForecastSettings;
import java.time.Duration;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** Every option of the forecast job; the descriptions are its documentation. */
@PublicEvolving
public final class ForecastJobOptions {

  /** What begins so reaches every Kafka client as it is, without the prefix. */
  public static final String KAFKA_PROPERTIES_PREFIX = "lstm.kafka.properties.";

  /** Where reading begins when the job starts without a checkpoint or savepoint. */
  public enum StartingOffsets {
    EARLIEST,
    LATEST,
    COMMITTED
  }

  /** How often a prediction, late record or dead letter is seen after a failure. */
  public enum OutputGuarantee {
    AT_LEAST_ONCE(DeliveryGuarantee.AT_LEAST_ONCE),
    EXACTLY_ONCE(DeliveryGuarantee.EXACTLY_ONCE);

    private final DeliveryGuarantee ofSinks;

    OutputGuarantee(DeliveryGuarantee ofSinks) {
      this.ofSinks = ofSinks;
    }

    public DeliveryGuarantee ofSinks() {
      return ofSinks;
    }

    /** As the option spells it. */
    @Override
    public String toString() {
      return ofSinks.toString();
    }
  }

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      ConfigOptions.key("lstm.kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Required. Kafka brokers to begin with, host:port, separated by commas.");

  public static final ConfigOption<String> SOURCE_TOPIC =
      ConfigOptions.key("lstm.source.topic")
          .stringType()
          .defaultValue("ticks")
          .withDescription("Topic of the observations.");

  public static final ConfigOption<String> GROUP_ID =
      ConfigOptions.key("lstm.source.group-id")
          .stringType()
          .defaultValue("flink-lstm")
          .withDescription(
              "Consumer group under which offsets are committed at checkpoints. Recovery does not"
                  + " depend on them: Flink's own state has the offsets.");

  public static final ConfigOption<StartingOffsets> STARTING_OFFSETS =
      ConfigOptions.key("lstm.source.starting-offsets")
          .enumType(StartingOffsets.class)
          .defaultValue(StartingOffsets.EARLIEST)
          .withDescription(
              "Where reading begins without a checkpoint or savepoint: earliest (the state of every"
                  + " stream is built from all that the topic holds), latest, or committed (the"
                  + " group's offsets, earliest where there are none).");

  public static final ConfigOption<ValueFormat> SOURCE_FORMAT =
      ConfigOptions.key("lstm.source.format")
          .enumType(ValueFormat.class)
          .defaultValue(ValueFormat.JSON)
          .withDescription(
              "How the values of the observations are written: json (an object), csv (a line without"
                  + " header) or avro (a binary datum, without registry frame).");

  public static final ConfigOption<String> CSV_COLUMNS =
      ConfigOptions.key("lstm.source.csv-columns")
          .stringType()
          .defaultValue("")
          .withDescription(
              "With csv: the names of the columns in their order, separated by commas; columns that"
                  + " no field needs, also those with an empty name, are skipped. Empty: the key,"
                  + " time and sequence fields, where there are such, then the fields of the model"
                  + " card.");

  public static final ConfigOption<String> AVRO_SCHEMA =
      ConfigOptions.key("lstm.source.avro-schema")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With avro: the schema that the records were written with, an .avsc file; any path"
                  + " that Flink's file systems know. Read once where the job is submitted. Its"
                  + " fields are found by name, others are skipped. Unless given, a record of the"
                  + " key field (string), the time field (long), the sequence field (long), where"
                  + " there are such, and the fields of the model card (double).");

  public static final ConfigOption<String> KEY_FIELD =
      ConfigOptions.key("lstm.source.key-field")
          .stringType()
          .defaultValue("key")
          .withDescription(
              "Field that names the stream (a string or a whole number). Empty: the Kafka record"
                  + " key, as UTF-8. All records of a stream must be in one partition, in"
                  + " order, so give the Kafka records a key of their stream too.");

  public static final ConfigOption<String> TIME_FIELD =
      ConfigOptions.key("lstm.source.time-field")
          .stringType()
          .defaultValue("event_time")
          .withDescription("Field of the event time. Empty: the Kafka record timestamp.");

  public static final ConfigOption<TimeFormat> TIME_FORMAT =
      ConfigOptions.key("lstm.source.time-format")
          .enumType(TimeFormat.class)
          .defaultValue(TimeFormat.MS)
          .withDescription(
              "What the time field holds: ms, s (fractions allowed) or us since the epoch, or iso"
                  + " (2019-01-01T00:00:00.123Z).");

  public static final ConfigOption<String> SEQUENCE_FIELD =
      ConfigOptions.key("lstm.source.sequence-field")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Field of a whole number that rises with every observation of a key. An"
                  + " observation whose number is not above the last applied one of its key is a"
                  + " duplicate: counted, not applied, not forecast. Empty: none.");

  public static final ConfigOption<Duration> MAX_AHEAD =
      ConfigOptions.key("lstm.source.max-ahead")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription(
              "How far the event time may be ahead of the Kafka record timestamp; beyond, the"
                  + " record is a dead letter.");

  public static final ConfigOption<Duration> IDLENESS =
      ConfigOptions.key("lstm.source.idleness")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "A partition from which nothing has come for so long no longer holds the watermark"
                  + " back, by the wall clock. 0: it does for ever. Matters where"
                  + " lstm.stream.max-out-of-orderness or lstm.stream.ttl is set.");

  public static final ConfigOption<Duration> GAP =
      ConfigOptions.key("lstm.stream.gap")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "The longest pause between two observations of a key, by event time; the prediction"
                  + " after a longer one says so (gap_ms). Unless given, the model card's, because"
                  + " training cut there.");

  public static final ConfigOption<ModelCard.GapPolicy> GAP_POLICY =
      ConfigOptions.key("lstm.stream.gap-policy")
          .enumType(ModelCard.GapPolicy.class)
          .noDefaultValue()
          .withDescription(
              "After a longer pause: keep goes on with the stream's state, reset starts from"
                  + " scratch. Unless given, the model card's.");

  public static final ConfigOption<Duration> TTL =
      ConfigOptions.key("lstm.stream.ttl")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "A key that returns after a longer pause, by event time, starts from scratch"
                  + " (reset: EXPIRED), and the state of keys that do not return is reclaimed once"
                  + " the watermark has passed. Must be longer than the gap and than"
                  + " lstm.source.max-ahead. Unless given, never.");

  public static final ConfigOption<Duration> MAX_OUT_OF_ORDERNESS =
      ConfigOptions.key("lstm.stream.max-out-of-orderness")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription(
              "0: observations are applied as they arrive, and older ones are late. Above: they"
                  + " wait until the newest of their partition is ahead by so much, and are applied"
                  + " in the order of event time, sequence, partition, offset; one that comes"
                  + " later still is late only if it is older than the last one applied.");

  public static final ConfigOption<Integer> MAX_BUFFERED_EVENTS =
      ConfigOptions.key("lstm.stream.max-buffered-events")
          .intType()
          .defaultValue(ForecastSettings.DEFAULT_MAX_BUFFERED_EVENTS)
          .withDescription(
              "Observations of one key that may wait. With one more, the key's oldest is applied"
                  + " early (metric appliedEarly), and what comes older than it is late.");

  public static final ConfigOption<String> SINK_TOPIC =
      ConfigOptions.key("lstm.sink.topic")
          .stringType()
          .defaultValue("predictions")
          .withDescription("Topic of the predictions.");

  public static final ConfigOption<ValueFormat> SINK_FORMAT =
      ConfigOptions.key("lstm.sink.format")
          .enumType(ValueFormat.class)
          .defaultValue(ValueFormat.JSON)
          .withDescription(
              "How the values of the predictions are written: json, csv or avro (schema:"
                  + " config/schemas/prediction.avsc). Late records and dead letters stay as they"
                  + " are.");

  public static final ConfigOption<OutputGuarantee> DELIVERY_GUARANTEE =
      ConfigOptions.key("lstm.sink.delivery-guarantee")
          .enumType(OutputGuarantee.class)
          .defaultValue(OutputGuarantee.AT_LEAST_ONCE)
          .withDescription(
              "at-least-once: a prediction is visible in milliseconds; after a failure some are"
                  + " repeated with the same prediction_id and the same bits. exactly-once: nothing"
                  + " is repeated, and predictions become visible to read_committed consumers at"
                  + " checkpoints. Holds for the late and dead-letter topics too.");

  public static final ConfigOption<String> TRANSACTIONAL_ID_PREFIX =
      ConfigOptions.key("lstm.sink.transactional-id-prefix")
          .stringType()
          .defaultValue("flink-lstm")
          .withDescription(
              "Prefix of the transactional ids with exactly-once: letters, digits, dots, dashes and"
                  + " underscores; must differ between jobs on one Kafka cluster, and none may begin"
                  + " with another's.");

  public static final ConfigOption<OnLostTransaction> ON_LOST_TRANSACTION =
      ConfigOptions.key("lstm.sink.on-lost-transaction")
          .enumType(OnLostTransaction.class)
          .defaultValue(OnLostTransaction.FAIL)
          .withDescription(
              "With exactly-once, when the broker has aborted a transaction that a checkpoint counts"
                  + " on, as after a downtime beyond transaction.timeout.ms: fail ends the job, count"
                  + " goes on without that output (metric lostTransactions).");

  public static final ConfigOption<String> LATE_TOPIC =
      ConfigOptions.key("lstm.late.topic")
          .stringType()
          .defaultValue("ticks.late")
          .withDescription(
              "Topic of records older than the last one applied for their key, byte for byte.");

  public static final ConfigOption<String> DUPLICATE_TOPIC =
      ConfigOptions.key("lstm.duplicate.topic")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Topic of duplicates (lstm.source.sequence-field), byte for byte. Empty: they are"
                  + " counted only.");

  public static final ConfigOption<String> DEAD_LETTER_TOPIC =
      ConfigOptions.key("lstm.dead-letter.topic")
          .stringType()
          .defaultValue("ticks.dead-letters")
          .withDescription(
              "Topic of records that cannot be used, byte for byte, with headers that say why.");

  public static final ConfigOption<MemorySize> DEAD_LETTER_MAX_BYTES =
      ConfigOptions.key("lstm.dead-letter.max-bytes")
          .memoryType()
          .defaultValue(MemorySize.parse("900 kb"))
          .withDescription(
              "Key, value and headers of a dead letter or late record beyond this are cut and"
                  + " marked (header __flink.errors.cut), so that the broker takes the record.");

  public static final ConfigOption<String> MODEL_PATH =
      ConfigOptions.key("lstm.model.path")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Required. The model, a safetensors, ONNX or Keras file; any path that Flink's file"
                  + " systems know. Read once where the job is submitted.");

  public static final ConfigOption<String> MODEL_CARD =
      ConfigOptions.key("lstm.model.card")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The model card, a YAML or JSON file, for a model file that carries none; takes"
                  + " precedence over one that it carries.");

  public static final ConfigOption<OnModelChange> ON_MODEL_CHANGE =
      ConfigOptions.key("lstm.model.on-change")
          .enumType(OnModelChange.class)
          .defaultValue(OnModelChange.FAIL)
          .withDescription(
              "When the restored state belongs to another model: FAIL stops the job before the"
                  + " first event, RESET lets every stream start from scratch.");

  public static final ConfigOption<KernelType> KERNEL =
      ConfigOptions.key("lstm.kernel")
          .enumType(KernelType.class)
          .defaultValue(KernelType.AUTO)
          .withDescription(
              "The arithmetic: auto (the fastest this JVM can run), vector (needs JVMs started with"
                  + " --add-modules=jdk.incubator.vector), plain (Java that the JIT vectorises) or"
                  + " ejml (the readable reference, slow). All but ejml give the same bits.");

  /** All options, in the order in which a person would want to read them. */
  public static final List<ConfigOption<?>> ALL =
      List.of(
          BOOTSTRAP_SERVERS,
          MODEL_PATH,
          MODEL_CARD,
          ON_MODEL_CHANGE,
          SOURCE_TOPIC,
          GROUP_ID,
          STARTING_OFFSETS,
          SOURCE_FORMAT,
          CSV_COLUMNS,
          AVRO_SCHEMA,
          KEY_FIELD,
          TIME_FIELD,
          TIME_FORMAT,
          SEQUENCE_FIELD,
          MAX_AHEAD,
          IDLENESS,
          GAP,
          GAP_POLICY,
          TTL,
          MAX_OUT_OF_ORDERNESS,
          MAX_BUFFERED_EVENTS,
          SINK_TOPIC,
          SINK_FORMAT,
          DELIVERY_GUARANTEE,
          TRANSACTIONAL_ID_PREFIX,
          ON_LOST_TRANSACTION,
          LATE_TOPIC,
          DUPLICATE_TOPIC,
          DEAD_LETTER_TOPIC,
          DEAD_LETTER_MAX_BYTES,
          KERNEL);

  private ForecastJobOptions() {}
}
