package io.flinklstm.jobs.record.json;

import static io.flinklstm.jobs.testing.SourceRecords.withValue;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.FieldNames;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.Read;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NestedRecordsTest {

  private static final String T = "1546300800123";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'data':{'k':'A','t':1546300800123,'p':51.5}}; data.k; data.t; data.p",
        "{'payload':{'after':{'k':'A','p':51.5}},'ts':1546300800123}; payload.after.k; ts; payload.after.p",
        "{'a.b':51.5,'k':'A','t':1546300800123,'a':{'b':1}}; k; t; \"a.b\"",
        "{'T (degC)':51.5,'k':'A','t':1546300800123}; k; t; \"T (degC)\"",
        "{'k':'A','t':1546300800123,'bids':[{'p':51.5},{'p':2}]}; k; t; bids[0].p",
        "{'k':'A','t':1546300800123,'bids':[[1,2],[3,51.5,{}]]}; k; t; bids[1][1]",
        "[7,'te',[3,1546300800123,0.5,51.5],'A']; [3]; [2][1]; [2][3]",
        "{'k':'A','t':1546300800123,'p':51.5}; $.k; $.t; $.p",
        "{'k':'A','t':1546300800123,'p':'51.5'}; k; t; p",
        "{'k':'A','t':'1546300800123','p':'5.15e1'}; k; t; p",
      })
  void readsPathsAndNumbersInStrings(String json, String key, String time, String price) {
    Read read = read(json, format(key, time, Selection.ALL), price);
    assertThat(read.all).containsExactly("A@1546300800123[51.5]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"51.5", "0.1", "-1e-7", "9007199254740993", "123456789012345678901", "0"})
  void aNumberInAStringHasTheBitsOfTheBareOne(String number) {
    RecordFormat format = format("k", "t", Selection.ALL);
    double bare = value(read("{'k':'A','t':5,'p':" + number + "}", format, "p"));
    double quoted = value(read("{'k':'A','t':5,'p':'" + number + "'}", format, "p"));
    assertThat(Double.doubleToRawLongBits(quoted)).isEqualTo(Double.doubleToRawLongBits(bare));
  }

  private static double value(Read read) {
    return read.observations.get(0).values()[0];
  }

  @Test
  void aRefusedValueIsShownShortenedAndEscaped() {
    RecordFormat format = format("k", "t", Selection.ALL);
    assertThat(read("{'k':'A','t':5,'p':'1,195.82'}", format, "p").rejections)
        .extracting(Rejection::message)
        .containsExactly("field p: expected a number, got \"1,195.82\"");
    String message =
        read("{'k':'A','t':5,'p':'\\n" + "x".repeat(100) + "'}", format, "p")
            .rejections
            .get(0)
            .message();
    assertThat(message).contains("\\u000ax").contains("of 101 characters").hasSizeLessThan(140);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'k':'A','t':5,'data':{'p':1,'l':[1,{'x':2},[3]],'a.b':null}}; k, t, data.p, data.l[0],"
            + " data.l[1].x, data.l[2][0], data.\"a.b\"",
        "{}; none",
      })
  void theMessageAboutAMissingFieldNamesTheFieldsThereAre(String json, String fields) {
    Read read = read(json, format("k", "t", Selection.ALL), "q");
    assertThat(read.rejections.get(0).message()).endsWith("; fields there: " + fields);
  }

  @Test
  void onlyTheFirstMessagesNameTheFieldsThereAre() {
    ObservationReader reader = RecordCodecs.reader(List.of("q"), format("k", "t", Selection.ALL));
    for (int k = 0; k < 20; k++) {
      assertThat(Read.of(reader, withValue("{}")).rejections.get(0).message()).contains("there");
    }
    assertThat(Read.of(reader, withValue("{}")).rejections.get(0).message())
        .doesNotContain("there");
  }

  @Test
  void strictNumbersRefuseStrings() {
    Selection strict = new Selection(null, null, List.of(), false);
    Read read = read("{'k':'A','t':5,'p':'51.5'}", format("k", "t", strict), "p");
    assertThat(read.rejections)
        .extracting(Rejection::message)
        .containsExactly("field p: expected a number, got \"51.5\"");
    assertThat(read("{'k':'A','t':5,'p':51.5}", format("k", "t", strict), "p").all)
        .containsExactly("A@5[51.5]");
  }

  @Test
  void readsEveryElementOfAnArray() {
    RecordFormat format = format("k", "t", records("[*]"));
    String json = "[{'k':'A','t':5,'p':51.5}, {'k':'B','t':6,'p':9.1}]";
    Read read = read(json, format, "p");
    assertThat(read.all).containsExactly("A@5[51.5]", "B@6[9.1]");
    assertThat(read.observations)
        .extracting(observation -> observation.position().index())
        .containsExactly(0, 1);
    assertThat(values(read))
        .containsExactly("[{'k':'A','t':5,'p':51.5}]", "[{'k':'B','t':6,'p':9.1}]");
  }

  private static List<String> values(Read read) {
    return read.observations.stream().map(observation -> text(observation.source())).toList();
  }

  private static String text(SourceRecord record) {
    return new String(record.value(), UTF_8).replace('"', '\'');
  }

  @Test
  void elementsCarryThemselvesAndTheNeededOuterFieldsOnly() {
    RecordFormat format = format("$.arg.id", "ts", records("data[*]"));
    String json =
        "{'arg':{'channel':'trades','id':'BTC-USDT'},'x':[1,2,3],'data':[{'ts':5,'px':'1.5','q':0},"
            + "{'ts':6,'px':'2.5'}],'more':{'a':1}}";
    Read read = read(json, format, "px");
    assertThat(read.all).containsExactly("BTC-USDT@5[1.5]", "BTC-USDT@6[2.5]");
    assertThat(values(read))
        .containsExactly(
            "{'data':[{'ts':5,'px':'1.5','q':0}],'arg':{'id':'BTC-USDT'}}",
            "{'data':[{'ts':6,'px':'2.5'}],'arg':{'id':'BTC-USDT'}}");
    assertReadAgain(read, format, "px");
  }

  /** Every record of an element is read by the same options as the element was. */
  private static void assertReadAgain(Read read, RecordFormat format, String... fields) {
    for (int k = 0; k < read.observations.size(); k++) {
      SourceRecord element = read.observations.get(k).source();
      Read again = Read.of(RecordCodecs.reader(List.of(fields), format), element);
      assertThat(again.all).containsExactly(read.observations.get(k).toString());
      assertThat(again.observations.get(0).source().value()).isEqualTo(element.value());
    }
    for (int k = 0; k < read.rejected.size(); k++) {
      Read again = Read.of(RecordCodecs.reader(List.of(fields), format), read.rejected.get(k));
      assertThat(again.rejections).containsExactly(read.rejections.get(k));
    }
  }

  @Test
  void readsPositionalArraysInsideAndOutside() {
    RecordFormat format = format("$[3]", "[2]", records("[1][*]"));
    String json =
        "[42,[['5541.2','0.15','1534614057321'],['5542','1','1534614057322']],'trade','XBT/USD']";
    Read read = read(json, format, "[0]");
    assertThat(read.all)
        .containsExactly("XBT/USD@1534614057321[5541.2]", "XBT/USD@1534614057322[5542.0]");
    assertThat(values(read))
        .first()
        .isEqualTo("[null,[['5541.2','0.15','1534614057321']],null,'XBT/USD']");
    assertReadAgain(read, format, "[0]");
  }

  @Test
  void readsArraysInsideArrays() {
    RecordFormat format = format("$.events[*].id", "t", records("events[*].trades[*]"));
    String json =
        "{'events':[{'id':'A','trades':[{'t':1,'p':1},{'t':2,'p':2}]},{'trades':[],'id':'B'},"
            + "{'id':'C','trades':[{'t':3,'p':3}]},{'id':'D'}]}";
    Read read = read(json, format, "p");
    assertThat(read.all)
        .containsExactly("A@1[1.0]", "A@2[2.0]", "skipped", "C@3[3.0]", "MISSING_FIELD");
    assertThat(read.observations)
        .extracting(observation -> observation.position().index())
        .containsExactly(0, 1, 3);
    assertThat(read.skipped).extracting(SourcePosition::index).containsExactly(2);
    assertThat(read.rejected).extracting(r -> r.position().index()).containsExactly(4);
    assertThat(values(read))
        .element(2)
        .isEqualTo("{'events':[{'trades':[{'t':3,'p':3}],'id':'C'}]}");
    assertReadAgain(read, format, "p");
  }

  @Test
  void aBadElementIsADeadLetterAndItsSiblingsAreNot() {
    RecordFormat format = format("k", "t", records("data[*]"));
    String json =
        "{'data':[{'k':'A','t':5,'p':1},{'k':'B','t':5},7,{'k':'C','t':5,'p':3},null,'x']}";
    Read read = read(json, format, "p");
    assertThat(read.all)
        .containsExactly(
            "A@5[1.0]", "MISSING_FIELD", "MALFORMED", "C@5[3.0]", "MALFORMED", "MALFORMED");
    assertThat(read.rejected.stream().map(NestedRecordsTest::text))
        .containsExactly(
            "{'data':[{'k':'B','t':5}]}", "{'data':[7]}", "{'data':[null]}", "{'data':['x']}");
    assertReadAgain(read, format, "p");
  }

  @Test
  void elementsAreCutOutBehindAByteOrderMarkAndOtherLetters() {
    RecordFormat format = format("$.s", "t", records("data[*]"));
    String json =
        "\uFEFF{'é€\uD83D\uDE00':'ü','data' : [ {'t':5,'p':1,'x':'ö'} ,{'t':6,'p':2} ],'s':'Ä'}";
    Read read = read(json, format, "p");
    assertThat(read.all).containsExactly("Ä@5[1.0]", "Ä@6[2.0]");
    assertThat(values(read))
        .containsExactly(
            "{'data':[{'t':5,'p':1,'x':'ö'}],'s':'Ä'}", "{'data':[{'t':6,'p':2}],'s':'Ä'}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'s':'A','data':[{'t':5,'p':1}],'data':[{'t':6,'p':1}]}; WRONG_TYPE",
        "{'s':'A','data':[{'t':5,'p':1}],'data':[]}; WRONG_TYPE",
        "{'s':'A','data':[{'t':5,'p':1},{'t':6,'p'; MALFORMED",
        "{'s':'A','data':[{'t':5,'p':1}]}{; MALFORMED",
        "{'data':[{'t':5,'p':1},{'t':6,'p':2}]}; MISSING_KEY",
        "{'s':{},'data':[{'t':5,'p':1},{'t':6,'p':2}]}; WRONG_TYPE",
        "{'s':'A'}; MISSING_FIELD",
        "{'s':'A','data':{}}; MISSING_FIELD",
        "{'s':'A','data':null}; MISSING_FIELD",
        "[]; MALFORMED",
        "{'s':'A','data':[]}; skipped",
      })
  void aBrokenFrameIsOneDeadLetterOfTheWholeRecord(String json, String outcome) {
    SourceRecord record = withValue(json.replace('\'', '"'));
    Read read =
        Read.of(RecordCodecs.reader(List.of("p"), format("$.s", "t", records("data[*]"))), record);
    assertThat(read.all).containsExactly(outcome);
    assertThat(read.rejected).allSatisfy(rejected -> assertThat(rejected).isSameAs(record));
    assertThat(read.skipped).allSatisfy(skipped -> assertThat(skipped.index()).isEqualTo(-1));
  }

  @Test
  void longOuterFieldsAreNotMultiplied() {
    RecordFormat format = format("$.s", "t", records("data[*]"));
    String json = "{'s':'" + "x".repeat(20_000) + "','data':[{'t':5,'p':1},{'t':6,'p':2}]}";
    Read read = read(json, format, "p");
    assertThat(read.all).containsExactly("MALFORMED");
    assertThat(read.rejections.get(0).message()).contains("fields outside the elements");
  }

  @Test
  void readsJsonInStrings() {
    Selection parsed = new Selection(null, null, List.of("v"), true);
    assertThat(read("{'k':'A','t':5,'v':'{\\'p\\':51.5}'}", format("k", "t", parsed), "v.p").all)
        .containsExactly("A@5[51.5]");
    assertThat(read("{'k':'A','t':5,'v':{'p':51.5}}", format("k", "t", parsed), "v.p").all)
        .containsExactly("A@5[51.5]");
    Read broken = read("{'k':'A','t':5,'v':'{p'}", format("k", "t", parsed), "v.p");
    assertThat(broken.all).containsExactly("MALFORMED");
    Selection whole = new Selection(null, null, List.of("$"), true);
    assertThat(read("'{\\'k\\':\\'A\\',\\'t\\':5,\\'p\\':1}'", format("k", "t", whole), "p").all)
        .containsExactly("A@5[1.0]");
  }

  @Test
  void halfASurrogatePairInATextIsNoOtherKey() {
    Selection parsed = new Selection(null, null, List.of("v"), true);
    String json = "{'t':5,'p':1,'v':'{\\'k\\':\\'A\\ud83d\\ude00\\'}'}";
    assertThat(read(json, format("v.k", "t", parsed), "p").all)
        .containsExactly("A\uD83D\uDE00@5[1.0]");
    Read half = read(json.replace("\\ude00", ""), format("v.k", "t", parsed), "p");
    assertThat(half.all).containsExactly("MALFORMED");
    assertThat(half.rejections.get(0).message()).contains("half a surrogate pair");
  }

  @Test
  void readsArraysInStrings() {
    Selection selection = new Selection("v.data[*]", null, List.of("$.v"), true);
    RecordFormat format = format("$.k", "$.v.t", selection);
    Read read =
        read("{'v':'{\\'t\\':5,\\'data\\':[{\\'p\\':1},{\\'p\\':2}]}','k':'A'}", format, "p");
    assertThat(read.all).containsExactly("A@5[1.0]", "A@5[2.0]");
    assertThat(values(read)).first().isEqualTo("{'v':{'data':[{'p':1}],'t':5},'k':'A'}");
    assertReadAgain(read, format, "p");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x = true; true",
        "x = false; false",
        "x != true; false",
        "x = true and type = \"trade\"; true",
        "x = true and type = 'quote'; false",
        "x = false or type = \"trade\"; true",
        "x = false or type = \"trade\" and n > 5; false",
        "(x = true or type = \"trade\") and n >= 5; true",
        "n < 5; false",
        "n <= 5.0; true",
        "n <> 5; false",
        "s = 5; true",
        "s > 4.5 AND s < 5.5; true",
        "n = '5'; true",
        "n >= '4.5'; true",
        "n = 'five'; false",
        "n != 'five'; true",
        "type = 5; false",
        "type != 5; true",
        "type > 5; false",
        "x != 'true'; true",
        "missing = 1; false",
        "missing != 1; false",
        "nested.deep[1] = 'b'; true",
        "$.nested.deep[0] = 'b'; false",
        "type < 'zebra'; true",
        "nested = 1; false",
        "z = 0; true",
      })
  void conditionsSelect(String where, boolean holds) {
    String json =
        "{'k':'A','t':5,'p':1,'x':true,'type':'trade','n':5,'s':'5','nested':{'deep':['a','b']},'z':-0.0,'o':null}";
    Read read = read(json, format("k", "t", new Selection(null, where, List.of(), true)), "p");
    assertThat(read.all).containsExactly(holds ? "A@5[1.0]" : "skipped");
  }

  @Test
  void aSkippedRecordNeedsNothingElse() {
    RecordFormat format =
        format("k", "t", new Selection(null, "type = \"trade\"", List.of(), true));
    assertThat(read("{'type':'heartbeat','k':{},'t':'never','p':true}", format, "p").all)
        .containsExactly("skipped");
    assertThat(read("{'p':true,'k':{},'t':'never','type':'trade'}", format, "p").all)
        .containsExactly("WRONG_TYPE");
    assertThat(read("{'type':'heartbeat'", format, "p").all).containsExactly("MALFORMED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "$.type = 'trade'; {'type':'ping'}; skipped",
        "$.type = 'trade'; {'type':'trade'}; MISSING_FIELD",
        "$.type = 'trade'; {'type':'trade','data':[{'t':5,'p':1}]}; A@5[1.0]",
        "side = 'buy'; {'type':'ping'}; skipped",
        "side = 'buy'; {'data':[{'t':5,'p':1,'side':'buy'},{'side':'sell'}]}; A@5[1.0],skipped",
        "$.type = 'trade' and p > 1; {'type':'trade','data':[{'t':5,'p':1},{'t':5,'p':2}]}; skipped,A@5[2.0]",
      })
  void conditionsSelectElements(String where, String json, String outcomes) {
    Selection selection = new Selection("data[*]", where, List.of(), true);
    FieldNames names = new FieldNames(List.of(), "A", "t", null);
    Read read = read(json, format("k", "t", selection).named(names), "p");
    assertThat(read.all).containsExactly(outcomes.split(","));
  }

  @Test
  void keysAreConstantJoinedOrOutsideTheValue() {
    SourceRecord record =
        new SourceRecord(
            new SourcePosition("ticks.EURUSD", 0, 0),
            SourceRecord.NO_TIMESTAMP,
            "{\"id\":17}".getBytes(UTF_8),
            "{\"e\":\"X:1\",\"s\":\"A\\\\B\",\"t\":5,\"p\":1}".getBytes(UTF_8),
            List.of(
                new SourceRecord.Header("venue", "old".getBytes(UTF_8)),
                new SourceRecord.Header("venue", "LSE".getBytes(UTF_8))));
    assertThat(key(record, new FieldNames(List.of(), "ALL", "t", null))).isEqualTo("ALL");
    assertThat(key(record, names("e", "s"))).isEqualTo("X\\:1:A\\\\B");
    assertThat(key(record, names("$header.venue", "$key.id"))).isEqualTo("LSE:17");
    assertThat(key(record, names("$topic"))).isEqualTo("ticks.EURUSD");
    assertThat(key(record, names("$key"))).isEqualTo("{\"id\":17}");
    Read none = Read.of(reader(names("$header.absent")), record);
    assertThat(none.rejections)
        .extracting(Rejection::code)
        .containsExactly(RejectionCode.MISSING_KEY);
    assertThat(none.rejections.get(0).message())
        .contains("$header.absent", "lstm.source.key-field", "lstm.source.key-constant");
  }

  private static FieldNames names(String... key) {
    return new FieldNames(Arrays.asList(key), null, "t", null);
  }

  private static ObservationReader reader(FieldNames names) {
    return RecordCodecs.reader(List.of("p"), format("k", "t", Selection.ALL).named(names));
  }

  private static String key(SourceRecord record, FieldNames names) {
    return Read.of(reader(names), record).observations.get(0).key();
  }

  @Test
  void everyPartOfAJoinedKeyHasText() {
    RecordFormat format = format("k", "t", Selection.ALL).named(names("e", "s"));
    assertThat(read("{'e':'','s':'A','t':5,'p':1}", format, "p").all)
        .containsExactly("MISSING_KEY");
  }

  @Test
  void aConditionSkipsRecordsWhoseTextOrKeyIsNoJson() {
    Selection selection = new Selection(null, "type = 'trade'", List.of("d"), true);
    RecordFormat format = format("$key.id", "t", selection);
    assertThat(read("{'type':'ping','d':''}", format, "d.p").all).containsExactly("skipped");
    assertThat(read("{'type':'ping','d':'{} {}'}", format, "d.p").all).containsExactly("skipped");
    assertThat(read("{'type':'trade','d':''}", format, "d.p").all).containsExactly("MALFORMED");
  }

  @Test
  void anObjectThatComesTwiceIsRefused() {
    RecordFormat format = format("k", "t", Selection.ALL);
    assertThat(read("{'k':'A','t':5,'d':{'p':1},'d':{'q':2}}", format, "d.p").all)
        .containsExactly("WRONG_TYPE");
    assertThat(read("{'k':'A','t':5,'x':{'p':1},'x':{'q':2},'d':{'p':1}}", format, "d.p").all)
        .containsExactly("A@5[1.0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$.d != 'x'", "$ = 1", "$.d.items = 1"})
  void refusesFieldsThatHoldTheArray(String where) {
    Selection selection = new Selection("d.items[*]", where, List.of(), true);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("{}", format("k", "t", selection), "p"))
        .withMessageContaining("lstm.source.records d.items[*]: expected no field to name");
  }

  @Test
  void csvHasKeysConditionsAndTopicsToo() {
    RecordFormat csv =
        format("[x]", "t", new Selection(null, "side = 'buy' and p > 1", List.of(), true))
            .named(new FieldNames(List.of("$topic", "s"), null, "t", null))
            .asCsv(List.of("s", "t", "p", "side", "data.q"));
    ObservationReader reader = RecordCodecs.reader(List.of("p", "data.q"), csv);
    assertThat(Read.of(reader, withValue("A,5,2,buy,7")).all)
        .containsExactly("ticks:A@5[2.0, 7.0]");
    assertThat(Read.of(reader, withValue("A,5,1,buy,7")).all).containsExactly("skipped");
    assertThat(Read.of(reader, withValue("A,5,x,sell,")).all).containsExactly("skipped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "data[0]", "$key[*]", "*", "data[*].x"})
  void refusesWhatIsNoArray(String records) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("{}", format("k", "t", records(records)), "p"))
        .withMessageContaining("expected");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x = ; a number, a text in quotes, true or false at character 4",
        "x 5; one of = != < <= > >= at character 3",
        "x = 5 y = 6; and, or, or the end at character 7",
        "(x = 5; ) at character 7",
        "x > true; = or != before true",
        "x = 'y; a text that ends with ' at character 5",
      })
  void refusesWhatIsNoCondition(String where, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> read("{}", format("k", "t", new Selection(null, where, List.of(), true)), "p"))
        .withMessageContaining("lstm.source.where: expected " + message);
  }

  private static Selection records(String path) {
    return new Selection(path, null, List.of(), true);
  }

  private static RecordFormat format(
      @Nullable String key, @Nullable String time, Selection selection) {
    return new RecordFormat(key, time, TimeFormat.MS, null, Duration.ofHours(1))
        .selecting(selection);
  }

  private static Read read(String json, RecordFormat format, String... fields) {
    return Read.of(
        RecordCodecs.reader(List.of(fields), format), withValue(json.replace('\'', '"')));
  }
}
