package io.flinklstm.jobs.kafka;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic that receives copies of records, as its broker describes it. A copy that the broker
 * refuses would fail the job after every restart, so the settings are checked before the job
 * starts.
 *
 * @param option that names the topic
 * @param name of the topic
 * @param settings of the topic
 */
record CopyTopic(ConfigOption<String> option, String name, Config settings) {

  private static final Logger LOG = LoggerFactory.getLogger(CopyTopic.class);
  private static final long FOR_EVER = -1;

  /**
   * Warns of a topic that would lose copies.
   *
   * @throws JobConfigurationException if the topic would refuse copies
   */
  void check(ForecastJobConfig config) {
    checkRoom(config);
    checkTakesRecordsWithoutKey();
    long retentionMs = TimestampLimits.number(settings, TopicConfig.RETENTION_MS_CONFIG, FOR_EVER);
    if (retentionMs != FOR_EVER && !TimestampLimits.of(settings).overwritten()) {
      LOG.warn(
          "{}: expected topic {} to have {}=-1, got {}; copies keep their original timestamps, and"
              + " the broker deletes those older than that. Give the topic {}=-1",
          option.key(),
          name,
          TopicConfig.RETENTION_MS_CONFIG,
          retentionMs,
          TopicConfig.RETENTION_MS_CONFIG);
    }
  }

  private void checkRoom(ForecastJobConfig config) {
    long maxBytes = config.get(ForecastJobOptions.DEAD_LETTER_MAX_BYTES).getBytes();
    long needed = maxBytes + ForecastJobConfig.OWN_HEADERS_BYTES;
    long room = TimestampLimits.number(settings, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, needed);
    if (room < needed) {
      throw new JobConfigurationException(
          ForecastJobOptions.DEAD_LETTER_MAX_BYTES.key()
              + ": expected at most "
              + Math.max(0, room - ForecastJobConfig.OWN_HEADERS_BYTES)
              + " bytes, which fit into topic "
              + name
              + " (its "
              + TopicConfig.MAX_MESSAGE_BYTES_CONFIG
              + " of "
              + room
              + " less room for headers), got "
              + maxBytes
              + " bytes; lower it, or give the topic "
              + TopicConfig.MAX_MESSAGE_BYTES_CONFIG
              + "="
              + needed);
    }
  }

  private void checkTakesRecordsWithoutKey() {
    String policy = TimestampLimits.text(settings, TopicConfig.CLEANUP_POLICY_CONFIG);
    if (policy != null && List.of(policy.split(" *, *")).contains("compact")) {
      throw new JobConfigurationException(
          option.key()
              + ": expected topic "
              + name
              + " to have "
              + TopicConfig.CLEANUP_POLICY_CONFIG
              + "=delete, got "
              + policy
              + ", with which the broker refuses records without a key");
    }
  }
}
