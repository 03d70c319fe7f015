package io.flinklstm.jobs.config;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.jobs.registry.RegistrySettings;
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

  /** Keys with this prefix are passed to every Kafka client unchanged, without the prefix. */
  public static final String KAFKA_PROPERTIES_PREFIX = "lstm.kafka.properties.";

  /** Where to start reading without a checkpoint or savepoint. */
  public enum StartingOffsets {
    EARLIEST,
    LATEST,
    COMMITTED
  }

  /** How often predictions and copied records appear in their topics after a failure. */
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

    /** The name as users write it in the option. */
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
              "Required. Kafka brokers to connect to first, as host:port, separated by commas.");

  public static final ConfigOption<String> SOURCE_TOPIC =
      ConfigOptions.key("lstm.source.topic")
          .stringType()
          .defaultValue("ticks")
          .withDescription(
              "Topics to read observations from, separated by commas. Between two topics or"
                  + " partitions there is no order, so all records of a stream belong in one"
                  + " partition of one topic.");

  public static final ConfigOption<String> SOURCE_TOPIC_PATTERN =
      ConfigOptions.key("lstm.source.topic-pattern")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Instead of lstm.source.topic: a regular expression for the whole names of the topics"
                  + " to read. New topics that match are found within a minute. It must not match a"
                  + " topic that the job writes.");

  public static final ConfigOption<String> GROUP_ID =
      ConfigOptions.key("lstm.source.group-id")
          .stringType()
          .defaultValue("flink-lstm")
          .withDescription(
              "Consumer group whose offsets are committed at checkpoints. Recovery does not depend"
                  + " on them: Flink restores the offsets from its own state.");

  public static final ConfigOption<StartingOffsets> STARTING_OFFSETS =
      ConfigOptions.key("lstm.source.starting-offsets")
          .enumType(StartingOffsets.class)
          .defaultValue(StartingOffsets.EARLIEST)
          .withDescription(
              "Where to start reading without a checkpoint or savepoint: earliest (builds every"
                  + " stream's state from the whole topic), latest, or committed (the group's"
                  + " offsets; earliest for partitions without one).");

  public static final ConfigOption<String> SOURCE_UID =
      ConfigOptions.key("lstm.source.uid")
          .stringType()
          .defaultValue("ticks-source")
          .withDescription(
              "Name under which savepoints keep the source's topics and offsets. With another name,"
                  + " and a restore with --allowNonRestoredState, the source starts again at"
                  + " lstm.source.starting-offsets while every stream keeps its state.");

  public static final ConfigOption<ValueFormat> SOURCE_FORMAT =
      ConfigOptions.key("lstm.source.format")
          .enumType(ValueFormat.class)
          .defaultValue(ValueFormat.JSON)
          .withDescription(
              "Format of the observations: json (one object per record), csv (one line, no header)"
                  + " or avro (one binary datum, with the id of its schema if a schema registry is set).");

  public static final ConfigOption<String> CSV_COLUMNS =
      ConfigOptions.key("lstm.source.csv-columns")
          .stringType()
          .defaultValue("")
          .withDescription(
              "With csv: the column names in order, separated by commas. Columns that no field"
                  + " needs are skipped; their names may be empty. If the option is empty, the"
                  + " columns are the configured key, time and sequence fields, then the fields of"
                  + " the model card.");

  public static final ConfigOption<String> AVRO_SCHEMA =
      ConfigOptions.key("lstm.source.avro-schema")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With avro: the schema that the records were written with, an .avsc file on any file"
                  + " system that Flink supports; read once, when the job is submitted. Fields are"
                  + " matched by name, others are skipped. If not set, the schema is a record of"
                  + " the configured key field (string), time field (long; string with iso) and"
                  + " sequence field (long), then the fields of the model card (double).");

  public static final ConfigOption<String> REGISTRY_URL =
      ConfigOptions.key("lstm.source.schema-registry.url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With avro: addresses (http or https) of a schema registry with Confluent's"
                  + " interface, separated by commas. Records then begin with the id of their schema"
                  + " (Confluent's wire format). If lstm.source.avro-schema is set too, it is the"
                  + " reader's schema, to which Avro resolves the writers'.");

  public static final ConfigOption<String> REGISTRY_BASIC_AUTH =
      ConfigOptions.key("lstm.source.schema-registry.basic-auth")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "User and password for the schema registry, with a colon between them. The password"
                  + " or both only as a reference, for example job:${env:REGISTRY_PASSWORD}.");

  public static final ConfigOption<String> REGISTRY_TRUSTSTORE =
      ConfigOptions.key("lstm.source.schema-registry.truststore")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "File with the certificates to trust when connecting to the schema registry: PEM,"
                  + " PKCS12 or JKS. It must exist on the client and on every TaskManager. If not"
                  + " set, those of the JVM.");

  public static final ConfigOption<String> REGISTRY_TRUSTSTORE_PASSWORD =
      ConfigOptions.key("lstm.source.schema-registry.truststore-password")
          .stringType()
          .noDefaultValue()
          .withDescription("Password of a PKCS12 or JKS truststore, only as a reference.");

  public static final ConfigOption<RegistrySettings.OnFailure> REGISTRY_ON_FAILURE =
      ConfigOptions.key("lstm.source.schema-registry.on-failure")
          .enumType(RegistrySettings.OnFailure.class)
          .defaultValue(RegistrySettings.OnFailure.FAIL)
          .withDescription(
              "What happens when a record has a schema that the job has not seen yet, and the"
                  + " registry does not answer for about 10 s: fail lets the job fail and restart,"
                  + " dead-letter makes such records dead letters (SCHEMA_UNAVAILABLE).");

  public static final ConfigOption<String> KEY_FIELD =
      ConfigOptions.key("lstm.source.key-field")
          .stringType()
          .defaultValue("key")
          .withDescription(
              "Field with the name of the stream (a string or a whole number), or a list of fields"
                  + " like [exchange, symbol], whose values are joined with colons. Fields may be"
                  + " paths: data.s, $key.id, $header.exchange, $topic. If empty, the Kafka record"
                  + " key is used, decoded as UTF-8. All records of a stream must be in"
                  + " one partition, in order, so use the stream's name as the Kafka record key"
                  + " too.");

  public static final ConfigOption<String> KEY_CONSTANT =
      ConfigOptions.key("lstm.source.key-constant")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Name of the only stream, to which all records belong. Not together with"
                  + " lstm.source.key-field.");

  public static final ConfigOption<String> RECORDS =
      ConfigOptions.key("lstm.source.records")
          .stringType()
          .defaultValue("")
          .withDescription(
              "With json or avro: the path of the observations in a record that holds several,"
                  + " for example data[*] or [*]. The paths of fields then begin at the element;"
                  + " those that begin with $ are paths from the whole record ($.symbol). If empty,"
                  + " each record is one observation.");

  public static final ConfigOption<String> WHERE =
      ConfigOptions.key("lstm.source.where")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Condition that observations must meet, for example: type = \"trade\" and data.size"
                  + " > 0. Others are skipped and counted, and are no dead letters. Comparisons (= !="
                  + " < <= > >=) of fields with numbers, texts in quotes, true or false, combined by"
                  + " and, or and parentheses; a comparison with a missing field is"
                  + " false. If empty, nothing is skipped.");

  public static final ConfigOption<String> PARSE =
      ConfigOptions.key("lstm.source.parse")
          .stringType()
          .defaultValue("")
          .withDescription(
              "With json: fields whose text is JSON itself, separated by commas. Other paths go on"
                  + " inside: with data here, data.price is a field of the JSON in data.");

  public static final ConfigOption<Boolean> LENIENT_NUMBERS =
      ConfigOptions.key("lstm.source.lenient-numbers")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether a string in JSON or Avro may stand for the number in it (\"51.5\" for 51.5)."
                  + " false: such a record is a dead letter.");

  public static final ConfigOption<String> TIME_FIELD =
      ConfigOptions.key("lstm.source.time-field")
          .stringType()
          .defaultValue("event_time")
          .withDescription(
              "Field with the event time. If empty, the Kafka record timestamp is used.");

  public static final ConfigOption<String> TIME_FORMAT =
      ConfigOptions.key("lstm.source.time-format")
          .stringType()
          .defaultValue("ms")
          .withDescription(
              "Format of the time field: ms, s (fractions allowed), us or ns since the epoch; iso"
                  + " (2019-01-01T00:00:00.123Z, the T, time and offset optional); or a pattern of"
                  + " Java's DateTimeFormatter, such as dd.MM.yyyy HH:mm:ss, in which months and"
                  + " weekdays have English names.");

  public static final ConfigOption<String> TIME_ZONE =
      ConfigOptions.key("lstm.source.time-zone")
          .stringType()
          .defaultValue("UTC")
          .withDescription(
              "Time zone of event times that are texts without an offset: a region such as"
                  + " America/New_York, or an offset such as +05:30.");

  public static final ConfigOption<String> SEQUENCE_FIELD =
      ConfigOptions.key("lstm.source.sequence-field")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Field with a whole number that increases with every observation of a key. An"
                  + " observation whose number is not above the last one applied for its key is a"
                  + " duplicate: it is counted, but not applied or forecast. Numbers may start again"
                  + " after a pause longer than lstm.stream.ttl, or than the gap with policy reset."
                  + " If empty, duplicates are not detected.");

  public static final ConfigOption<String> MIN_TIME =
      ConfigOptions.key("lstm.source.min-time")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The earliest event time, as a day or an ISO time; a record before it is a dead"
                  + " letter. If not set, times from 1970 on are accepted.");

  public static final ConfigOption<Duration> MAX_AHEAD =
      ConfigOptions.key("lstm.source.max-ahead")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "How far the event time may be ahead of the Kafka record timestamp. A record further"
                  + " ahead is a dead letter.");

  public static final ConfigOption<Duration> IDLENESS =
      ConfigOptions.key("lstm.source.idleness")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "How long a partition may be silent, in wall-clock time, before it stops holding back"
                  + " the watermark. 0: a silent partition holds it back forever. Only matters if"
                  + " lstm.stream.max-out-of-orderness or lstm.stream.ttl is set.");

  public static final ConfigOption<Duration> GAP =
      ConfigOptions.key("lstm.stream.gap")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "Longest normal pause between two observations of a key, in event time; the"
                  + " prediction after a longer one reports it (gap_ms). If not set, the model"
                  + " card's gap applies, which is where training split the data.");

  public static final ConfigOption<ModelCard.GapPolicy> GAP_POLICY =
      ConfigOptions.key("lstm.stream.gap-policy")
          .enumType(ModelCard.GapPolicy.class)
          .noDefaultValue()
          .withDescription(
              "What happens after a pause longer than the gap: keep continues with the stream's"
                  + " state, reset starts from scratch. If not set, the model card's policy"
                  + " applies.");

  public static final ConfigOption<Duration> TTL =
      ConfigOptions.key("lstm.stream.ttl")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "How long a key's state lives without an observation, in event time. A key that"
                  + " returns later starts from scratch (reset: EXPIRED); the state of keys that do"
                  + " not return is reclaimed as the watermark advances. Must be longer than the"
                  + " gap and lstm.source.max-ahead. If not set, state never expires.");

  public static final ConfigOption<Duration> MAX_OUT_OF_ORDERNESS =
      ConfigOptions.key("lstm.stream.max-out-of-orderness")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription(
              "How far out of order observations may arrive. 0: they are applied on arrival, and"
                  + " older ones are late. Above 0: each waits until the newest of its partition is"
                  + " ahead by this much, and they are applied in order of event time, sequence,"
                  + " partition and offset; one that arrives later still is late only if it is"
                  + " older than the last one applied.");

  public static final ConfigOption<Integer> MAX_BUFFERED_EVENTS =
      ConfigOptions.key("lstm.stream.max-buffered-events")
          .intType()
          .defaultValue(ForecastSettings.DEFAULT_MAX_BUFFERED_EVENTS)
          .withDescription(
              "How many observations of one key may wait. When one more arrives, the key's oldest"
                  + " is applied early (metric appliedEarly), and any that arrive later but are"
                  + " older than it are late.");

  public static final ConfigOption<String> SINK_TOPIC =
      ConfigOptions.key("lstm.sink.topic")
          .stringType()
          .defaultValue("predictions")
          .withDescription("Topic to write predictions to.");

  public static final ConfigOption<ValueFormat> SINK_FORMAT =
      ConfigOptions.key("lstm.sink.format")
          .enumType(ValueFormat.class)
          .defaultValue(ValueFormat.JSON)
          .withDescription(
              "Format of the predictions: json, csv or avro (schema:"
                  + " config/schemas/prediction.avsc). Late records and dead letters keep their"
                  + " original format.");

  public static final ConfigOption<String> SINK_REGISTRY_URL =
      ConfigOptions.key("lstm.sink.schema-registry.url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With avro: addresses of a schema registry, as for the source. When the job is"
                  + " submitted, the schema of the predictions is registered as subject"
                  + " TOPIC-value; predictions begin with its id (Confluent's wire format).");

  public static final ConfigOption<String> SINK_REGISTRY_BASIC_AUTH =
      ConfigOptions.key("lstm.sink.schema-registry.basic-auth")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "User and password for that registry, as for the source. If not set and the addresses"
                  + " are those of the source, the source's.");

  public static final ConfigOption<String> SINK_REGISTRY_TRUSTSTORE =
      ConfigOptions.key("lstm.sink.schema-registry.truststore")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "File with the certificates to trust when connecting to that registry; needed on the"
                  + " client only. If not set and the addresses are those of the source, the"
                  + " source's.");

  public static final ConfigOption<String> SINK_REGISTRY_TRUSTSTORE_PASSWORD =
      ConfigOptions.key("lstm.sink.schema-registry.truststore-password")
          .stringType()
          .noDefaultValue()
          .withDescription("Password of a PKCS12 or JKS truststore, only as a reference.");

  public static final ConfigOption<OutputGuarantee> DELIVERY_GUARANTEE =
      ConfigOptions.key("lstm.sink.delivery-guarantee")
          .enumType(OutputGuarantee.class)
          .defaultValue(OutputGuarantee.AT_LEAST_ONCE)
          .withDescription(
              "Delivery guarantee of all output topics. at-least-once: predictions are visible"
                  + " within about 50 ms, or milliseconds with the preset low-latency; after a"
                  + " failure some are repeated, with the same prediction_id and the same bits."
                  + " exactly-once: nothing is repeated, and output becomes visible to"
                  + " read_committed consumers at checkpoints.");

  public static final ConfigOption<String> TRANSACTIONAL_ID_PREFIX =
      ConfigOptions.key("lstm.sink.transactional-id-prefix")
          .stringType()
          .defaultValue("flink-lstm")
          .withDescription(
              "With exactly-once: prefix of the transactional ids, of letters, digits, dots, dashes"
                  + " and underscores. Each job on a Kafka cluster needs its own, and none may"
                  + " begin with another's.");

  public static final ConfigOption<OnLostTransaction> ON_LOST_TRANSACTION =
      ConfigOptions.key("lstm.sink.on-lost-transaction")
          .enumType(OnLostTransaction.class)
          .defaultValue(OnLostTransaction.FAIL)
          .withDescription(
              "With exactly-once: what happens when the broker has aborted a transaction that a"
                  + " checkpoint relies on, for example because the job was down longer than"
                  + " transaction.timeout.ms. fail ends the job; count continues without that"
                  + " output (metric lostTransactions).");

  public static final ConfigOption<String> LATE_TOPIC =
      ConfigOptions.key("lstm.late.topic")
          .stringType()
          .defaultValue("ticks.late")
          .withDescription(
              "Topic for late records, those older than the last one applied for their key, copied"
                  + " byte for byte.");

  public static final ConfigOption<String> DUPLICATE_TOPIC =
      ConfigOptions.key("lstm.duplicate.topic")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Topic for duplicates (see lstm.source.sequence-field), copied byte for byte. If"
                  + " empty, they are only counted.");

  public static final ConfigOption<String> DEAD_LETTER_TOPIC =
      ConfigOptions.key("lstm.dead-letter.topic")
          .stringType()
          .defaultValue("ticks.dead-letters")
          .withDescription(
              "Topic for records that cannot be used, copied byte for byte, with headers that give"
                  + " the reason.");

  public static final ConfigOption<MemorySize> DEAD_LETTER_MAX_BYTES =
      ConfigOptions.key("lstm.dead-letter.max-bytes")
          .memoryType()
          .defaultValue(MemorySize.parse("900 kb"))
          .withDescription(
              "Maximum size of key, value and headers of a dead letter, late record or duplicate. A"
                  + " larger one is cut and marked (header __flink.errors.cut), so that the broker"
                  + " accepts it.");

  public static final ConfigOption<String> MODEL_PATH =
      ConfigOptions.key("lstm.model.path")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Required. The model: a safetensors, ONNX or Keras file on any file system that Flink"
                  + " supports. Read once, when the job is submitted.");

  public static final ConfigOption<String> MODEL_CARD =
      ConfigOptions.key("lstm.model.card")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The model card, a YAML or JSON file, for a model file without one. Takes precedence"
                  + " over a card inside the model file.");

  public static final ConfigOption<OnModelChange> ON_MODEL_CHANGE =
      ConfigOptions.key("lstm.model.on-change")
          .enumType(OnModelChange.class)
          .defaultValue(OnModelChange.FAIL)
          .withDescription(
              "What happens when the restored state belongs to another model: fail stops the job"
                  + " before the first event, reset starts every stream from scratch.");

  public static final ConfigOption<KernelType> KERNEL =
      ConfigOptions.key("lstm.kernel")
          .enumType(KernelType.class)
          .defaultValue(KernelType.AUTO)
          .withDescription(
              "Implementation of the arithmetic: auto (the fastest this JVM supports), vector"
                  + " (needs JVMs started with --add-modules=jdk.incubator.vector), plain (Java"
                  + " that the JIT vectorises) or ejml (the readable reference, slow). All but ejml"
                  + " give the same bits.");

  /** All options, in reading order. */
  public static final List<ConfigOption<?>> ALL =
      List.of(
          BOOTSTRAP_SERVERS,
          MODEL_PATH,
          MODEL_CARD,
          ON_MODEL_CHANGE,
          SOURCE_TOPIC,
          SOURCE_TOPIC_PATTERN,
          GROUP_ID,
          STARTING_OFFSETS,
          SOURCE_UID,
          SOURCE_FORMAT,
          CSV_COLUMNS,
          AVRO_SCHEMA,
          REGISTRY_URL,
          REGISTRY_BASIC_AUTH,
          REGISTRY_TRUSTSTORE,
          REGISTRY_TRUSTSTORE_PASSWORD,
          REGISTRY_ON_FAILURE,
          RECORDS,
          WHERE,
          PARSE,
          LENIENT_NUMBERS,
          KEY_FIELD,
          KEY_CONSTANT,
          TIME_FIELD,
          TIME_FORMAT,
          TIME_ZONE,
          SEQUENCE_FIELD,
          MIN_TIME,
          MAX_AHEAD,
          IDLENESS,
          GAP,
          GAP_POLICY,
          TTL,
          MAX_OUT_OF_ORDERNESS,
          MAX_BUFFERED_EVENTS,
          SINK_TOPIC,
          SINK_FORMAT,
          SINK_REGISTRY_URL,
          SINK_REGISTRY_BASIC_AUTH,
          SINK_REGISTRY_TRUSTSTORE,
          SINK_REGISTRY_TRUSTSTORE_PASSWORD,
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
