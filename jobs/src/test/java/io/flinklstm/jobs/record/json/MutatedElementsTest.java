package io.flinklstm.jobs.record.json;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.config.RecordCodecs;
import io.flinklstm.jobs.record.ObservationReader;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.RecordFormat.Selection;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.jobs.testing.ElementChecks;
import io.flinklstm.jobs.testing.MutatedBytes;
import io.flinklstm.jobs.testing.Read;
import io.flinklstm.jobs.testing.SourceRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many mutated JSON records with nested fields, several observations, conditions and JSON in texts
 * ({@code -Dfuzz.inputs=N} sets the number): each gives one outcome, or one for each element in
 * order ({@link ElementChecks}).
 */
class MutatedElementsTest {

  private static final Duration ANY = Duration.ofDays(100_000);

  /** For each shape, rounded up. */
  private static final int MUTATED_EACH =
      1 + (Integer.getInteger("fuzz.inputs", 30_000) - 1) / Shape.values().length;

  private static final Pattern SCALAR = Pattern.compile("\"[^\"]*\"|[-0-9.]+");
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e400",
          "9223372036854775808",
          "\"\"",
          "\"7\"",
          "\"trade\"",
          "\"sell\"",
          "\"\\u0000]}\\\\\"",
          "\"\\ud83d\"",
          "{}",
          "[]",
          "[1,[2]]",
          "{\"data\":[{}]}",
          "1,\"p\":2",
          "[],\"data\":[7]",
          "\"{\\\"p\\\":1}\"");
  private static final List<byte[]> TOKENS =
      List.of(
          utf8("{"),
          utf8("}"),
          utf8("["),
          utf8("]"),
          utf8("\""),
          utf8("\\"),
          utf8(","),
          utf8(":"),
          utf8("null"),
          utf8("true"),
          utf8("[]"),
          utf8("{}"),
          utf8("1e400"),
          utf8("\"trade\""),
          utf8("\"data\":"),
          utf8("\"p\":\"1.5\""),
          utf8("[".repeat(1_100)),
          utf8("x".repeat(9_000)),
          utf8("é\uD83D\uDE00"),
          utf8("\\ud83d"),
          new byte[] {0},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf});

  /** Where the observations are in a record, and what else is read. */
  enum Shape {
    NESTED("data.s", null, null, "", "{'type':'trade','data':%s}", 1),
    LIST("s", "[*]", null, "", "[%s]", 5),
    FRAMED("$.sym", "data[*]", "$.type = 'trade'", "", "{'type':'trade','data':[%s],'sym':'A'}", 5),
    CHOSEN("s", "data[*]", "side = 'buy' or p > 50", "", "{'data':[%s],'more':{'data':[1,2]}}", 5),
    TWO_LEVELS(
        "$.ev[*].id",
        "ev[*].data[*]",
        null,
        "",
        "{'ev':[{'data':[%1$s],'id':'A'},{'id':7,'data':[%1$s]}]}",
        3),
    POSITIONS("$[2]", "[1][*]", null, "", "[17,[%s],'A']", 5),
    TEXT("$.v.k", "v.data[*]", null, "$.v", "{'x':1,'v':%s}", 5);

    private final RecordFormat format;
    private final String frame;
    private final int most;
    private final List<String> fields;

    Shape(String key, String records, String where, String parse, String frame, int most) {
      String inside = this.name().equals("NESTED") ? "data." : "";
      this.frame = frame.replace('\'', '"');
      this.most = most;
      this.fields = List.of(inside + "p", inside + "q[0].r");
      this.format =
          new RecordFormat(key, inside + "t", TimeFormat.MS, inside + "n", ANY)
              .selecting(
                  new Selection(
                      records, where, parse.isEmpty() ? List.of() : List.of(parse), true));
    }

    ObservationReader reader() {
      return RecordCodecs.reader(fields, format);
    }

    byte[] draft(Random random) {
      List<String> elements = new ArrayList<>();
      int count = most == 1 ? 1 : random.nextInt(most + 1);
      for (int k = 0; k < count; k++) {
        elements.add(element(random));
      }
      String joined = String.join(random.nextBoolean() ? "," : " ,\n", elements);
      return utf8(String.format(frame, this == TEXT ? text(joined) : joined));
    }

    /** Elements in a document that is a text. */
    private static String text(String elements) {
      String document = "{\"data\":[" + elements + "],\"k\":\"A\"}";
      return TextNode.valueOf(document).toString();
    }

    private static String element(Random random) {
      return """
          {"s":"k%d","t":%d,"p":%s,"x":[{"p":1}],"q":[{"r":%s},7],"side":"%s","n":%d}"""
          .formatted(
              random.nextInt(10),
              random.nextLong(1L << 40),
              random.nextBoolean() ? "\"" + random.nextInt(100) + ".5\"" : random.nextInt(100) + "",
              random.nextInt(20) == 0 ? "null" : "2.5e0",
              random.nextBoolean() ? "buy" : "sell",
              random.nextInt(1000));
    }
  }

  private final Map<RejectionCode, Integer> codes = new EnumMap<>(RejectionCode.class);
  private int observations;
  private int skipped;

  @ParameterizedTest
  @EnumSource
  void everyRecordAndElementHasOneOutcome(Shape shape) {
    ObservationReader reader = shape.reader();
    ElementChecks checks = new ElementChecks(shape.fields, shape.format);
    Random random = new Random(20190101 + shape.ordinal());
    for (int k = 0; k < MUTATED_EACH; k++) {
      byte[] value = mutated(shape.draft(random), random);
      try {
        SourceRecord record = SourceRecords.withValue(value);
        Read read = Read.of(reader, record);
        count(read);
        checks.check(record, read.outcomes);
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        throw new AssertionError(
            HexFormat.of().formatHex(Arrays.copyOf(value, Math.min(value.length, 5_000))), e);
      }
    }
    assertThat(observations).isGreaterThan(MUTATED_EACH / 20);
    assertThat(codes).containsKeys(RejectionCode.MALFORMED, RejectionCode.MISSING_FIELD);
    assertThat(skipped).isGreaterThanOrEqualTo(shape.format.selection().where() == null ? 0 : 100);
  }

  /** A copy that differs: a value in it replaced by another, or other bytes, or both. */
  private static byte[] mutated(byte[] draft, Random random) {
    byte[] value = draft;
    while (Arrays.equals(value, draft)) {
      for (int values = random.nextInt(3); values > 0; values--) {
        value = withOtherValue(value, random);
      }
      for (int bytes = random.nextInt(3); bytes > 0; bytes--) {
        value = MutatedBytes.of(value, random, TOKENS);
      }
    }
    return value;
  }

  /** A copy with another text or number; most of them are still valid JSON. */
  private static byte[] withOtherValue(byte[] value, Random random) {
    // As ISO 8859-1, any bytes come back as they were.
    String text = new String(value, ISO_8859_1);
    List<MatchResult> scalars = SCALAR.matcher(text).results().toList();
    if (scalars.isEmpty()) {
      return value;
    }
    MatchResult scalar = scalars.get(random.nextInt(scalars.size()));
    String other = VALUES.get(random.nextInt(VALUES.size()));
    return (text.substring(0, scalar.start()) + other + text.substring(scalar.end()))
        .getBytes(ISO_8859_1);
  }

  private void count(Read read) {
    observations += read.observations.size();
    skipped += read.skipped.size();
    for (Rejection rejection : read.rejections) {
      codes.merge(rejection.code(), 1, Integer::sum);
      String message = rejection.message();
      if (!message.contains("expected") || message.length() > 900) {
        throw new AssertionError("expected a short reason, got " + message);
      }
    }
  }

  @Test
  void theOthersOfABrokenElementAreAsWithoutIt() {
    Random random = new Random(3);
    ObservationReader reader = Shape.LIST.reader();
    for (int k = 0; k < 2_000; k++) {
      List<String> elements = new ArrayList<>();
      for (int e = 0; e < 4; e++) {
        elements.add(Shape.element(random).replace("null", "1"));
      }
      Read alone =
          Read.of(reader, SourceRecords.withValue(utf8("[" + String.join(",", elements) + "]")));
      int broken = random.nextInt(5);
      elements.add(broken, random.nextBoolean() ? "{\"s\":[]}" : "\"x\"");
      Read together =
          Read.of(reader, SourceRecords.withValue(utf8("[" + String.join(",", elements) + "]")));
      assertThat(together.rejected).extracting(r -> r.position().index()).containsExactly(broken);
      assertThat(together.observations.stream().map(Observation::toString))
          .containsExactlyElementsOf(
              alone.observations.stream().map(Observation::toString).toList());
    }
  }

  @Test
  void elementsOfALargeRecordCarryThemselvesOnly() {
    StringBuilder json =
        new StringBuilder("{\"type\":\"trade\",\"note\":\"").append("n".repeat(100_000));
    json.append("\",\"sym\":\"A\",\"data\":[");
    Random random = new Random(4);
    for (int k = 0; k < 10_000; k++) {
      json.append(k == 0 ? "" : ",").append(Shape.element(random).replace("null", "1"));
    }
    byte[] value = utf8(json.append("]}").toString());
    Read read = Read.of(Shape.FRAMED.reader(), SourceRecords.withValue(value));
    assertThat(read.observations).hasSize(10_000);
    long carried = read.observations.stream().mapToLong(o -> o.source().value().length).sum();
    assertThat(carried).isLessThan(2L * value.length);
    assertThat(read.observations)
        .allSatisfy(o -> assertThat(o.source().value()).hasSizeLessThan(200));
  }
}
