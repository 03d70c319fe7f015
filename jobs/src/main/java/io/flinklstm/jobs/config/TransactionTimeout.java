package io.flinklstm.jobs.config;

import static io.flinklstm.jobs.config.ForecastJobOptions.KAFKA_PROPERTIES_PREFIX;

import java.time.Duration;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a transaction may stay open. It begins after one checkpoint and is committed when the
 * next one completes, or after the restart that follows a failure; if the broker aborts it earlier,
 * its output is lost.
 */
public final class TransactionTimeout {

  public static final String PROPERTY = "transaction.timeout.ms";
  public static final String BROKER_LIMIT = "transaction.max.timeout.ms";

  private static final Logger LOG = LoggerFactory.getLogger(TransactionTimeout.class);

  /** The brokers' default limit; the Kafka sink's own default of an hour exceeds it. */
  private static final Duration DEFAULT = Duration.ofMinutes(15);

  private TransactionTimeout() {}

  public static Duration of(ForecastJobConfig config) {
    String text =
        config.kafkaProperties().getProperty(PROPERTY, Long.toString(DEFAULT.toMillis())).strip();
    try {
      return Duration.ofMillis(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new JobConfigurationException(
          KAFKA_PROPERTIES_PREFIX + PROPERTY + ": expected a number of ms, got " + text, e);
    }
  }

  /**
   * Compares the timeout with the checkpoint settings, and logs when output becomes visible.
   *
   * @throws JobConfigurationException if a transaction cannot stay open from one checkpoint to the
   *     next
   */
  public static void check(ForecastJobConfig config, CheckpointConfig checkpoints) {
    Duration interval =
        Duration.ofMillis(
            Math.max(
                checkpoints.getCheckpointInterval(), checkpoints.getMinPauseBetweenCheckpoints()));
    if (!config.isExactlyOnce()) {
      LOG.info(
          "Output is at-least-once: visible at once; after a failure, output written since the last"
              + " checkpoint (every {}) is repeated",
          interval);
      return;
    }
    Duration timeout = of(config);
    Duration checkpoint = Duration.ofMillis(checkpoints.getCheckpointTimeout());
    if (timeout.compareTo(interval) <= 0) {
      throw new JobConfigurationException(
          KAFKA_PROPERTIES_PREFIX
              + PROPERTY
              + ": expected more than the checkpoint interval of "
              + interval
              + ", because exactly-once output is committed at checkpoints, got "
              + timeout
              + "; lengthen it or shorten execution.checkpointing.interval and .min-pause");
    }
    if (timeout.compareTo(interval.plus(checkpoint)) < 0) {
      LOG.warn(
          "{}{}: expected at least the checkpoint interval of {} and the checkpoint timeout of {}"
              + " together, got {}; a slow checkpoint, or a failure and a restart, can lose output."
              + " Lengthen it, or shorten execution.checkpointing.timeout",
          KAFKA_PROPERTIES_PREFIX,
          PROPERTY,
          interval,
          checkpoint,
          timeout);
    }
    LOG.info(
        "Output is exactly-once: visible to read_committed consumers when a checkpoint completes"
            + " (every {}); the job may be down for about {} before output is lost",
        interval,
        timeout.minus(interval));
  }

  /**
   * Compares the timeout with the broker's limit.
   *
   * @param limitMs the broker's limit, in ms
   * @throws JobConfigurationException if the broker would refuse the transactions
   */
  public static void checkBrokerLimit(ForecastJobConfig config, long limitMs) {
    long timeoutMs = of(config).toMillis();
    if (timeoutMs > limitMs) {
      throw new JobConfigurationException(
          KAFKA_PROPERTIES_PREFIX
              + PROPERTY
              + ": expected at most the broker's "
              + BROKER_LIMIT
              + " of "
              + limitMs
              + ", got "
              + timeoutMs
              + "; lower the one or raise the other");
    }
  }
}
