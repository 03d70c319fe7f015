package io.flinklstm.jobs.kafka;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.RegistryOptions;
import io.flinklstm.jobs.config.TransactionTimeout;
import io.flinklstm.stream.DeadLetter;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The job's sinks, all with the same delivery guarantee.
 *
 * @param limits by copy topic: the record timestamps that it keeps; the broker's defaults for a
 *     missing topic
 */
public record KafkaSinks(ForecastJobConfig config, Map<String, TimestampLimits> limits) {

  /** Also registers the schema of the predictions, if there is a registry. */
  public Sink<Prediction> predictions() {
    return sink(
        "predictions",
        new PredictionRecordSerializer(
            config.get(ForecastJobOptions.SINK_TOPIC),
            config.get(ForecastJobOptions.SINK_FORMAT),
            RegistryOptions.registerPredictions(config)));
  }

  public Sink<Observation> late() {
    return originals("late", ForecastJobOptions.LATE_TOPIC);
  }

  /** Null for none. */
  public @Nullable Sink<Observation> duplicates() {
    return config.getOrNull(ForecastJobOptions.DUPLICATE_TOPIC) == null
        ? null
        : originals("duplicates", ForecastJobOptions.DUPLICATE_TOPIC);
  }

  public Sink<DeadLetter> deadLetters() {
    String topic = config.get(ForecastJobOptions.DEAD_LETTER_TOPIC);
    return sink("dead-letters", new DeadLetterRecordSerializer(topic, maxBytes(), limitsOf(topic)));
  }

  private Sink<Observation> originals(String name, ConfigOption<String> option) {
    String topic = config.get(option);
    return sink(name, new OriginalRecordSerializer(topic, maxBytes(), limitsOf(topic)));
  }

  private TimestampLimits limitsOf(String topic) {
    return limits.getOrDefault(topic, TimestampLimits.BROKER_DEFAULTS);
  }

  private long maxBytes() {
    return config.get(ForecastJobOptions.DEAD_LETTER_MAX_BYTES).getBytes();
  }

  private <T> Sink<T> sink(String name, KafkaRecordSerializationSchema<T> serializer) {
    Properties properties = config.kafkaProperties();
    properties.setProperty(
        TransactionTimeout.PROPERTY, Long.toString(TransactionTimeout.of(config).toMillis()));
    KafkaSink<T> kafka =
        KafkaSink.<T>builder()
            .setKafkaProducerConfig(properties)
            .setBootstrapServers(config.get(ForecastJobOptions.BOOTSTRAP_SERVERS))
            .setDeliveryGuarantee(config.get(ForecastJobOptions.DELIVERY_GUARANTEE).ofSinks())
            // A pooled id is reused after its commit, and then no longer shows the outcome of its
            // transaction.
            .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
            .setTransactionalIdPrefix(
                config.get(ForecastJobOptions.TRANSACTIONAL_ID_PREFIX) + "-" + name)
            .setRecordSerializer(serializer)
            .build();
    return config.isExactlyOnce()
        ? new ExactlyOnceSink<>(
            kafka,
            name,
            config.kafkaProperties(),
            config.get(ForecastJobOptions.ON_LOST_TRANSACTION))
        : kafka;
  }
}
