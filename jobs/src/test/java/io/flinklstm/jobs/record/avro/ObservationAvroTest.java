package io.flinklstm.jobs.record.avro;

import static io.flinklstm.jobs.testing.SourceRecords.TIMESTAMP;
import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.jobs.testing.TickSchemas;
import java.math.BigInteger;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
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
  private static final String NANOS = "{\"type\":\"long\",\"logicalType\":\"timestamp-nanos\"}";
  private static final String MICROS = "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}";

  @Test
  void readsKeyTimeAndFieldsByTheirNames() throws Exception {
    SingleReader reader = reader(PLAIN, schema(TEXT, MILLIS, "\"double\""));
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
    SingleReader reader = reader(PLAIN, text);
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
        "MS;" + NANOS + ";1546300800123999999;1546300800123",
        "NS;\"long\";1546300800123999999;1546300800123",
        "ISO;\"string\";2019-01-01 00:00:00+0000;1546300800000",
        "yyyyMMdd;\"string\";20190101;1546300800000",
        "yyyyMMdd;\"int\";20190101;1546300800000",
        "ISO;" + MILLIS + ";1546300800123;1546300800123",
        "ISO;\"string\";2019-01-01T01:00:00.123456789+01:00;1546300800123",
        "ISO;[\"string\",\"null\"];2019-01-01T00:00Z;1546300800000",
        "S;[\"null\"," + MILLIS + "];1546300800123;1546300800123",
        "S;" + NANOS + ";1546300800123999999;1546300800123",
        "MS;{\"type\":\"int\",\"logicalType\":\"date\"};17897;1546300800000",
        "ISO;{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"};1546300800123;1546300800123",
        "S;\"double\";1546300800.123;1546300800123",
        "S;\"string\";1546300800.123;1546300800123",
      })
  void readsTimesAsTheSchemaSaysOrElseTheConfiguration(
      TimeFormat format, String type, String time, long milliseconds) throws Exception {
    Schema schema = new Schema.Parser().parse(schema(TEXT, type, "\"double\""));
    Object value =
        type.contains("string")
            ? time
            : type.contains("double")
                ? Double.valueOf(time)
                : type.contains("int") ? (Object) Integer.valueOf(time) : Long.valueOf(time);
    RecordFormat records = new RecordFormat("key", "event_time", format, null, Duration.ofHours(1));
    assertThat(
            reader(records, schema.toString())
                .parse(withValue(record(schema, "a", value, 1.0)))
                .eventTime())
        .isEqualTo(milliseconds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"};1546300800123;1546318800123",
        "{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"};1546300800123999;1546318800123",
        "{\"type\":\"long\",\"logicalType\":\"local-timestamp-nanos\"};1546300800123999999;1546318800123",
        "{\"type\":\"int\",\"logicalType\":\"date\"};17897;1546318800000",
        MILLIS + ";1546300800123;1546300800123",
      })
  void readsLocalTimesInTheConfiguredZone(String type, long time, long milliseconds)
      throws Exception {
    Schema schema = new Schema.Parser().parse(schema(TEXT, type, "\"double\""));
    RecordFormat records =
        new RecordFormat(
            "key",
            "event_time",
            TimeFormat.MS.in(ZoneId.of("America/New_York")),
            null,
            Duration.ofHours(9));
    byte[] value = record(schema, "a", type.contains("int") ? (Object) (int) time : time, 1.0);
    assertThat(reader(records, schema.toString()).parse(withValue(value)).eventTime())
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
        new SingleReader(List.of("n"), format)
            .parse(withValue(AvroBytes.of(encoder -> encoder.writeInt(17))));
    assertThat(observation.key()).isEqualTo("17");
    assertThat(observation.eventTime()).isEqualTo(17);
    assertThat(observation.sequence()).isEqualTo(17);
    assertThat(observation.values()).containsExactly(17);
  }

  @ParameterizedTest
  @CsvSource({
    "515,1,51.5",
    "-515,1,-51.5",
    "1,1,0.1",
    "0,4,0.0",
    "12345678901234567890123,20,123.45678901234567890123",
    "9007199254740993,0,9007199254740993",
    "1,38,1e-38",
  })
  void decimalsAreTheNearestDoubles(BigInteger unscaled, int scale, double number)
      throws Exception {
    byte[] digits = unscaled.toByteArray();
    byte[] padded = new byte[16];
    Arrays.fill(padded, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(digits, 0, padded, padded.length - digits.length, digits.length);
    ofDecimal("\"bytes\"", scale, encoder -> encoder.writeBytes(digits), number);
    ofDecimal(
        "\"fixed\",\"name\":\"D\",\"size\":16",
        scale,
        encoder -> encoder.writeFixed(padded),
        number);
  }

  private static void ofDecimal(String type, int scale, AvroBytes.Writing value, double expected)
      throws Exception {
    String schema =
        schema(
            TEXT,
            MILLIS,
            "{\"type\":"
                + type
                + ",\"logicalType\":\"decimal\",\"precision\":38,\"scale\":"
                + scale
                + "}");
    byte[] record =
        AvroBytes.of(
            encoder -> {
              encoder.writeString("a");
              encoder.writeLong(5);
              value.to(encoder);
              encoder.writeDouble(2);
            });
    double read = reader(PLAIN, schema).parse(withValue(record)).values()[0];
    assertThat(Double.doubleToRawLongBits(read)).isEqualTo(Double.doubleToRawLongBits(expected));
  }

  /** As Kafka Connect writes the numbers of some databases. */
  @Test
  void decimalsMayBeKeyTimeAndSequence() throws Exception {
    RecordFormat format =
        new RecordFormat("n", "n", TimeFormat.S, "n", Duration.ofHours(1))
            .asAvro(
                TickSchemas.of(
                    TickSchemas.field(
                        "n",
                        "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":38,\"scale\":2}")));
    SingleReader reader = new SingleReader(List.of("n"), format);
    Observation observation = reader.parse(withValue(decimal(170_000)));
    assertThat(observation.key()).isEqualTo("1700");
    assertThat(observation.eventTime()).isEqualTo(1_700_000);
    assertThat(observation.sequence()).isEqualTo(1700);
    assertThat(observation.values()).containsExactly(1700);
    for (byte[] bad : List.of(decimal(170_001), new byte[] {0})) {
      RejectedRecordException refused =
          catchThrowableOfType(RejectedRecordException.class, () -> reader.parse(withValue(bad)));
      assertThat(refused.rejection().code()).isEqualTo(RejectionCode.WRONG_TYPE);
    }
  }

  private static byte[] decimal(long unscaled) {
    return AvroBytes.of(encoder -> encoder.writeBytes(BigInteger.valueOf(unscaled).toByteArray()));
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

  private static SingleReader reader(RecordFormat format, String schema) {
    return new SingleReader(FIELDS, format.asAvro(schema));
  }

  private static String schema(String key, String time, String bid) {
    return TickSchemas.of(
        TickSchemas.field("key", key),
        TickSchemas.field("event_time", time),
        TickSchemas.field("bid", bid),
        TickSchemas.field("ask", "\"double\""));
  }
}
