package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "acks,1",
    "acks,0",
    "enable.idempotence,false",
    "max.in.flight.requests.per.connection,6",
    "retries,0",
    "isolation.level,read_uncommitted"
  })
  void exactlyOnceRefusesWhatWouldBreakIt(String property, String value) {
    assertThatThrownBy(() -> config("exactly-once", property, value))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.kafka.properties." + property + ": expected ")
        .hasMessageEndingWith(
            "got "
                + value
                + ", with which lstm.sink.delivery-guarantee cannot be exactly-once; leave it out");
    assertThatCode(() -> config("at-least-once", property, value)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "acks,all",
    "acks,-1",
    "enable.idempotence,true",
    "max.in.flight.requests.per.connection,5",
    "isolation.level,read_committed",
    "acks,${env:ACKS}",
    "enable.auto.commit,false"
  })
  void exactlyOnceTakesWhatFitsIt(String property, String value) {
    assertThatCode(() -> config("exactly-once", property, value)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "bootstrap.servers,lstm.kafka.bootstrap-servers",
    "group.id,lstm.source.group-id",
    "auto.offset.reset,lstm.source.starting-offsets",
    "transactional.id,lstm.sink.transactional-id-prefix",
    "key.serializer,bytes",
    "value.serializer,bytes",
    "key.deserializer,bytes",
    "value.deserializer,bytes"
  })
  void refusesWhatWouldHaveNoEffect(String property, String cure) {
    for (String guarantee : new String[] {"exactly-once", "at-least-once"}) {
      assertThatThrownBy(() -> config(guarantee, property, "mine"))
          .isInstanceOf(JobConfigurationException.class)
          .hasMessageStartingWith("lstm.kafka.properties." + property + ": expected none, got mine")
          .hasMessageContaining(cure);
    }
  }

  @Test
  void offsetsAreCommittedAtCheckpointsOnly() {
    assertThatThrownBy(() -> config("at-least-once", "enable.auto.commit", "true"))
        .hasMessageContaining(
            "enable.auto.commit: expected false, got true; offsets are committed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:b", "é", "a/b"})
  void transactionalIdsHaveNoOddCharacters(String prefix) {
    assertThatThrownBy(() -> prefixed(prefix))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.sink.transactional-id-prefix: expected 1 to 200 letters");
  }

  @Test
  void transactionalIdsHaveABoundedPrefix() {
    assertThatCode(() -> prefixed("a".repeat(200))).doesNotThrowAnyException();
    assertThatThrownBy(() -> prefixed("a".repeat(201)))
        .isInstanceOf(JobConfigurationException.class);
  }

  private static void prefixed(String prefix) {
    ForecastJobConfig.fromArguments(
        "--lstm.kafka.bootstrap-servers=localhost:9",
        "--lstm.model.path=model",
        "--lstm.sink.delivery-guarantee=exactly-once",
        "--lstm.sink.transactional-id-prefix=" + prefix);
  }

  private static void config(String guarantee, String property, String value) {
    ForecastJobConfig.fromArguments(
        "--lstm.kafka.bootstrap-servers=localhost:9",
        "--lstm.model.path=model",
        "--lstm.sink.delivery-guarantee=" + guarantee,
        "--lstm.kafka.properties." + property + "=" + value);
  }
}
