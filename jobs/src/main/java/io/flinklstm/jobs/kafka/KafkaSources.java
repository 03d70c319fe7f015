package io.flinklstm.jobs.kafka;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.SourceTopics;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Creates the job's Kafka source from its configuration. */
public final class KafkaSources {

  /** How often the source looks for new partitions and, with a pattern, for new topics. */
  private static final Duration DISCOVERY = Duration.ofMinutes(1);

  private KafkaSources() {}

  /** The source of all records of the topics that the job reads. */
  public static KafkaSource<ParsedRecord> ticks(
      ForecastJobConfig config, ObservationDeserializer deserializer) {
    Properties properties = config.kafkaProperties();
    properties.putIfAbsent("isolation.level", "read_committed");
    properties.putIfAbsent(
        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
        Long.toString(DISCOVERY.toMillis()));
    KafkaSourceBuilder<ParsedRecord> source =
        KafkaSource.<ParsedRecord>builder()
            .setProperties(properties)
            .setGroupId(config.get(ForecastJobOptions.GROUP_ID))
            .setStartingOffsets(startingOffsets(config))
            .setDeserializer(deserializer);
    SourceTopics topics = config.sourceTopics();
    return (topics.pattern() == null
            ? source.setTopics(topics.names())
            : source.setTopicPattern(topics.pattern()))
        .build();
  }

  @SuppressWarnings("deprecation") // The connector has no other way to set the fallback.
  private static OffsetsInitializer startingOffsets(ForecastJobConfig config) {
    return switch (config.get(ForecastJobOptions.STARTING_OFFSETS)) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> OffsetsInitializer.latest();
      case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
    };
  }
}
