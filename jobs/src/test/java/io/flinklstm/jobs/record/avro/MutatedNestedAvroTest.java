package io.flinklstm.jobs.record.avro;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.RejectedRecordException;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.MutatedBytes;
import io.flinklstm.jobs.testing.Read;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.jobs.testing.TickSchemas;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;

/**
 * Mutated Avro datums with several nested observations each ({@code -Dfuzz.inputs=N} sets their
 * number). Whatever a record holds, each of its elements has an outcome, and the record that an
 * element carries has the same outcome again.
 */
class MutatedNestedAvroTest {

  private static final int MUTATED = Integer.getInteger("fuzz.inputs", 30_000);
  private static final List<String> FIELDS = List.of("row.price", "levels[1]", "$.tags.spread");

  private static final String SCHEMA =
      TickSchemas.of(
          TickSchemas.field("note", "[\"null\",\"string\"]"),
          TickSchemas.field(
              "tags", "{\"type\":\"map\",\"values\":[\"double\",\"string\",\"null\"]}"),
          TickSchemas.field(
              "data",
              "[\"null\",{\"type\":\"array\",\"items\":[\"null\","
                  + "{\"type\":\"record\",\"name\":\"Trade\",\"fields\":["
                  + String.join(
                      ",",
                      TickSchemas.field("key", "[\"string\",\"long\"]"),
                      TickSchemas.field(
                          "event_time", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"),
                      TickSchemas.field("flag", "\"boolean\""),
                      TickSchemas.field(
                          "row",
                          "[\"null\",{\"type\":\"record\",\"name\":\"Row\",\"fields\":["
                              + TickSchemas.field(
                                  "price",
                                  "{\"type\":\"bytes\",\"logicalType\":\"decimal\","
                                      + "\"precision\":60,\"scale\":4}")
                              + ","
                              + TickSchemas.field("next", "[\"null\",\"Row\"]")
                              + "]}]"),
                      TickSchemas.field(
                          "levels",
                          "{\"type\":\"array\",\"items\":[\"double\",\"null\",\"string\"]}"))
                  + "]}]}]"),
          TickSchemas.field("end", "\"long\""));

  private static final RecordFormat FORMAT =
      new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofDays(100_000))
          .asAvro(SCHEMA);

  private final Schema schema = new Schema.Parser().parse(SCHEMA);
  private final TickSchemas.Values values = new TickSchemas.Values(17);
  private final Random random = new Random(20190101);
  private final Set<RejectionCode> codes = EnumSet.noneOf(RejectionCode.class);
  private int observations;
  private int rejectedElements;

  @Test
  void everyElementHasAnOutcomeOfItsOwn() {
    RecordFormat format =
        FORMAT.selecting(new Selection("data[*]", "flag = true", List.of(), true));
    ObservationReader reader = RecordCodecs.reader(FIELDS, format);
    ObservationReader again = RecordCodecs.reader(FIELDS, format);
    for (int k = 0; k < MUTATED; k++) {
      SourceRecord record = SourceRecords.withValue(mutated(k));
      Read read = read(reader, record);
      observations += read.observations.size();
      read.rejections.forEach(rejection -> codes.add(rejection.code()));
      read.observations.forEach(
          element -> check(record, again, element.source(), element.toString()));
      for (int j = 0; j < read.rejected.size(); j++) {
        SourceRecord rejected = read.rejected.get(j);
        if (rejected == record) {
          assertThat(read.all).hasSize(1);
        } else {
          rejectedElements++;
          check(record, again, rejected, read.rejections.get(j).code().name());
        }
      }
    }
    assertThat(observations).isGreaterThan(MUTATED / 20);
    assertThat(rejectedElements).isGreaterThan(MUTATED / 200);
    assertThat(codes)
        .contains(
            RejectionCode.MALFORMED,
            RejectionCode.MISSING_FIELD,
            RejectionCode.WRONG_TYPE,
            RejectionCode.INVALID_TIME);
  }

  private byte[] mutated(int number) {
    GenericData.Record record = values.record(schema, 0);
    record.put("tags", Map.of("spread", random.nextDouble(), "x", "y"));
    if (record.get("data") instanceof List<?> trades) {
      for (Object trade : trades) {
        if (trade instanceof GenericData.Record usable && random.nextInt(8) > 0) {
          usable.put("event_time", random.nextLong(1L << 50));
          usable.put("flag", random.nextInt(8) > 0);
          usable.put("levels", List.of(1.5, 2.5));
          usable.put("key", "A");
          GenericData.Record row =
              new GenericData.Record(usable.getSchema().getField("row").schema().getTypes().get(1));
          row.put("price", ByteBuffer.wrap(new byte[] {(byte) random.nextInt(256), 1}));
          usable.put("row", row);
        }
      }
    }
    byte[] value = AvroBytes.of(record);
    for (int mutations = number % 4; mutations > 0; mutations--) {
      value = MutatedBytes.of(value, random, AvroBytes.TOKENS);
    }
    return value;
  }

  private static Read read(ObservationReader reader, SourceRecord record) {
    try {
      return Read.of(reader, record);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(hex(record), e);
    }
  }

  private static String hex(SourceRecord record) {
    return HexFormat.of().formatHex(record.value());
  }

  private static void check(
      SourceRecord record, ObservationReader reader, SourceRecord element, String outcome) {
    Read read = read(reader, element);
    if (element.position().index() == SourcePosition.WHOLE_RECORD
        || !read.all.equals(List.of(outcome))) {
      assertThat(read.all).as(hex(record)).containsExactly(outcome);
    }
  }

  /** Avro's own reader must agree with ours wherever both accept a datum. */
  @Test
  void resolutionReadsWhatWeRead() throws Exception {
    List<String> fields = List.of("tags.spread", "data[0].row.price");
    RecordFormat format =
        new RecordFormat(
                "data[0].key", "data[0].event_time", TimeFormat.MS, null, Duration.ofDays(100_000))
            .asAvro(SCHEMA);
    ObservationReader reader = RecordCodecs.reader(fields, format);
    AvroResolution resolution = new AvroResolution(schema, schema);
    int both = 0;
    for (int k = 0; k < MUTATED; k++) {
      SourceRecord record = SourceRecords.withValue(mutated(k));
      Read direct = read(reader, record);
      byte[] resolved;
      try {
        resolved = resolution.resolve(record.value(), 0);
      } catch (RejectedRecordException e) {
        assertThat(e.rejection().message()).contains("expected", "got");
        continue;
      }
      Read through = read(reader, SourceRecords.withValue(resolved));
      if (!direct.observations.isEmpty() && !through.observations.isEmpty()) {
        both++;
        if (!through.all.equals(direct.all)) {
          assertThat(through.all).as(hex(record)).isEqualTo(direct.all);
        }
      }
    }
    assertThat(both).isGreaterThan(MUTATED / 20);
  }
}
