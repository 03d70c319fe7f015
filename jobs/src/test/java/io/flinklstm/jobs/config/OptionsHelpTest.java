package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsHelpTest {

  /** The defaults as a user would write them; "none" for no default. */
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("lstm.kafka.bootstrap-servers", "none"),
          Map.entry("lstm.model.path", "none"),
          Map.entry("lstm.model.card", "none"),
          Map.entry("lstm.model.on-change", "fail"),
          Map.entry("lstm.source.topic", "ticks"),
          Map.entry("lstm.source.topic-pattern", "\"\""),
          Map.entry("lstm.source.group-id", "flink-lstm"),
          Map.entry("lstm.source.starting-offsets", "earliest"),
          Map.entry("lstm.source.uid", "ticks-source"),
          Map.entry("lstm.source.format", "json"),
          Map.entry("lstm.source.csv-columns", "\"\""),
          Map.entry("lstm.source.avro-schema", "none"),
          Map.entry("lstm.source.schema-registry.url", "none"),
          Map.entry("lstm.source.schema-registry.basic-auth", "none"),
          Map.entry("lstm.source.schema-registry.truststore", "none"),
          Map.entry("lstm.source.schema-registry.truststore-password", "none"),
          Map.entry("lstm.source.schema-registry.on-failure", "fail"),
          Map.entry("lstm.source.records", "\"\""),
          Map.entry("lstm.source.where", "\"\""),
          Map.entry("lstm.source.parse", "\"\""),
          Map.entry("lstm.source.lenient-numbers", "true"),
          Map.entry("lstm.source.key-field", "key"),
          Map.entry("lstm.source.key-constant", "none"),
          Map.entry("lstm.source.time-field", "event_time"),
          Map.entry("lstm.source.time-format", "ms"),
          Map.entry("lstm.source.time-zone", "UTC"),
          Map.entry("lstm.source.min-time", "none"),
          Map.entry("lstm.source.sequence-field", "\"\""),
          Map.entry("lstm.source.max-ahead", "5 min"),
          Map.entry("lstm.source.idleness", "1 min"),
          Map.entry("lstm.stream.gap", "none"),
          Map.entry("lstm.stream.gap-policy", "none"),
          Map.entry("lstm.stream.ttl", "none"),
          Map.entry("lstm.stream.max-out-of-orderness", "0 ms"),
          Map.entry("lstm.stream.max-buffered-events", "1000"),
          Map.entry("lstm.sink.topic", "predictions"),
          Map.entry("lstm.sink.format", "json"),
          Map.entry("lstm.sink.schema-registry.url", "none"),
          Map.entry("lstm.sink.schema-registry.basic-auth", "none"),
          Map.entry("lstm.sink.schema-registry.truststore", "none"),
          Map.entry("lstm.sink.schema-registry.truststore-password", "none"),
          Map.entry("lstm.sink.delivery-guarantee", "at-least-once"),
          Map.entry("lstm.sink.transactional-id-prefix", "flink-lstm"),
          Map.entry("lstm.sink.on-lost-transaction", "fail"),
          Map.entry("lstm.late.topic", "ticks.late"),
          Map.entry("lstm.duplicate.topic", "\"\""),
          Map.entry("lstm.dead-letter.topic", "ticks.dead-letters"),
          Map.entry("lstm.dead-letter.max-bytes", "900 kb"),
          Map.entry("lstm.kernel", "auto"));

  @Test
  void everyOptionOfTheClassIsListed() throws Exception {
    List<Object> declared = new ArrayList<>();
    for (Field field : ForecastJobOptions.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
        declared.add(field.get(null));
      }
    }
    assertThat(declared).hasSizeGreaterThan(10);
    assertThat(List.<Object>copyOf(ForecastJobOptions.ALL))
        .containsExactlyInAnyOrderElementsOf(declared);
    assertThat(ForecastJobOptions.ALL).extracting(ConfigOption::key).doesNotHaveDuplicates();
  }

  static List<ConfigOption<?>> options() {
    return ForecastJobOptions.ALL;
  }

  @ParameterizedTest
  @MethodSource("options")
  void helpHasKeyTypeMeaningAndDefault(ConfigOption<?> option) {
    String section = section(option);
    assertThat(section).contains("<" + OptionsHelp.type(option) + ">");
    assertThat(section).contains(OptionsHelp.description(option));
    assertThat(section).endsWith("Default: " + DEFAULTS.get(option.key()));
    assertThat(OptionsHelp.description(option)).hasSizeGreaterThan(15).endsWith(".");
  }

  @ParameterizedTest
  @MethodSource("options")
  void tableHasKeyDefaultAndMeaningInOneRow(ConfigOption<?> option) {
    String value = DEFAULTS.get(option.key());
    assertThat(OptionsHelp.markdown().lines())
        .contains(
            "| `"
                + option.key()
                + "` | "
                + (value.equals("none") ? "" : "`" + value + "`")
                + " | "
                + OptionsHelp.description(option)
                + " |");
  }

  @Test
  void helpNamesChoicesAndKafkaProperties() {
    assertThat(OptionsHelp.type(ForecastJobOptions.KERNEL))
        .isEqualTo("auto | vector | plain | ejml");
    assertThat(OptionsHelp.type(ForecastJobOptions.GAP_POLICY)).isEqualTo("keep | reset");
    assertThat(OptionsHelp.type(ForecastJobOptions.TTL)).startsWith("duration");
    assertThat(OptionsHelp.type(ForecastJobOptions.DELIVERY_GUARANTEE))
        .isEqualTo("at-least-once | exactly-once");
    assertThat(OptionsHelp.text()).contains("--lstm.kafka.properties.*", "${env:NAME}");
  }

  @ParameterizedTest
  @ValueSource(ints = {55, 60, 80, 100})
  void helpFitsTheTerminal(int width) {
    assertThat(OptionsHelp.text(width).lines()).allMatch(line -> line.length() <= width);
    assertThat(OptionsHelp.text().lines()).allMatch(line -> line.length() <= 80);
  }

  /** The help text of one option, on one line. */
  private static String section(ConfigOption<?> option) {
    for (String section : OptionsHelp.text().split("\n\n")) {
      String line = section.strip().replaceAll("\\s+", " ");
      if (line.startsWith("--" + option.key() + " ")) {
        return line;
      }
    }
    throw new AssertionError("help without " + option.key());
  }
}
