package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionTimeoutTest {

  private static final String EXACTLY_ONCE = "exactly-once";

  @Test
  void isTheBrokersDefaultLimitUnlessGiven() {
    assertThat(
            TransactionTimeout.of(
                ForecastJobConfig.fromArguments(
                    "--lstm.kafka.bootstrap-servers=localhost:9", "--lstm.model.path=model")))
        .isEqualTo(Duration.ofMinutes(15));
    assertThat(TransactionTimeout.of(config(EXACTLY_ONCE, "60000")))
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void isANumber() {
    assertThatThrownBy(() -> config(EXACTLY_ONCE, "15 min"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.kafka.properties.transaction.timeout.ms: expected a number of ms, got 15 min");
  }

  @ParameterizedTest
  @CsvSource({"60 s, 0 ms", "1 s, 60 s"})
  void mustBeLongerThanFromCheckpointToCheckpoint(String interval, String minPause) {
    assertThatThrownBy(
            () ->
                TransactionTimeout.check(
                    config(EXACTLY_ONCE, "60000"), checkpoints(interval, minPause)))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.kafka.properties.transaction.timeout.ms: expected more than the checkpoint"
                + " interval of PT1M, because exactly-once output is committed at checkpoints, got"
                + " PT1M; lengthen it or shorten execution.checkpointing.interval and"
                + " .min-pause");
  }

  @Test
  void doesNotMatterAtLeastOnce() {
    assertThatCode(
            () ->
                TransactionTimeout.check(
                    config("at-least-once", "60000"), checkpoints("60 s", "0 ms")))
        .doesNotThrowAnyException();
  }

  @Test
  void mustNotExceedTheBrokersLimit() {
    ForecastJobConfig config = config(EXACTLY_ONCE, "60000");
    assertThatCode(() -> TransactionTimeout.checkBrokerLimit(config, 60_000))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> TransactionTimeout.checkBrokerLimit(config, 59_999))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.kafka.properties.transaction.timeout.ms: expected at most the broker's"
                + " transaction.max.timeout.ms of 59999, got 60000; lower the one or raise the"
                + " other");
  }

  private static ForecastJobConfig config(String guarantee, String timeoutMs) {
    return ForecastJobConfig.fromArguments(
        "--lstm.kafka.bootstrap-servers=localhost:9",
        "--lstm.model.path=model",
        "--lstm.sink.delivery-guarantee=" + guarantee,
        "--lstm.kafka.properties.transaction.timeout.ms=" + timeoutMs);
  }

  private static CheckpointConfig checkpoints(String interval, String minPause) {
    Configuration configuration = new Configuration();
    configuration.setString("execution.checkpointing.interval", interval);
    configuration.setString("execution.checkpointing.min-pause", minPause);
    return StreamExecutionEnvironment.getExecutionEnvironment(configuration).getCheckpointConfig();
  }
}
