package io.flinklstm.jobs.record.avro;

import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.FieldNames;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.Read;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NestedAvroTest {

  private static final String ENVELOPE =
      """
      {"type":"record","name":"Envelope","fields":[
        {"name":"before","type":["null",{"type":"record","name":"Row","fields":[
          {"name":"id","type":"string"},
          {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":4}},
          {"name":"ts","type":{"type":"long","logicalType":"timestamp-micros"}}]}]},
        {"name":"after","type":["null","Row"]},
        {"name":"op","type":"string"},
        {"name":"tags","type":{"type":"map","values":["null","string","double"]}},
        {"name":"depth","type":{"type":"array","items":{"type":"array","items":"double"}}},
        {"name":"closed","type":"boolean"}]}""";

  private static final String TRADES =
      """
      {"type":"record","name":"Trades","fields":[
        {"name":"note","type":["null","string"]},
        {"name":"symbol","type":"string"},
        {"name":"data","type":["null",{"type":"array","items":["null",
          {"type":"record","name":"Trade","fields":[
            {"name":"t","type":"long"},
            {"name":"p","type":["null","double","string","boolean"]}]}]}]},
        {"name":"end","type":"int"}]}""";

  private static final String EVENTS =
      """
      {"type":"record","name":"Events","fields":[
        {"name":"events","type":{"type":"array","items":{"type":"record","name":"Event","fields":[
          {"name":"trades","type":{"type":"array","items":{"type":"record","name":"Trade","fields":[
            {"name":"t","type":"long"},{"name":"p","type":"double"}]}}},
          {"name":"id","type":"string"}]}}},
        {"name":"end","type":"string"}]}""";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "after.price; 51.5",
        "before.price; 7.0",
        "tags.spread; 0.25",
        "tags.text; 1.5",
        "depth[1][0]; 3.0",
        "$.after.price; 51.5",
      })
  void readsRecordsMapsAndPositions(String path, double expected) {
    String row = "{'Row':{'id':'A','price':'%s','ts':1546300800123999}}";
    String json =
        "{'before':"
            + row.formatted("\\u0001\\u0011p") // 70000
            + ",'after':"
            + row.formatted("\\u0007\\u00db\\u00b8") // 515000
            + ",'op':'u','tags':{'spread':{'double':0.25},'text':{'string':'1.5'},'none':null},"
            + "'depth':[[1,2],[3,4],[]],'closed':true}";
    RecordFormat format = format(ENVELOPE, "after.id", "after.ts", Selection.ALL);
    assertThat(read(ENVELOPE, json, format, path).all)
        .containsExactly("A@1546300800123[" + expected + "]");
    Selection open = new Selection(null, "closed = false", List.of(), true);
    assertThat(read(ENVELOPE, json, format.selecting(open), path).all).containsExactly("skipped");
    Selection updates = new Selection(null, "closed = true and op = 'u'", List.of(), true);
    assertThat(read(ENVELOPE, json, format.selecting(updates), path).all).hasSize(1);
  }

  @Test
  void whatARecordLacksIsMissing() {
    RecordFormat format = format(ENVELOPE, "op", "after.ts", Selection.ALL);
    String json = "{'before':null,'after':null,'op':'d','tags':{},'depth':[],'closed':true}";
    assertThat(messages(read(ENVELOPE, json, format, "after.price")))
        .containsExactly("field after.price: expected a value, got none");
    RecordFormat timeless = format(ENVELOPE, "op", null, Selection.ALL);
    assertThat(messages(read(ENVELOPE, json, timeless, "tags.spread")))
        .containsExactly("field tags.spread: expected a value, got none");
    assertThat(messages(read(ENVELOPE, json, timeless, "depth[0][0]")))
        .containsExactly("field depth[0][0]: expected a value, got none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'double':51.5}; A@5[51.5]",
        "{'string':'51.5'}; A@5[51.5]",
        "{'string':'x'}; field p: expected a number, got \"x\"",
        "{'boolean':true}; field p: expected a number, got boolean",
        "null; field p: expected a value, got null",
      })
  void unionsOfSeveralTypesAreDecidedByTheValue(String value, String outcome) {
    String schema = TRADES.replace("\"items\":[\"null\",", "\"items\":[");
    RecordFormat format = format(schema, "$.symbol", "t", records("data[*]"));
    String json =
        "{'note':null,'symbol':'A','data':{'array':[{'Trade':{'t':5,'p':%s}}]},'end':7}"
            .formatted(value);
    Read read = read(schema, json, format, "p");
    assertThat(read.observations.isEmpty() ? messages(read) : read.all).containsExactly(outcome);
  }

  @Test
  void elementsCarryAValidDatumOfTheirOwn() throws Exception {
    RecordFormat format = format(TRADES, "$.symbol", "t", records("data[*]"));
    String json =
        "{'note':{'string':'n'},'symbol':'A','data':{'array':[{'Trade':{'t':5,'p':{'double':1}}},"
            + "null,{'Trade':{'t':6,'p':{'double':2}}},{'Trade':{'t':7,'p':null}}]},'end':7}";
    Read read = read(TRADES, json, format, "p");
    assertThat(read.all).containsExactly("A@5[1.0]", "MISSING_FIELD", "A@6[2.0]", "MISSING_FIELD");
    assertThat(read.observations).extracting(o -> o.position().index()).containsExactly(0, 2);
    assertThat(datum(TRADES, read.observations.get(1).source().value()))
        .isEqualTo("{'note': 'n', 'symbol': 'A', 'data': [{'t': 6, 'p': 2.0}], 'end': 7}");
    assertThat(datum(TRADES, read.rejected.get(0).value()))
        .isEqualTo("{'note': 'n', 'symbol': 'A', 'data': [null], 'end': 7}");
    assertReadAgain(read, format, "p");
  }

  @Test
  void readsArraysInsideArrays() throws Exception {
    RecordFormat format = format(EVENTS, "$.events[*].id", "t", records("events[*].trades[*]"));
    String json =
        "{'events':[{'trades':[{'t':1,'p':1},{'t':2,'p':2}],'id':'A'},{'trades':[],'id':'B'},"
            + "{'trades':[{'t':3,'p':3}],'id':'C'}],'end':'z'}";
    for (boolean blocksHaveLengths : new boolean[] {false, true}) {
      byte[] value = bytes(EVENTS, json, blocksHaveLengths);
      Read read = Read.of(RecordCodecs.reader(List.of("p"), format), withValue(value));
      assertThat(read.all).containsExactly("A@1[1.0]", "A@2[2.0]", "skipped", "C@3[3.0]");
      assertThat(read.skipped).extracting(SourcePosition::index).containsExactly(2);
      assertThat(datum(EVENTS, read.observations.get(2).source().value()))
          .isEqualTo("{'events': [{'trades': [{'t': 3, 'p': 3.0}], 'id': 'C'}], 'end': 'z'}");
      assertReadAgain(read, format, "p");
    }
  }

  /** Every record of an element is read by the same options as the element was. */
  private static void assertReadAgain(Read read, RecordFormat format, String... fields) {
    ObservationReader reader = RecordCodecs.reader(List.of(fields), format);
    read.observations.forEach(
        element -> {
          Read again = Read.of(reader, element.source());
          assertThat(again.all).containsExactly(element.toString());
          assertThat(again.observations.get(0).source().value())
              .isEqualTo(element.source().value());
        });
    for (int k = 0; k < read.rejected.size(); k++) {
      assertThat(Read.of(reader, read.rejected.get(k)).rejections)
          .containsExactly(read.rejections.get(k));
    }
  }

  @Test
  void aBrokenFrameIsOneDeadLetterOfTheWholeRecord() {
    RecordFormat format = format(TRADES, "$.symbol", "t", records("data[*]"));
    ObservationReader reader = RecordCodecs.reader(List.of("p"), format);
    String trade = "{'Trade':{'t':5,'p':{'double':1}}}";
    byte[] good =
        bytes(
            TRADES,
            "{'note':null,'symbol':'A','data':{'array':[" + trade + "," + trade + "]},'end':7}",
            false);
    assertThat(Read.of(reader, withValue(good)).all).hasSize(2);
    for (int length = 1; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      Read read = Read.of(reader, withValue(cut));
      assertThat(read.all).containsExactly("MALFORMED");
      assertThat(read.rejected.get(0).value()).isSameAs(cut);
    }
    assertThat(read(TRADES, "{'note':null,'symbol':'A','data':null,'end':7}", format, "p").all)
        .containsExactly("MISSING_FIELD");
    assertThat(
            read(TRADES, "{'note':null,'symbol':'A','data':{'array':[]},'end':7}", format, "p").all)
        .containsExactly("skipped");
    String note = "x".repeat(17_000);
    Read wide =
        read(
            TRADES,
            "{'note':{'string':'" + note + "'},'symbol':'A','data':{'array':[null]},'end':7}",
            format,
            "p");
    assertThat(messages(wide)).singleElement().asString().contains("outside the elements");
  }

  /** Its length would be wrong in a record with one element. */
  @Test
  void anArrayInABlockWithALengthIsRefused() {
    String schema =
        TRADES.replace(
            "{\"name\":\"end\"",
            "{\"name\":\"more\",\"type\":{\"type\":\"map\",\"values\":"
                + "{\"type\":\"array\",\"items\":\"Trade\"}}},{\"name\":\"end\"");
    RecordFormat format = format(schema, "$.symbol", "t", records("more.a[*]"));
    String json =
        "{'note':null,'symbol':'A','data':null,"
            + "'more':{'a':[{'t':5,'p':{'double':1}},{'t':6,'p':{'double':2}}]},'end':7}";
    ObservationReader reader = RecordCodecs.reader(List.of("p"), format);
    Read read = Read.of(reader, withValue(bytes(schema, json, false)));
    assertThat(read.all).containsExactly("A@5[1.0]", "A@6[2.0]");
    assertReadAgain(read, format, "p");
    assertThat(messages(Read.of(reader, withValue(bytes(schema, json, true)))))
        .singleElement()
        .asString()
        .contains("outside of blocks with a length");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "after.cost; op; expected a field after.cost, got [id, price, ts]",
        "op.x; op; expected a field op.x, got string instead of x",
        "depth[0]; op; field depth[0]: expected int, long, float, double, a decimal or string, got array",
        "closed; op; expected int, long, float, double, a decimal or string, got boolean",
        "after; op; got record",
        "tags.x; after; field after: expected string, enum, int, long or a decimal, got record",
        "depth.x; op; got array instead of x",
      })
  void refusesPathsThatTheSchemaLacks(String field, String key, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RecordCodecs.reader(
                    List.of(field), format(ENVELOPE, key, "after.ts", Selection.ALL)))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "note[*]; lstm.source.records note[*]: expected an array, got string",
        "nothing[*]; expected a field nothing[*], got [note, symbol, data, end]",
      })
  void refusesRecordsThatAreNoArray(String records, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RecordCodecs.reader(
                    List.of("p"), format(TRADES, "$.symbol", "t", records(records))))
        .withMessageContaining(message);
  }

  @Test
  void refusesElementsWithoutBytes() {
    String schema =
        "{'type':'record','name':'R','fields':[{'name':'a','type':{'type':'array','items':'null'}}]}"
            .replace('\'', '"');
    RecordFormat format =
        format(schema, "k", "t", records("a[*]")).named(new FieldNames(List.of(), "A", null, null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordCodecs.reader(List.of(), format))
        .withMessageContaining("lstm.source.records a[*]: expected elements of at least one byte");
  }

  private static Selection records(String path) {
    return new Selection(path, null, List.of(), true);
  }

  private static List<String> messages(Read read) {
    return read.rejections.stream().map(Rejection::message).toList();
  }

  private static RecordFormat format(
      String schema, @Nullable String key, @Nullable String time, Selection selection) {
    return new RecordFormat(key, time, TimeFormat.MS, null, Duration.ofHours(1))
        .selecting(selection)
        .asAvro(schema);
  }

  private static Read read(String schema, String json, RecordFormat format, String... fields) {
    return Read.of(
        RecordCodecs.reader(List.of(fields), format), withValue(bytes(schema, json, false)));
  }

  /** Encodes Avro's JSON, in which single quotes stand for double ones. */
  private static byte[] bytes(String text, String json, boolean blocksHaveLengths) {
    Schema schema = new Schema.Parser().parse(text);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GenericRecord record =
          new GenericDatumReader<GenericRecord>(schema)
              .read(null, DecoderFactory.get().jsonDecoder(schema, json.replace('\'', '"')));
      BinaryEncoder encoder =
          blocksHaveLengths
              ? EncoderFactory.get().blockingBinaryEncoder(out, null)
              : EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
    return out.toByteArray();
  }

  private static String datum(String schema, byte[] bytes) throws IOException {
    return AvroBytes.record(new Schema.Parser().parse(schema), bytes).toString().replace('"', '\'');
  }
}
