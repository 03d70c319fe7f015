package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.ForecastSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.entrypoint.ClusterConfiguration;
import org.apache.flink.runtime.entrypoint.ClusterConfigurationParserFactory;
import org.apache.flink.runtime.entrypoint.parser.CommandLineParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastJobConfigTest {

  @TempDir private Path folder;

  @Test
  void hasTheDefaults() {
    ForecastJobConfig config = config();
    assertThat(config.get(ForecastJobOptions.SOURCE_TOPIC)).isEqualTo("ticks");
    assertThat(config.get(ForecastJobOptions.DELIVERY_GUARANTEE))
        .isEqualTo(ForecastJobOptions.OutputGuarantee.AT_LEAST_ONCE);
    assertThat(config.getOrNull(ForecastJobOptions.MODEL_CARD)).isNull();
    assertThat(recordFormat(config))
        .isEqualTo(
            new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofMinutes(5)));
  }

  @Test
  void readsEveryType() {
    ForecastJobConfig config =
        config(
            "--lstm.kernel=EJML",
            "--lstm.model.on-change=reset",
            "--lstm.sink.delivery-guarantee=exactly-once",
            "--lstm.source.max-ahead=90 s",
            "--lstm.dead-letter.max-bytes=500 kb",
            "--lstm.source.time-format=iso");
    assertThat(config.get(ForecastJobOptions.KERNEL)).isEqualTo(KernelType.EJML);
    assertThat(config.get(ForecastJobOptions.ON_MODEL_CHANGE)).isEqualTo(OnModelChange.RESET);
    assertThat(config.get(ForecastJobOptions.DELIVERY_GUARANTEE))
        .isEqualTo(ForecastJobOptions.OutputGuarantee.EXACTLY_ONCE);
    assertThat(config.get(ForecastJobOptions.DEAD_LETTER_MAX_BYTES))
        .isEqualTo(MemorySize.parse("500 kb"));
    assertThat(recordFormat(config).times().maxAhead()).isEqualTo(Duration.ofSeconds(90));
    assertThat(recordFormat(config).timeFormat()).isEqualTo(TimeFormat.ISO);
  }

  @Test
  void timesHaveAFormatAZoneAndABeginning() {
    RecordFormat format =
        recordFormat(
            config(
                "--lstm.source.time-format=dd.MM.yyyy HH:mm",
                "--lstm.source.time-zone=America/New_York",
                "--lstm.source.min-time=2000-01-01"));
    ZoneId zone = ZoneId.of("America/New_York");
    assertThat(format.timeFormat()).isEqualTo(TimeFormat.of("dd.MM.yyyy HH:mm", zone));
    assertThat(Instant.ofEpochMilli(format.times().earliest())).isEqualTo("2000-01-01T05:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.source.time-format,HH:mm,its fields do not give a date",
    "lstm.source.time-zone,America/NewYork,did you mean America/New_York?",
    "lstm.source.min-time,soon,a time in the format iso",
    "lstm.source.min-time,1946684800,a time in the format iso",
    "lstm.source.min-time,1969-12-31,a time in 1970 or later",
  })
  void aTimeThatCannotBeIsRefusedWithTheReason(String key, String value, String reason) {
    assertThatThrownBy(() -> config("--" + key, value))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(key + ": expected ")
        .hasMessageContaining("got " + value)
        .hasMessageContaining(reason);
  }

  @Test
  void emptyFieldNamesMeanTheRecordItself() {
    ForecastJobConfig config = config("--lstm.source.key-field", "", "--lstm.source.time-field=");
    assertThat(recordFormat(config).names().key()).isEmpty();
    assertThat(recordFormat(config).names().time()).isNull();
  }

  @Test
  void commandLineTakesPrecedenceOverFileWhereverItStands() throws Exception {
    String file = yaml("lstm.sink.topic: from-file", "lstm.late.topic: late-from-file");
    for (ForecastJobConfig config :
        List.of(
            config("--config", file, "--lstm.sink.topic", "mine"),
            config("--lstm.sink.topic=mine", "--config=" + file))) {
      assertThat(config.get(ForecastJobOptions.SINK_TOPIC)).isEqualTo("mine");
      assertThat(config.get(ForecastJobOptions.LATE_TOPIC)).isEqualTo("late-from-file");
    }
  }

  @Test
  void valueMayContainEqualsSigns() {
    assertThat(config("--lstm.kafka.properties.a=b=c").kafkaProperties()).containsEntry("a", "b=c");
    assertThat(config("--lstm.kafka.properties.a", "--b=c").kafkaProperties())
        .containsEntry("a", "--b=c");
  }

  @Test
  void yamlMayBeNestedDottedAndBoth() throws Exception {
    ForecastJobConfig config =
        config(
            "--config",
            yaml(
                "lstm:",
                "  sink: {topic: nested}",
                "  late.topic: half",
                "  kafka.properties:",
                "    sasl.mechanism: PLAIN",
                "    linger.ms: 5",
                "lstm.dead-letter.topic: dotted"));
    assertThat(config.get(ForecastJobOptions.SINK_TOPIC)).isEqualTo("nested");
    assertThat(config.get(ForecastJobOptions.LATE_TOPIC)).isEqualTo("half");
    assertThat(config.get(ForecastJobOptions.DEAD_LETTER_TOPIC)).isEqualTo("dotted");
    assertThat(config.kafkaProperties())
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("linger.ms", "5");
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.kernl,lstm.kernel",
    "lstm.sink.topik,lstm.sink.topic",
    "lstm.source.keyField,lstm.source.key-field",
    "lstm.kafka.bootstrap.servers,lstm.kafka.bootstrap-servers",
    "lstm.kafka.propertie.a,lstm.kafka.properties.*",
    "parallelism,lstm.kernel"
  })
  void unknownKeyNamesTheNearest(String unknown, String known) {
    assertThatThrownBy(() -> config("--" + unknown, "x"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(unknown + ": expected a known option")
        .hasMessageContaining(unknown.startsWith("lstm") ? known + "?" : "did you mean");
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.source.starting-offsets,newest,earliest | latest | committed",
    "lstm.source.time-format,millis,'ms, s, us, ns, iso or a pattern'",
    "lstm.source.max-ahead,soon,duration",
    "lstm.sink.delivery-guarantee,at-most-once,at-least-once | exactly-once",
    "lstm.dead-letter.max-bytes,large,size",
    "lstm.model.on-change,ignore,fail | reset",
    "lstm.kernel,gpu,auto | vector | plain | ejml",
    "lstm.source.format,xml,json | csv | avro",
    "lstm.sink.format,xml,json | csv | avro",
    "lstm.stream.gap,long,duration",
    "lstm.stream.gap-policy,maybe,keep | reset",
    "lstm.stream.max-buffered-events,many,whole number",
    "lstm.source.idleness,-1 s,duration",
    "lstm.source.max-ahead,-1 s,duration",
    "lstm.dead-letter.max-bytes,1 b,1 kb to",
  })
  void illTypedValueNamesKeyExpectationAndValue(String key, String value, String expected) {
    assertThatThrownBy(() -> config("--" + key, value))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(key + ": expected ")
        .hasMessageContaining(expected)
        .hasMessageContaining("got " + value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lstm.kafka.bootstrap-servers",
        "lstm.model.path",
        "lstm.source.topic",
        "lstm.sink.topic",
        "lstm.late.topic",
        "lstm.dead-letter.topic"
      })
  void emptyRequiredOptionIsNamed(String key) {
    assertThatThrownBy(() -> config("--" + key, " "))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(key + ": expected a value, got none; give it as --" + key);
  }

  @Test
  void missingRequiredOptionIsNamed() {
    assertThatThrownBy(() -> ForecastJobConfig.fromArguments("--lstm.model.path", "m"))
        .hasMessageStartingWith("lstm.kafka.bootstrap-servers: expected a value, got none");
    assertThatThrownBy(
            () -> ForecastJobConfig.fromArguments("--lstm.kafka.bootstrap-servers", "h:1"))
        .hasMessageStartingWith("lstm.model.path: expected a value, got none");
  }

  @Test
  void sameTopicTwiceNamesBothOptions() {
    assertThatThrownBy(() -> config("--lstm.late.topic", "ticks"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.late.topic: expected a topic of its own, got ticks, which is lstm.source.topic"
                + " too");
  }

  @Test
  void theDuplicateTopicIsOneOfItsOwnOrNone() {
    assertThat(config().sinkTopicOptions()).doesNotContain(ForecastJobOptions.DUPLICATE_TOPIC);
    assertThat(config("--lstm.duplicate.topic=again").sinkTopicOptions())
        .contains(ForecastJobOptions.DUPLICATE_TOPIC);
    assertThatThrownBy(() -> config("--lstm.duplicate.topic=ticks.late"))
        .hasMessageStartingWith("lstm.duplicate.topic: expected a topic of its own");
  }

  @Test
  void idlenessIsAtMostAYear() {
    assertThat(config("--lstm.source.idleness=0 s").get(ForecastJobOptions.IDLENESS)).isZero();
    assertThatThrownBy(() -> config("--lstm.source.idleness=400 d"))
        .hasMessageStartingWith("lstm.source.idleness: expected a duration of 0 to")
        .hasMessageEndingWith("got PT9600H");
  }

  @Test
  void theTtlIsLongerThanARecordCanBeAhead() {
    assertThatThrownBy(() -> config("--lstm.stream.ttl=5 min"))
        .hasMessageStartingWith("lstm.stream.ttl: expected more than lstm.source.max-ahead, PT5M");
    config("--lstm.stream.ttl=6 min");
  }

  @Test
  void whatIsNotConfiguredIsAsTheCardSays() {
    ForecastSettings settings = config().settings(card(Duration.ofMinutes(30)));
    assertThat(settings.policy())
        .isEqualTo(new StreamPolicy(Duration.ofMinutes(30), ModelCard.GapPolicy.RESET, null));
    assertThat(settings.maxOutOfOrderness()).isZero();
    assertThat(settings.maxBufferedEvents()).isEqualTo(1000);
    assertThat(settings.kernel()).isEqualTo(KernelType.AUTO);
    assertThat(settings.onModelChange()).isEqualTo(OnModelChange.FAIL);
  }

  @Test
  void whatIsConfiguredTakesPrecedenceOverTheCard() {
    ForecastSettings settings =
        config(
                "--lstm.stream.gap=10 s",
                "--lstm.stream.gap-policy=keep",
                "--lstm.stream.ttl=1 h",
                "--lstm.source.max-ahead=59 min",
                "--lstm.stream.max-out-of-orderness=250 ms",
                "--lstm.stream.max-buffered-events=7",
                "--lstm.kernel=plain",
                "--lstm.model.on-change=reset")
            .settings(card(null));
    assertThat(settings)
        .isEqualTo(
            new ForecastSettings(
                new StreamPolicy(
                    Duration.ofSeconds(10), ModelCard.GapPolicy.KEEP, Duration.ofHours(1)),
                Duration.ofMillis(250),
                7,
                KernelType.PLAIN,
                OnModelChange.RESET,
                "lstm.model.on-change"));
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.stream.gap,0 s,a duration of 1 ms or more",
    "lstm.stream.ttl,30 min,a duration above the gap of PT30M",
    "lstm.stream.max-out-of-orderness,400 d,a duration of 0 to",
    "lstm.stream.max-buffered-events,0,1 to 100000",
    "lstm.stream.max-buffered-events,100001,1 to 100000"
  })
  void settingsThatDoNotFitAreNamed(String key, String value, String expected) {
    ForecastJobConfig config = config("--" + key, value, "--lstm.source.max-ahead=1 min");
    assertThatThrownBy(() -> config.settings(card(Duration.ofMinutes(30))))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(key + ": expected " + expected)
        .hasMessageContaining("got ");
  }

  private static ModelCard card(Duration gap) {
    Feature feature =
        new Feature("f", Formula.parse("a"), Transform.IDENTITY, 0, 1, Double.POSITIVE_INFINITY);
    return new ModelCard(
        "m",
        "1",
        3,
        1,
        ModelCard.Context.CARRY,
        gap,
        ModelCard.GapPolicy.RESET,
        List.of(feature),
        "f",
        "{}");
  }

  @Test
  void argumentsThatAreNoOptionsAreNamed() {
    assertThatThrownBy(() -> config("stray"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("argument 5: expected --config file.yaml or")
        .hasMessageEndingWith("got stray");
    assertThatThrownBy(() -> config("password=unmistakable;"))
        .hasMessageEndingWith("got password=...");
    assertThatThrownBy(() -> config("--lstm.kernel"))
        .hasMessage("--lstm.kernel: expected a value after it, got none");
  }

  @Test
  void missingFileIsNamed() {
    Path missing = folder.resolve("missing.yaml");
    assertThatThrownBy(() -> config("--config", missing.toString()))
        .hasMessage("--config: expected a file, got none at " + missing);
    assertThatThrownBy(() -> config("--config", folder.toString()))
        .hasMessageContaining(folder + ": expected to read it");
  }

  @ParameterizedTest
  @CsvSource({
    "'lstm: {sink: ',valid YAML",
    "'a: 1\na: 2',valid YAML",
    "'lstm.kernel: ejml\n---\nlstm.kernel: plain',valid YAML",
    "'lstm.kernel: ejml\nlstm: {kernel: plain}','lstm.kernel once, got it twice'",
    "'- lstm.kernel','keys and values, got a list'",
    "'text','keys and values, got a single value'",
    "'lstm: {sink: {topic: [a, [b]]}}','keys and values below lstm.sink.topic, got a list'"
  })
  void brokenFileIsNamed(String content, String message) throws Exception {
    String file = yaml(content);
    assertThatThrownBy(() -> config("--config", file))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("--config " + file)
        .hasMessageContaining(": expected ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lstm.kafka.properties.sasl.jaas.config: \"required password=\"s3cret\";\"",
        "lstm.kafka.properties.ssl.key.password: [s3cret]",
        "s3cret"
      })
  void brokenFileDoesNotShowWhatMayBeASecret(String content) throws Exception {
    String file = yaml(content);
    assertThatThrownBy(() -> config("--config", file))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageContaining("expected")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void configFileHasASecondNameForFlinksEntryPoints() throws Exception {
    String file = yaml("lstm.source.topic: trades");
    assertThat(config("--job-config", file).get(ForecastJobOptions.SOURCE_TOPIC))
        .isEqualTo("trades");
    // What the container's entry point does with the command line of docker/Dockerfile.
    ClusterConfiguration parsed =
        new CommandLineParser<>(new ClusterConfigurationParserFactory())
            .parse(
                new String[] {
                  "--configDir", "conf", "--job-config", file, "--lstm.kernel", "plain"
                });
    assertThat(parsed.getArgs()).containsExactly("--job-config", file, "--lstm.kernel", "plain");
  }

  @Test
  void deadLettersMustFitIntoARequest() {
    String option = "--lstm.dead-letter.max-bytes";
    assertThatThrownBy(() -> config(option, "1 mb"))
        .hasMessageStartingWith("lstm.dead-letter.max-bytes: expected 1 kb to 1032192 bytes")
        .hasMessageContaining("lstm.kafka.properties.max.request.size")
        .hasMessageEndingWith("got 1048576 bytes");
    config(option, "1 mb", "--lstm.kafka.properties.max.request.size", "2000000");
    assertThatThrownBy(() -> config("--lstm.kafka.properties.max.request.size", "much"))
        .hasMessageEndingWith("expected a number of bytes, got much");
  }

  @Test
  void thereAreTwoGuarantees() {
    assertThatThrownBy(() -> config("--lstm.sink.delivery-guarantee", "none"))
        .hasMessage(
            "lstm.sink.delivery-guarantee: expected at-least-once | exactly-once, got none");
  }

  @Test
  void kafkaPropertiesPassThroughWithSecretsUnresolved() {
    Properties properties =
        config("--lstm.kafka.properties.sasl.jaas.config", "required password=\"${env:HOME}\";")
            .kafkaProperties();
    assertThat(properties)
        .containsEntry("sasl.jaas.config", "required password=\"${env:HOME}\";")
        .containsEntry("bootstrap.servers", "host:9092")
        .containsEntry("config.providers", "env,file,dir")
        .doesNotContainKey("lstm.kafka.properties.sasl.jaas.config");
  }

  @Test
  void kafkaConfigProvidersMayBeReplaced() {
    assertThat(config("--lstm.kafka.properties.config.providers", "vault").kafkaProperties())
        .containsEntry("config.providers", "vault");
  }

  @Test
  void knowsWhenHelpIsAskedFor() {
    assertThat(ForecastJobConfig.asksForHelp("--config", "x", "--help")).isTrue();
    assertThat(ForecastJobConfig.asksForHelp("--config", "x")).isFalse();
  }

  private String yaml(String... lines) throws IOException {
    return Files.write(Files.createTempFile(folder, "job", ".yaml"), List.of(lines)).toString();
  }

  private static ForecastJobConfig config(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("--lstm.kafka.bootstrap-servers", "host:9092", "--lstm.model.path", "m"));
    arguments.addAll(List.of(more));
    return ForecastJobConfig.fromArguments(arguments.toArray(String[]::new));
  }

  private static RecordFormat recordFormat(ForecastJobConfig config) {
    return RecordFormatLoader.load(config, List.of());
  }
}
