package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

class TimestampLimitsTest {

  private static final long NOW = 1_700_000_000_000L;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();

  @Test
  void brokerDefaultsKeepAllThePastAndAlmostAnHourOfTheFuture() {
    TimestampLimits limits = TimestampLimits.of(new Config(List.of()));
    assertThat(limits).isEqualTo(TimestampLimits.BROKER_DEFAULTS);
    assertThat(limits.keeps(0, NOW)).isTrue();
    assertThat(limits.keeps(NOW, NOW)).isTrue();
    assertThat(limits.keeps(NOW + HOUR * 9 / 10, NOW)).isTrue();
    assertThat(limits.keeps(NOW + HOUR, NOW)).isFalse();
    assertThat(limits.keeps(Long.MAX_VALUE, NOW)).isFalse();
  }

  @Test
  void limitsHaveAMarginForClocksAndWaiting() {
    TimestampLimits limits = new TimestampLimits(DAY, HOUR, false);
    assertThat(limits.keeps(NOW - DAY, NOW)).isFalse();
    assertThat(limits.keeps(NOW - DAY + HOUR, NOW)).isTrue();
    assertThat(limits.keeps(NOW + HOUR, NOW)).isFalse();
    assertThat(limits.keeps(NOW + HOUR / 2, NOW)).isTrue();
  }

  @Test
  void nothingOverflows() {
    TimestampLimits all = new TimestampLimits(Long.MAX_VALUE, Long.MAX_VALUE, false);
    TimestampLimits none = new TimestampLimits(0, 0, false);
    for (long timestamp : new long[] {0, 1, NOW, Long.MAX_VALUE - NOW, Long.MAX_VALUE - 1}) {
      assertThat(all.keeps(timestamp, NOW)).as("%d", timestamp).isTrue();
      assertThat(none.keeps(timestamp, NOW)).as("%d", timestamp).isFalse();
    }
  }

  @Test
  void noTimestampIsNotKept() {
    TimestampLimits limits = TimestampLimits.BROKER_DEFAULTS;
    assertThat(limits.keeps(-1, NOW)).isFalse();
    assertThat(limits.keeps(Long.MIN_VALUE, NOW)).isFalse();
  }

  @Test
  void logAppendTimeKeepsNoTimestamp() {
    TimestampLimits limits = TimestampLimits.of(topic("message.timestamp.type", "LogAppendTime"));
    assertThat(limits.keeps(NOW, NOW)).isFalse();
    assertThat(TimestampLimits.of(topic("message.timestamp.type", "CreateTime")))
        .isEqualTo(TimestampLimits.BROKER_DEFAULTS);
  }

  @Test
  void readsTheLimitsOfATopic() {
    assertThat(
            TimestampLimits.of(
                new Config(
                    List.of(
                        new ConfigEntry("message.timestamp.before.max.ms", "86400000"),
                        new ConfigEntry("message.timestamp.after.max.ms", "1000")))))
        .isEqualTo(new TimestampLimits(DAY, 1000, false));
  }

  @Test
  void readsTheOneLimitOfOldBrokers() {
    assertThat(TimestampLimits.of(topic("message.timestamp.difference.max.ms", "1000")))
        .isEqualTo(new TimestampLimits(1000, 1000, false));
  }

  @Test
  void takesTheDefaultForWhatCannotBeRead() {
    for (String value : new String[] {null, "", "soon", "9223372036854775808"}) {
      assertThat(TimestampLimits.of(topic("message.timestamp.after.max.ms", value)))
          .isEqualTo(TimestampLimits.BROKER_DEFAULTS);
    }
  }

  @Test
  void travelsWithTheJob() throws Exception {
    Map<String, TimestampLimits> limits =
        Map.of("a", TimestampLimits.BROKER_DEFAULTS, "b", new TimestampLimits(1, 2, true));
    for (TimestampLimits each : limits.values()) {
      assertThat(InstantiationUtil.clone(each)).isEqualTo(each);
    }
  }

  private static Config topic(String name, String value) {
    return new Config(List.of(new ConfigEntry(name, value)));
  }
}
