package io.flinklstm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.jobs.record.RecordFormat;
import io.flinklstm.jobs.record.TimeFormat;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.ForecastSettings;
import io.flinklstm.stream.Ledger;
import io.flinklstm.stream.Ledger.Entry;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sends a million mutated ticks, alone and several in a record, through all of the job's own code.
 */
class BadRecordsTest {

  private static final int MUTATED = 1_000_000;
  private static final int GOOD_ONE_IN = 8;
  private static final int WATERMARK_ONE_IN = 64;
  private static final long MAX_BYTES = 1024;

  /** Where key and time are, how many ticks a record holds, and whether they wait to be ordered. */
  enum Job {
    FIELDS_ON_ARRIVAL(RecordShape.TICK, "key", "event_time", TimeFormat.MS, 0),
    ISO_TIME_ON_ARRIVAL(RecordShape.TICK, "key", "event_time", TimeFormat.ISO, 0),
    RECORD_KEY_IN_ORDER(RecordShape.TICK, null, "event_time", TimeFormat.S, 700),
    RECORD_KEY_AND_TIME_IN_ORDER(RecordShape.TICK, null, null, TimeFormat.MS, 700),
    NESTED_ON_ARRIVAL(RecordShape.NESTED, "key", "event_time", TimeFormat.MS, 0),
    LIST_ON_ARRIVAL(RecordShape.LIST, "key", "event_time", TimeFormat.ISO, 0),
    FRAMED_IN_ORDER(RecordShape.FRAMED, "key", "event_time", TimeFormat.MS, 700),
    LEVELS_ON_ARRIVAL(RecordShape.LEVELS, "key", "event_time", TimeFormat.MS, 0),
    TEXT_IN_ORDER(RecordShape.TEXT, "key", "event_time", TimeFormat.US, 700);

    final RecordShape shape;
    final ForecastModel model;
    final RecordFormat format;
    final ForecastSettings settings;

    Job(
        RecordShape shape,
        String keyField,
        String timeField,
        TimeFormat timeFormat,
        long maxOutOfOrdernessMs) {
      this.shape = shape;
      model = SmallModel.create(shape.prefix);
      format = shape.format(keyField, timeField, timeFormat);
      ModelCard card = model.card();
      settings =
          new ForecastSettings(
              new StreamPolicy(card.gap(), card.gapPolicy(), Duration.ofSeconds(20)),
              Duration.ofMillis(maxOutOfOrdernessMs),
              6,
              KernelType.PLAIN,
              OnModelChange.FAIL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyMutatedRecordAndElementHasOneOutcomeAndCopiesAreByteForByte(Job job) throws Exception {
    List<String> fields = job.model.card().fields();
    UndisturbedStream good = new UndisturbedStream(job.model, job.settings.policy(), job.format);
    MutatedRecords records =
        new MutatedRecords(job.shape, job.format, good, 20190101 + job.ordinal());
    OutcomeChecks checks = new OutcomeChecks(fields, job.format, MAX_BYTES, good);
    try (ForecastPath path =
        new ForecastPath(job.model, job.format, job.settings, MAX_BYTES, checks)) {
      for (int k = 0; records.ticks() < MUTATED / Job.values().length; k++) {
        if (k % WATERMARK_ONE_IN == 0) {
          assertThat(Ledger.balance(path.accumulators())).isEqualTo(checks.balance());
          path.watermark(records.now() - job.settings.maxOutOfOrderness().toMillis() - 1);
        }
        if (k % GOOD_ONE_IN == 0) {
          send(path, checks, records.good());
        }
        send(path, checks, records.mutated());
      }
      boolean ordered = !job.settings.maxOutOfOrderness().isZero();
      assertThat(checks.open() > 0).as("%d still wait", checks.open()).isEqualTo(ordered);
      assertThat(Ledger.balance(path.accumulators())).isEqualTo(checks.balance());
      path.finish();
      assertThat(checks.open()).as("observations without outcome").isZero();
      assertThat(Ledger.balance(path.accumulators())).isEqualTo(checks.balance());
      assertThat(good.open()).as("good ticks without forecast").isZero();
    }
    assertThat(checks.count(Entry.PREDICTIONS)).isGreaterThan(good.count() + 2_000L);
    assertEnoughOfEach(job, checks);
  }

  private static void send(
      ForecastPath path, OutcomeChecks checks, ConsumerRecord<byte[], byte[]> record) {
    try {
      checks.sent(record);
      path.send(record);
    } catch (Exception | AssertionError | StackOverflowError e) {
      throw new AssertionError(
          record + " with key " + hex(record.key()) + " and value " + hex(record.value()), e);
    }
  }

  private static String hex(byte[] bytes) {
    return bytes == null
        ? "null"
        : HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 10_000)));
  }

  /** Ensures that a change of the mutations cannot leave the test without work. */
  private static void assertEnoughOfEach(Job job, OutcomeChecks checks) {
    assertThat(checks.count(Entry.LATE)).isGreaterThan(500);
    assertThat(checks.count(Entry.DUPLICATES)).isGreaterThan(300);
    if (job.shape != RecordShape.TICK) {
      assertThat(checks.count(Entry.SKIPPED)).isGreaterThan(300);
    }
    assertThat(checks.codes())
        .containsOnlyKeys(
            codes(job.format.selection().where() == null).toArray(RejectionCode[]::new));
    assertThat(checks.codes()).allSatisfy((code, count) -> assertThat(count).isGreaterThan(30));
    assertThat(checks.cuts()).containsOnlyKeys("value", "headers", "key");
    assertThat(checks.cuts()).allSatisfy((part, count) -> assertThat(count).isGreaterThan(5));
  }

  /**
   * The codes that there must be.
   *
   * @param allAreMeant whether no condition skips records without a value
   */
  private static Set<RejectionCode> codes(boolean allAreMeant) {
    Set<RejectionCode> codes = EnumSet.allOf(RejectionCode.class);
    codes.remove(RejectionCode.SCHEMA_UNAVAILABLE);
    if (!allAreMeant) {
      codes.removeAll(EnumSet.of(RejectionCode.TOMBSTONE, RejectionCode.EMPTY_VALUE));
    }
    return codes;
  }
}
