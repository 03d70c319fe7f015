package io.flinklstm.jobs.record.avro;

import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.registry.RegistryException;
import io.flinklstm.jobs.registry.RegistrySettings.OnFailure;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.Read;
import io.flinklstm.jobs.testing.StubRegistry;
import io.flinklstm.jobs.testing.TickSchemas;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FramedAvroTest {

  private static final String FIRST =
      TickSchemas.of(
          TickSchemas.field("key", "\"string\""),
          TickSchemas.field("event_time", "\"long\""),
          TickSchemas.field("bid", "\"int\""));
  private static final String SECOND =
      TickSchemas.of(
          TickSchemas.field("bid", "[\"null\",\"double\",\"string\"]"),
          TickSchemas.field("note", "\"string\""),
          TickSchemas.field("event_time", "\"long\""),
          TickSchemas.field("key", "\"string\""));
  private static final String WITHOUT_BID =
      TickSchemas.of(
          TickSchemas.field("key", "\"string\""), TickSchemas.field("event_time", "\"long\""));
  private static final String OTHER_BID =
      TickSchemas.of(
          TickSchemas.field("key", "\"string\""),
          TickSchemas.field("event_time", "\"long\""),
          TickSchemas.field("bid", "\"bytes\""));

  private static final byte[] FIRST_DATUM =
      AvroBytes.of(
          encoder -> {
            encoder.writeString("A");
            encoder.writeLong(5);
            encoder.writeInt(51);
          });
  private static final byte[] SECOND_DATUM =
      AvroBytes.of(
          encoder -> {
            encoder.writeIndex(1);
            encoder.writeDouble(51.5);
            encoder.writeString("note");
            encoder.writeLong(6);
            encoder.writeString("A");
          });

  private StubRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = new StubRegistry();
    registry.schema(1, FIRST);
    registry.schema(2, SECOND);
    registry.schema(3, WITHOUT_BID);
    registry.schema(4, OTHER_BID);
    registry.answer("/schemas/ids/5", 200, "{\"schema\":\"{}\",\"schemaType\":\"JSON\"}");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void readsEachRecordWithItsOwnSchema() {
    ObservationReader reader = reader("", OnFailure.FAIL);
    for (int k = 0; k < 3; k++) {
      assertThat(Read.of(reader, framed(1, FIRST_DATUM)).all).containsExactly("A@5[51.0]");
      SourceRecord record = framed(2, SECOND_DATUM);
      Read read = Read.of(reader, record);
      assertThat(read.all).containsExactly("A@6[51.5]");
      assertThat(read.observations.get(0).source()).isSameAs(record);
    }
    assertThat(registry.requests()).containsExactly("/schemas/ids/1", "/schemas/ids/2");
  }

  @Test
  void refusesWhatASchemaDoesNotHave() {
    ObservationReader reader = reader("", OnFailure.FAIL);
    byte[] withoutBid = Arrays.copyOf(FIRST_DATUM, FIRST_DATUM.length - 1);
    byte[] otherBid =
        AvroBytes.of(
            encoder -> {
              encoder.writeString("A");
              encoder.writeLong(5);
              encoder.writeBytes(new byte[] {1, 2});
            });
    assertThat(rejection(reader, framed(3, withoutBid)))
        .hasToString(
            "Rejection[code=MISSING_FIELD, message=field bid: expected a value, got none]");
    assertThat(rejection(reader, framed(4, otherBid)))
        .hasToString("Rejection[code=WRONG_TYPE, message=field bid: expected a number, got bytes]");
    assertThat(rejection(reader, framed(5, FIRST_DATUM)))
        .hasToString(
            "Rejection[code=MALFORMED, message=schema id 5: expected an Avro schema, got JSON]");
    assertThat(rejection(reader, framed(6, FIRST_DATUM)))
        .hasToString(
            "Rejection[code=SCHEMA_UNAVAILABLE, message=schema id 6: expected a schema in the"
                + " registry, got HTTP 404: Schema not found]");
    assertThat(rejection(reader, withValue(new byte[] {0, 0, 0, 7})).message())
        .isEqualTo(
            "value: expected Confluent's wire format (a zero byte, then a schema id of 4 bytes),"
                + " got 4 bytes");
    assertThat(rejection(reader, withValue("{\"key\":1}")).message())
        .endsWith("got a first byte of 123");
    assertThat(rejection(reader, framed(1, SECOND_DATUM)).code()).hasToString("MALFORMED");
    assertThat(rejection(reader, framed(1, new byte[0])).message())
        .endsWith("got the end after 0 bytes");
  }

  @Test
  void elementsKeepTheirFrame() {
    String trades =
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"data\",\"type\":"
            + "{\"type\":\"array\",\"items\":"
            + FIRST
            + "}}]}";
    registry.schema(8, trades);
    byte[] datum =
        AvroBytes.of(
            encoder -> {
              encoder.writeLong(2);
              encoder.writeFixed(FIRST_DATUM);
              encoder.writeFixed(FIRST_DATUM);
              encoder.writeLong(0);
            });
    RecordFormat format =
        format("", OnFailure.FAIL).selecting(new Selection("data[*]", null, List.of(), true));
    ObservationReader reader = RecordCodecs.reader(List.of("bid"), format);
    Read read = Read.of(reader, framed(8, datum));
    assertThat(read.all).containsExactly("A@5[51.0]", "A@5[51.0]");
    Read again = Read.of(reader, read.observations.get(1).source());
    assertThat(again.all).containsExactly("A@5[51.0]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RecordCodecs.reader(
                    List.of("bid"), format.asFramedAvro(trades, registry.settings(OnFailure.FAIL))))
        .withMessageContaining("expected no reader's schema with lstm.source.records");
  }

  @Test
  void resolvesToTheReadersSchemaAsAvroDoes() {
    String readers =
        TickSchemas.of(
            TickSchemas.field("price", "\"double\"")
                .replace("}", ",\"aliases\":[\"bid\"],\"default\":-1.0}"),
            TickSchemas.field("event_time", "\"long\""),
            TickSchemas.field("key", "\"string\""));
    ObservationReader reader =
        RecordCodecs.reader(List.of("price"), format(readers, OnFailure.FAIL));
    assertThat(Read.of(reader, framed(1, FIRST_DATUM)).all).containsExactly("A@5[51.0]");
    byte[] withoutBid = Arrays.copyOf(FIRST_DATUM, FIRST_DATUM.length - 1);
    SourceRecord record = framed(3, withoutBid);
    Read read = Read.of(reader, record);
    assertThat(read.all).containsExactly("A@5[-1.0]");
    assertThat(read.observations.get(0).source()).isSameAs(record);
    assertThat(rejection(reader, framed(4, FIRST_DATUM)).message())
        .startsWith(
            "schema test.Tick: expected one that Avro resolves to lstm.source.avro-schema, got: ");
    for (int length = 0; length < FIRST_DATUM.length; length++) {
      assertThat(rejection(reader, framed(1, Arrays.copyOf(FIRST_DATUM, length))).code())
          .hasToString("MALFORMED");
    }
    assertThat(rejection(reader, framed(1, SECOND_DATUM)).code()).hasToString("MALFORMED");
    registry.schema(
        9,
        FIRST.replace(
            "{\"name\":\"bid\"",
            "{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},{\"name\":\"bid\""));
    assertThat(rejection(reader, framed(9, FIRST_DATUM)).message())
        .contains("expected arrays whose items have at least one byte");
  }

  @Test
  void whatHappensWithoutTheRegistryIsConfigured() {
    ObservationReader failing = reader("", OnFailure.FAIL);
    ObservationReader going = reader("", OnFailure.DEAD_LETTER);
    Read.of(failing, framed(1, FIRST_DATUM));
    Read.of(going, framed(1, FIRST_DATUM));
    registry.close();
    assertThat(Read.of(failing, framed(1, FIRST_DATUM)).all).containsExactly("A@5[51.0]");
    assertThatThrownBy(() -> Read.of(failing, framed(2, SECOND_DATUM)))
        .isInstanceOf(RegistryException.class)
        .hasMessageEndingWith(", got: connection refused");
    assertThat(Read.of(going, framed(2, SECOND_DATUM)).all).containsExactly("SCHEMA_UNAVAILABLE");
    assertThat(Read.of(going, framed(1, FIRST_DATUM)).all).containsExactly("A@5[51.0]");
  }

  @Test
  void aFrameWithoutARegistryIsNamed() {
    ObservationReader reader =
        RecordCodecs.reader(
            List.of("bid"),
            new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1))
                .asAvro(FIRST));
    assertThat(rejection(reader, framed(7, FIRST_DATUM)).message())
        .startsWith("value: expected an Avro record test.Tick, got ")
        .endsWith(
            "; it begins like Confluent's wire format (schema id 7): set"
                + " lstm.source.schema-registry.url");
    assertThat(rejection(reader, withValue(new byte[] {2, 'A', 4})).message())
        .doesNotContain("Confluent");
  }

  private static Rejection rejection(ObservationReader reader, SourceRecord record) {
    Read read = Read.of(reader, record);
    assertThat(read.rejected).containsExactly(record);
    return read.rejections.get(0);
  }

  private static SourceRecord framed(int schemaId, byte[] datum) {
    return withValue(
        ByteBuffer.allocate(5 + datum.length).put((byte) 0).putInt(schemaId).put(datum).array());
  }

  private ObservationReader reader(String schema, OnFailure onFailure) {
    return RecordCodecs.reader(List.of("bid"), format(schema, onFailure));
  }

  private RecordFormat format(String schema, OnFailure onFailure) {
    return new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofHours(1))
        .asFramedAvro(schema, registry.settings(onFailure));
  }
}
