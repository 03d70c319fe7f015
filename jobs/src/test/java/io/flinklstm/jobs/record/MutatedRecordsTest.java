package io.flinklstm.jobs.record;

import static io.flinklstm.jobs.testing.SourceRecords.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.jobs.testing.AvroBytes;
import io.flinklstm.jobs.testing.MutatedBytes;
import io.flinklstm.jobs.testing.SingleReader;
import io.flinklstm.jobs.testing.SourceRecords;
import io.flinklstm.jobs.testing.TickSchemas;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of thousands of mutated CSV lines and Avro datums ({@code -Dfuzz.inputs=N} sets the
 * number): each gives an observation or a rejection with a message, within a second of CPU time,
 * and good ones in between are read as if they were alone.
 */
class MutatedRecordsTest {

  private static final int MUTATED = Integer.getInteger("fuzz.inputs", 300_000);
  private static final long MAX_NANOS = 1_000_000_000L;
  private static final int GOOD_ONE_IN = 64;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final List<String> FIELDS = List.of("bid", "ask");
  private static final RecordFormat FORMAT =
      new RecordFormat("key", "event_time", TimeFormat.MS, null, Duration.ofDays(100_000));

  private static final List<byte[]> CSV_TOKENS =
      List.of(
          utf8("\""),
          utf8("\"\""),
          utf8(","),
          utf8(",,"),
          utf8("\n"),
          utf8("\r"),
          utf8("\r\n"),
          utf8("\",\""),
          utf8("1e400"),
          utf8("1e-99999999999"),
          utf8("9".repeat(40)),
          utf8("NaN"),
          utf8(" "),
          utf8("é\uD83D\uDE00"),
          utf8("x".repeat(9_000)),
          utf8("\"" + "\n".repeat(9_000) + "\""),
          new byte[] {0},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf});

  private final Map<RejectionCode, Integer> codes = new EnumMap<>(RejectionCode.class);
  private int observations;

  @Test
  void csv() {
    RecordFormat format = FORMAT.asCsv(List.of("note", "key", "event_time", "", "bid", "ask"));
    List<String> notes = List.of("", "x", "\"a \"\"note\"\"\"", "\"two\r\nlines\"", "é");
    run(
        () -> new SingleReader(FIELDS, format),
        CSV_TOKENS,
        random ->
            utf8(
                notes.get(random.nextInt(notes.size()))
                    + ",\"k"
                    + random.nextInt(10)
                    + "\","
                    + random.nextLong(1L << 40)
                    + ",,"
                    + random.nextDouble()
                    + ",2.5"
                    + (random.nextBoolean() ? "\n" : "")));
    assertThat(codes)
        .containsOnlyKeys(
            RejectionCode.MALFORMED,
            RejectionCode.MISSING_FIELD,
            RejectionCode.MISSING_KEY,
            RejectionCode.WRONG_TYPE,
            RejectionCode.NON_FINITE_FIELD,
            RejectionCode.INVALID_TIME,
            RejectionCode.KEY_TOO_LONG);
  }

  @Test
  void avro() {
    Schema schema = new Schema.Parser().parse(TickSchemas.EVERYTHING);
    TickSchemas.Values values = new TickSchemas.Values(17);
    RecordFormat format = FORMAT.asAvro(TickSchemas.EVERYTHING);
    run(
        () -> new SingleReader(FIELDS, format),
        AvroBytes.TOKENS,
        random -> {
          GenericData.Record tick = values.record(schema, 0);
          tick.put("key", "k".repeat(random.nextInt(100) == 0 ? 1025 : 1 + random.nextInt(9)));
          tick.put("event_time", random.nextLong(1L << 40));
          tick.put("bid", random.nextInt(10) == 0 ? null : random.nextDouble());
          tick.put("ask", 2.5f);
          return AvroBytes.of(tick);
        });
    assertThat(codes)
        .containsOnlyKeys(
            RejectionCode.MALFORMED,
            RejectionCode.MISSING_FIELD,
            RejectionCode.MISSING_KEY,
            RejectionCode.NON_FINITE_FIELD,
            RejectionCode.INVALID_TIME,
            RejectionCode.KEY_TOO_LONG);
  }

  /**
   * @param readers creates identical readers
   * @param drafts creates records before their mutation
   */
  private void run(
      Supplier<SingleReader> readers, List<byte[]> tokens, Function<Random, byte[]> drafts) {
    SingleReader reader = readers.get();
    Random random = new Random(20190101);
    for (int k = 0; k < MUTATED; k++) {
      byte[] value = drafts.apply(random);
      if (k % GOOD_ONE_IN == 0) {
        assertReadAsAfresh(reader, value, readers.get());
      }
      for (int mutations = 1 + random.nextInt(3); mutations > 0; mutations--) {
        value = MutatedBytes.of(value, random, tokens);
      }
      long nanos = THREADS.getCurrentThreadCpuTime();
      outcome(reader, value);
      nanos = THREADS.getCurrentThreadCpuTime() - nanos;
      if (nanos > MAX_NANOS) {
        throw new AssertionError(hex(value) + " takes " + nanos + " ns of CPU time");
      }
    }
    assertThat(observations).isGreaterThan(MUTATED / 10);
    assertThat(codes.values()).allSatisfy(count -> assertThat(count).isPositive());
  }

  /** Compares with a reader that has not read any record before. */
  private void assertReadAsAfresh(SingleReader reader, byte[] value, SingleReader fresh) {
    String expected = outcome(fresh, value);
    String actual = outcome(reader, value);
    if (!actual.equals(expected)) {
      assertThat(actual).as(hex(value)).isEqualTo(expected);
    }
  }

  /** The observation as text, or the rejection's message; anything else fails the test. */
  private String outcome(SingleReader reader, byte[] value) {
    SourceRecord record = SourceRecords.withValue(value);
    try {
      Observation observation = reader.parse(record);
      if (observation.source() != record || observation.defect(FIELDS.size()) != null) {
        throw new AssertionError(hex(value) + " as " + observation);
      }
      observations++;
      return observation.toString();
    } catch (RejectedRecordException e) {
      codes.merge(e.rejection().code(), 1, Integer::sum);
      String message = e.rejection().message();
      if (!message.contains("expected") || !message.contains("got") || message.length() > 510) {
        throw new AssertionError(hex(value) + " is refused with " + message);
      }
      return message;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(hex(value), e);
    }
  }

  private static String hex(byte[] value) {
    return HexFormat.of().formatHex(value, 0, Math.min(value.length, 5_000));
  }
}
