package io.flinklstm.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.config.ForecastJobConfig;
import io.flinklstm.jobs.config.ForecastJobOptions;
import io.flinklstm.jobs.config.JobConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyTopicTest {

  private static final ForecastJobConfig CONFIG =
      ForecastJobConfig.fromArguments(
          "--lstm.kafka.bootstrap-servers=localhost:9092", "--lstm.model.path=model");

  @ParameterizedTest
  @ValueSource(strings = {"937984", "1048588", "2147483647"})
  void takesATopicWithRoom(String maxMessageBytes) {
    assertThatCode(
            () -> topic("max.message.bytes", maxMessageBytes, "retention.ms", "1").check(CONFIG))
        .doesNotThrowAnyException();
  }

  @Test
  void takesATopicOfWhichTheBrokerSaysNothing() {
    assertThatCode(() -> topic().check(CONFIG)).doesNotThrowAnyException();
    assertThatCode(
            () ->
                topic("max.message.bytes", null, "cleanup.policy", null, "retention.ms", null)
                    .check(CONFIG))
        .doesNotThrowAnyException();
  }

  @Test
  void namesATopicWithoutRoom() {
    assertThatThrownBy(() -> topic("max.message.bytes", "937983").check(CONFIG))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.dead-letter.max-bytes: expected at most 921599 bytes, which fit into topic"
                + " ticks.late (its max.message.bytes of 937983 less room for headers), got 921600"
                + " bytes; lower it, or give the topic max.message.bytes=937984");
  }

  @ParameterizedTest
  @ValueSource(strings = {"compact", "compact,delete", "delete, compact"})
  void namesATopicThatRefusesRecordsWithoutKey(String policy) {
    assertThatThrownBy(() -> topic("cleanup.policy", policy).check(CONFIG))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.late.topic: expected topic ticks.late to have cleanup.policy=delete, got "
                + policy
                + ", with which the broker refuses records without a key");
  }

  private static CopyTopic topic(String... settings) {
    List<ConfigEntry> entries = new ArrayList<>();
    for (int k = 0; k < settings.length; k += 2) {
      entries.add(new ConfigEntry(settings[k], settings[k + 1]));
    }
    return new CopyTopic(ForecastJobOptions.LATE_TOPIC, "ticks.late", new Config(entries));
  }
}
