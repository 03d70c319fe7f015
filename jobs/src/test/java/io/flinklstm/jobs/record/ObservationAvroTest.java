package io.flinklstm.jobs.record;

import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.jobs.testing.TickSchemas;
import java.time.Duration;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationAvroTest {

  private static final List<String> FIELDS = List.of("bid", "ask");
  private static final RecordFormat PLAIN =
      new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1));
  private static final String TEXT = "\"string\"";
  private static final String MILLIS = "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}";
  private static final String MICROS = "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}";

  @Test
  void readsKeyTimeAndFieldsByTheirNames() throws Exception {
    ObservationReader reader = reader(PLAIN, schema(TEXT, MILLIS, "\"double\""));
    SourceRecord record =
        withValue(
            AvroBytes.of(
                encoder -> {
                  encoder.writeString("EURUSD");
                  encoder.writeLong(1_546_300_800_123L);
                  encoder.writeDouble(1.1462);
                  encoder.writeDouble(2);
                }));
    Observation observation = reader.parse(record);
    assertThat(observation.key()).isEqualTo("EURUSD");
    assertThat(observation.eventTime()).isEqualTo(1_546_300_800_123L);
    assertThat(observation.values()).containsExactly(1.1462, 2.0);
    assertThat(observation.sequence()).isEqualTo(Observation.NO_SEQUENCE);
    assertThat(observation.source()).isSameAs(record);
  }

  /** One field of every type before each required field. */
  @Test
  void skipsFieldsOfEveryTypeWhateverTheirOrder() throws Exception {
    String text = TickSchemas.EVERYTHING;
    Schema schema = new Schema.Parser().parse(text);
    ObservationReader reader = reader(PLAIN, text);
    TickSchemas.Values values = new TickSchemas.Values(3);
    for (int k = 0; k < 2_000; k++) {
      GenericData.Record record =
          new GenericRecordBuilder(values.record(schema, 0))
              .set("key", "k" + k)
              .set("event_time", 5L + k)
              .set("bid", 1.5 + k)
              .set("ask", 2.5f)
              .build();
      Observation observation = reader.parse(withValue(AvroBytes.of(record)));
      assertThat(observation.key()).isEqualTo("k" + k);
      assertThat(observation.eventTime()).isEqualTo(5 + k);
      assertThat(observation.values()).containsExactly(1.5 + k, 2.5);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"int\";17;17",
        "\"long\";9007199254740993;9007199254740992",
        "\"float\";0.1;0.10000000149011612",
        "\"double\";0.1;0.1",
        "[\"null\",\"double\"];-0.0;-0.0",
        "[\"double\",\"null\"];4.9e-324;4.9e-324",
        "[\"double\"];1.7976931348623157e308;1.7976931348623157e308",
      })
  void readsNumbersOfEveryType(String type, String number, double expected) throws Exception {
    Schema schema = new Schema.Parser().parse(schema(TEXT, MILLIS, type));
    String kind = type.replaceAll("[^a-z]|null", "");
    Object value =
        switch (kind) {
          case "int" -> Integer.valueOf(number);
          case "long" -> Long.valueOf(number);
          case "float" -> Float.valueOf(number);
          default -> Double.valueOf(number);
        };
    byte[] bytes = record(schema, "a", 5L, value);
    double read = reader(PLAIN, schema.toString()).parse(withValue(bytes)).values()[0];
    assertThat(Double.doubleToRawLongBits(read)).isEqualTo(Double.doubleToRawLongBits(expected));
  }

  @Test
  void takesKeysOfEveryType() throws Exception {
    String symbols = "{\"type\":\"enum\",\"name\":\"Symbol\",\"symbols\":[\"EURUSD\",\"BTCUSD\"]}";
    Schema ofSymbols = new Schema.Parser().parse(schema(symbols, MILLIS, "\"double\""));
    Object symbol = new GenericData.EnumSymbol(ofSymbols.getField("key").schema(), "BTCUSD");
    assertThat(key(ofSymbols, symbol)).isEqualTo("BTCUSD");
    assertThat(key("\"int\"", -7)).isEqualTo("-7");
    assertThat(key("\"long\"", Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
    for (String key :
        List.of("a", "é\uD83D\uDE00", "a\u0000b", "k".repeat(1024), "é".repeat(1024))) {
      assertThat(key(TEXT, key)).isEqualTo(key);
      assertThat(key("[\"null\"," + TEXT + "]", key)).isEqualTo(key);
    }
  }

  private static String key(String type, Object key) throws Exception {
    return key(new Schema.Parser().parse(schema(type, MILLIS, "\"double\"")), key);
  }

  private static String key(Schema schema, Object key) throws Exception {
    return reader(PLAIN, schema.toString()).parse(withValue(record(schema, key, 5L, 1.0))).key();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "MS;\"long\";1546300800123;1546300800123",
        "S;\"long\";1546300800;1546300800000",
        "S;\"int\";1546300800;1546300800000",
        "US;\"long\";1546300800123999;1546300800123",
        "S;" + MILLIS + ";1546300800123;1546300800123",
        "MS;" + MICROS + ";1546300800123999;1546300800123",
        "ISO;" + MILLIS + ";1546300800123;1546300800123",
        "ISO;\"string\";2019-01-01T01:00:00.123456789+01:00;1546300800123",
        "ISO;[\"string\",\"null\"];2019-01-01T00:00Z;1546300800000",
        "S;[\"null\"," + MILLIS + "];1546300800123;1546300800123",
      })
  void readsTimesAsTheSchemaSaysOrElseTheConfiguration(
      TimeFormat format, String type, String time, long milliseconds) throws Exception {
    Schema schema = new Schema.Parser().parse(schema(TEXT, type, "\"double\""));
    Object value =
        type.contains("string")
            ? time
            : type.contains("int") ? (Object) Integer.valueOf(time) : Long.valueOf(time);
    RecordFormat records = new RecordFormat("key", "event_time", format, null, Duration.ofHours(1));
    assertThat(
            reader(records, schema.toString())
                .parse(withValue(record(schema, "a", value, 1.0)))
                .eventTime())
        .isEqualTo(milliseconds);
  }

  @Test
  void takesRecordKeyAndTimestampWhereNoFieldIsNamed() throws Exception {
    RecordFormat format = new RecordFormat(null, null, TimeFormat.MS, null, Duration.ofHours(1));
    Schema schema = new Schema.Parser().parse(schema(TEXT, MILLIS, "\"double\""));
    byte[] value = record(schema, "no", 5L, 1.0);
    Observation observation =
        reader(format, schema.toString()).parse(SourceRecords.of(utf8("é"), TIMESTAMP, value));
    assertThat(observation.key()).isEqualTo("é");
    assertThat(observation.eventTime()).isEqualTo(TIMESTAMP);
    assertThat(observation.values()).containsExactly(1, 2);
  }

  @Test
  void oneFieldMayServeAsKeyTimeSequenceAndValue() throws Exception {
    RecordFormat format =
        new RecordFormat("n", "n", TimeFormat.MS, "n", Duration.ofHours(1))
            .asAvro(
                "{\"type\":\"record\",\"name\":\"N\",\"fields\":"
                    + "[{\"name\":\"n\",\"type\":\"int\"}]}");
    Observation observation =
        new ObservationAvro(List.of("n"), format)
            .parse(withValue(AvroBytes.of(encoder -> encoder.writeInt(17))));
    assertThat(observation.key()).isEqualTo("17");
    assertThat(observation.eventTime()).isEqualTo(17);
    assertThat(observation.sequence()).isEqualTo(17);
    assertThat(observation.values()).containsExactly(17);
  }

  private static byte[] record(Schema schema, Object key, Object time, Object bid) {
    return AvroBytes.of(
        new GenericRecordBuilder(schema)
            .set("key", key)
            .set("event_time", time)
            .set("bid", bid)
            .set("ask", 2.0)
            .build());
  }

  private static ObservationReader reader(RecordFormat format, String schema) {
    return new ObservationAvro(FIELDS, format.asAvro(schema));
  }

  private static String schema(String key, String time, String bid) {
    return TickSchemas.of(
        TickSchemas.field("key", key),
        TickSchemas.field("event_time", time),
        TickSchemas.field("bid", bid),
        TickSchemas.field("ask", "\"double\""));
  }
}
