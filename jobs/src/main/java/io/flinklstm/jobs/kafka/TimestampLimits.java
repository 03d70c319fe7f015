package io.flinklstm.jobs.kafka;

import java.io.Serializable;
import java.time.Duration;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * Which record timestamps a topic keeps. A broker refuses a record whose timestamp is too far from
 * its own clock, and replaces all timestamps with its own if the topic's timestamp type is
 * LogAppendTime.
 *
 * @param beforeMaxMs how far before the broker's clock a timestamp may be, in ms
 * @param afterMaxMs how far after the broker's clock a timestamp may be, in ms
 * @param overwritten whether the broker replaces every record's timestamp with its own
 */
public record TimestampLimits(long beforeMaxMs, long afterMaxMs, boolean overwritten)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The defaults of Kafka brokers. */
  public static final TimestampLimits BROKER_DEFAULTS =
      new TimestampLimits(Long.MAX_VALUE, Duration.ofHours(1).toMillis(), false);

  /** The broker's clock may be behind ours. */
  private static final long AFTER_MARGIN_MS = Duration.ofMinutes(1).toMillis();

  /** The broker's clock may be ahead of ours, and a record may wait in a buffer or be retried. */
  private static final long BEFORE_MARGIN_MS = Duration.ofMinutes(10).toMillis();

  private static final String LOG_APPEND_TIME = "LogAppendTime";

  /** The only limit of brokers before 3.6; removed in 4.0. */
  private static final String DIFFERENCE_MAX_MS = "message.timestamp.difference.max.ms";

  /**
   * The limits of a topic as its broker describes it, with defaults for settings it does not
   * report.
   */
  public static TimestampLimits of(Config topic) {
    long difference = number(topic, DIFFERENCE_MAX_MS, Long.MAX_VALUE);
    long before =
        number(
            topic, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, BROKER_DEFAULTS.beforeMaxMs);
    long after =
        number(
            topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, BROKER_DEFAULTS.afterMaxMs);
    return new TimestampLimits(
        Math.min(before, difference),
        Math.min(after, difference),
        LOG_APPEND_TIME.equals(text(topic, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)));
  }

  /**
   * Whether the topic would keep a timestamp, with a safety margin. Nothing can overflow: both
   * times are at least 0.
   *
   * @param timestamp in epoch ms, or negative if there is none
   * @param now in epoch ms
   */
  public boolean keeps(long timestamp, long now) {
    return !overwritten
        && timestamp >= 0
        && now - timestamp <= beforeMaxMs - BEFORE_MARGIN_MS
        && timestamp - now <= afterMaxMs - AFTER_MARGIN_MS;
  }

  /** A setting of a topic, or null if the broker does not report it. */
  static @Nullable String text(Config topic, String name) {
    ConfigEntry entry = topic.get(name);
    return entry == null ? null : entry.value();
  }

  /** A setting of a topic, or a default if the broker does not report it as a number. */
  static long number(Config topic, String name, long otherwise) {
    try {
      String text = text(topic, name);
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
