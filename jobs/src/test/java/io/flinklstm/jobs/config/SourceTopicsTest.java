package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTopicsTest {

  @Test
  void defaultIsOneTopic() {
    assertThat(topics()).hasToString("lstm.source.topic: ticks");
    assertThat(topics("--lstm.source.topic-pattern=").names()).containsExactly("ticks");
  }

  @Test
  void severalAreSeparatedByCommas() {
    SourceTopics topics = topics("--lstm.source.topic=md.btc, md.eth");
    assertThat(topics.names()).containsExactly("md.btc", "md.eth");
    assertThat(topics.includes("md.eth")).isTrue();
    assertThat(topics.includes("md-eth")).isFalse();
    assertThat(topics).hasToString("lstm.source.topic: md.btc, md.eth");
  }

  @Test
  void aListInAFileIsTheSame(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("job.yaml"), "lstm.source.topic: [a, b]");
    assertThat(topics("--config=" + file).names()).containsExactly("a", "b");
  }

  @Test
  void aPatternIsOverWholeNames() {
    SourceTopics topics = topics("--lstm.source.topic-pattern=md[.](btc|eth)");
    assertThat(topics.names()).isEmpty();
    assertThat(topics.includes("md.btc")).isTrue();
    assertThat(topics.includes("md.btc.late")).isFalse();
    assertThat(topics).hasToString("lstm.source.topic-pattern: md[.](btc|eth)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,,b", ",a", "a, b, a"})
  void refusesAListThatNamesNoneOrOneTwice(String list) {
    assertThatThrownBy(() -> topics("--lstm.source.topic=" + list))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.topic: expected names of topics, each once, separated by commas, got "
                + list);
  }

  @Test
  void refusesAListBesideAPattern() {
    assertThatThrownBy(() -> topics("--lstm.source.topic=a", "--lstm.source.topic-pattern=b.*"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.topic-pattern: expected none beside lstm.source.topic, which is a, got"
                + " b.*; give only one of them");
  }

  @Test
  void refusesWhatIsNoRegularExpression() {
    assertThatThrownBy(() -> topics("--lstm.source.topic-pattern=md.(btc"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(
            "lstm.source.topic-pattern: expected a regular expression, got md.(btc, which has an"
                + " error near index ");
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.sink.topic, p",
    "lstm.late.topic, p",
    "lstm.dead-letter.topic, p",
    "lstm.duplicate.topic, p"
  })
  void refusesToReadWhatItWrites(String option, String topic) {
    assertThatThrownBy(() -> topics("--" + option + "=" + topic, "--lstm.source.topic=a, p"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            option + ": expected a topic of its own, got p, which is in lstm.source.topic too");
    assertThatThrownBy(
            () -> topics("--" + option + "=" + topic, "--lstm.source.topic-pattern=[a-p]"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            option
                + ": expected a topic that lstm.source.topic-pattern, [a-p], does not match, got p;"
                + " the job would read what it writes. Rename the topic or narrow the pattern");
  }

  @Test
  void refusesADiscoveryIntervalThatIsNoNumber() {
    assertThatThrownBy(
            () -> topics("--lstm.kafka.properties.partition.discovery.interval.ms=1 min"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.kafka.properties.partition.discovery.interval.ms: expected a whole number of"
                + " milliseconds, got 1 min; 0 or less switches the search for new partitions off");
  }

  private static SourceTopics topics(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--lstm.kafka.bootstrap-servers=h:1", "--lstm.model.path=m"));
    arguments.addAll(List.of(more));
    return ForecastJobConfig.fromArguments(arguments.toArray(String[]::new)).sourceTopics();
  }
}
