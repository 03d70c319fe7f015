package io.flinklstm.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.ValueFormat;
import io.flinklstm.jobs.record.avro.ObservationAvro;
import io.flinklstm.jobs.testing.TickSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordFormatLoaderTest {

  private static final List<String> FIELDS = List.of("price", "amount");
  private static final String AVRO = "--lstm.source.format=avro";
  private static final String SCHEMA = "--lstm.source.avro-schema=";
  private static final String KEY = TickSchemas.field("key", "\"string\"");
  private static final String TIME = TickSchemas.field("event_time", "\"long\"");
  private static final String PRICE = TickSchemas.field("price", "\"double\"");
  private static final String AMOUNT = TickSchemas.field("amount", "\"double\"");

  @TempDir private Path folder;

  @Test
  void jsonIsTheDefault() {
    assertThat(load().valueFormat()).isEqualTo(ValueFormat.JSON);
  }

  @Test
  void csvHasTheWantedFieldsAsColumnsByDefault() {
    assertThat(load("--lstm.source.format=csv").encoding().csvColumns())
        .containsExactly("key", "event_time", "price", "amount");
    assertThat(
            load(
                    "--lstm.source.format=CSV",
                    "--lstm.source.key-field=",
                    "--lstm.source.time-field=ts",
                    "--lstm.source.sequence-field=amount")
                .encoding()
                .csvColumns())
        .containsExactly("ts", "amount", "price");
  }

  @Test
  void csvColumnsAreTheConfiguredOnes() {
    assertThat(
            load(
                    "--lstm.source.format=csv",
                    "--lstm.source.csv-columns=price, key,,amount,event_time,")
                .encoding()
                .csvColumns())
        .containsExactly("price", "key", "", "amount", "event_time", "");
  }

  @Test
  void aFieldWithoutColumnIsRefused() {
    assertThatThrownBy(
            () ->
                load("--lstm.source.format=csv", "--lstm.source.csv-columns=key,event_time,price"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.csv-columns: expected one column for the field amount, got none in"
                + " key,event_time,price");
  }

  @Test
  void columnsWithoutCsvAreRefused() {
    assertThatThrownBy(() -> load("--lstm.source.csv-columns=key,event_time,price,amount"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.csv-columns: expected it only with the format that it describes, got"
                + " lstm.source.format json");
  }

  @Test
  void travelsToTheTasks() throws Exception {
    RecordFormat format = load("--lstm.source.format=csv");
    assertThat(InstantiationUtil.clone(format)).isEqualTo(format);
  }

  @Test
  void avroHasTheExampleSchemaByDefault() throws Exception {
    Schema example =
        new Schema.Parser().parse(Path.of("..", "config", "schemas", "observation.avsc").toFile());
    Schema schema = new Schema.Parser().parse(load(AVRO).encoding().avroSchema());
    assertThat(schema).isEqualTo(example);
    assertThat(schema.getFullName()).isEqualTo("io.flinklstm.Observation");
  }

  @ParameterizedTest
  @CsvSource({
    "ms,LONG,timestamp-millis",
    "us,LONG,timestamp-micros",
    "s,LONG,",
    "iso,STRING,",
  })
  void avroHasTheConfiguredFieldsByDefault(String format, Schema.Type type, String logicalType) {
    RecordFormat records =
        load(
            AVRO,
            "--lstm.source.key-field=",
            "--lstm.source.time-field=ts",
            "--lstm.source.time-format=" + format,
            "--lstm.source.sequence-field=seq");
    Schema schema = new Schema.Parser().parse(records.encoding().avroSchema());
    assertThat(schema.getFields())
        .extracting(Schema.Field::name)
        .containsExactly("ts", "seq", "price", "amount");
    assertThat(schema.getField("ts").schema().getType()).isEqualTo(type);
    assertThat(schema.getField("ts").schema().getProp("logicalType")).isEqualTo(logicalType);
    assertThat(schema.getField("seq").schema().getType()).isEqualTo(Schema.Type.LONG);
  }

  @Test
  void avroSchemaIsReadWhereTheJobIsSubmitted() throws Exception {
    RecordFormat format = load(AVRO, SCHEMA + file(TickSchemas.of(KEY, TIME, PRICE, AMOUNT)));
    Files.delete(folder.resolve("ticks.avsc"));
    assertThat(new ObservationAvro(FIELDS, InstantiationUtil.clone(format))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "price;\"bytes\";int, long, float, double, a decimal or string, got bytes",
        "price;\"boolean\";int, long, float, double, a decimal or string, got boolean",
        "price;[\"null\",\"bytes\",\"boolean\"];a decimal or string, got bytes or boolean",
        "price;\"null\";int, long, float, double, a decimal or string, got null",
        "price;[\"null\"];int, long, float, double, a decimal or string, got null",
        "key;\"double\";string, enum, int, long or a decimal, got double",
        "key;\"bytes\";string, enum, int, long or a decimal, got bytes",
        "event_time;\"boolean\";a number (lstm.source.time-format: ms), got boolean",
        "event_time;{'type':'int','logicalType':'time-millis'};got time-millis",
      })
  void avroFieldOfAnotherTypeIsRefused(String field, String type, String expectedAndGot)
      throws Exception {
    String changed = TickSchemas.field(field, type.replace('\'', '"'));
    String path =
        file(
            TickSchemas.of(
                field.equals("key") ? changed : KEY,
                field.equals("event_time") ? changed : TIME,
                field.equals("price") ? changed : PRICE,
                AMOUNT));
    assertThatThrownBy(() -> load(AVRO, SCHEMA + path))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(
            "lstm.source.avro-schema " + path + ": field " + field + ": expected ")
        .hasMessageContaining(expectedAndGot);
  }

  @Test
  void avroTimeWithoutUnitIsRefusedForIso() throws Exception {
    String path = file(TickSchemas.of(KEY, TIME, PRICE, AMOUNT));
    assertThatThrownBy(() -> load(AVRO, SCHEMA + path, "--lstm.source.time-format=iso"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageContaining("field event_time: expected a timestamp, a date or a time like ")
        .hasMessageEndingWith(" (lstm.source.time-format: iso), got long");
  }

  @Test
  void avroFieldThatIsMissingIsRefused() throws Exception {
    String path = file(TickSchemas.of(KEY, TIME, PRICE));
    assertThatThrownBy(() -> load(AVRO, SCHEMA + path))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.avro-schema "
                + path
                + ": expected a field amount, got [key, event_time, price]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "these are notes;expected an Avro schema, got: ",
        "{'type':'record'};expected an Avro schema, got: ",
        "``;expected an Avro schema, got: ",
        "{'type':'array','items':'double'};expected the schema of a record, got array",
      })
  void fileThatIsNoSchemaIsRefused(String text, String message) throws Exception {
    String path = file(text.replace('\'', '"'));
    assertThatThrownBy(() -> load(AVRO, SCHEMA + path))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.source.avro-schema " + path + ": " + message);
  }

  @Test
  void missingSchemaFileIsRefused() {
    assertThatThrownBy(() -> load(AVRO, SCHEMA + folder.resolve("missing")))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith("lstm.source.avro-schema: expected to read ");
  }

  @Test
  void schemaWithoutAvroIsRefused() {
    assertThatThrownBy(() -> load("--lstm.source.format=csv", SCHEMA + "ticks.avsc"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageEndingWith("got lstm.source.format csv");
  }

  @Test
  void fieldsThatAvroCannotNameAreRefused() {
    assertThatThrownBy(() -> load(AVRO, "--lstm.source.key-field=stream-name"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessageStartingWith(
            "lstm.source.avro-schema: expected field names that Avro allows, got: ")
        .hasMessageContaining("stream-name");
    assertThatThrownBy(() -> load(AVRO, "--lstm.source.key-field=price"))
        .isInstanceOf(JobConfigurationException.class)
        .hasMessage(
            "lstm.source.avro-schema: expected a schema, got none, and field price would have to"
                + " be both string and double");
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("ticks.avsc"), text).toString();
  }

  private static RecordFormat load(String... arguments) {
    String[] all = new String[2 + arguments.length];
    all[0] = "--lstm.kafka.bootstrap-servers=localhost:9";
    all[1] = "--lstm.model.path=m";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return RecordFormatLoader.load(ForecastJobConfig.fromArguments(all), FIELDS);
  }
}
