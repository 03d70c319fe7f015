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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends a million mutated records through all of the job's own code. */
class BadRecordsTest {

  private static final int MUTATED = 1_000_000;
  private static final int GOOD_ONE_IN = 8;
  private static final int WATERMARK_ONE_IN = 64;
  private static final long BEGINNING = 1_546_300_800_000L;
  private static final long MS_BETWEEN_RECORDS = 10;
  private static final long MAX_BYTES = 1024;
  private static final ForecastModel MODEL = SmallModel.create();

  /** Where key and time are, and whether observations wait to be put in order. */
  enum Job {
    FIELDS_ON_ARRIVAL("key", "event_time", TimeFormat.MS, 0),
    ISO_TIME_ON_ARRIVAL("key", "event_time", TimeFormat.ISO, 0),
    RECORD_KEY_IN_ORDER(null, "event_time", TimeFormat.S, 700),
    RECORD_KEY_AND_TIME_IN_ORDER(null, null, TimeFormat.MS, 700);

    final RecordFormat format;
    final ForecastSettings settings;

    Job(String keyField, String timeField, TimeFormat timeFormat, long maxOutOfOrdernessMs) {
      format = new RecordFormat(keyField, timeField, timeFormat, "seq", Duration.ofHours(1));
      ModelCard card = MODEL.card();
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
  void everyMutatedRecordHasOneOutcomeAndCopiesAreByteForByte(Job job) throws Exception {
    MutatedTicks mutated = new MutatedTicks(job.format, 20190101 + job.ordinal());
    UndisturbedStream good = new UndisturbedStream(MODEL, job.settings.policy(), job.format);
    OutcomeChecks checks = new OutcomeChecks(MODEL.card().fields().size(), MAX_BYTES, good);
    try (ForecastPath path = new ForecastPath(MODEL, job.format, job.settings, MAX_BYTES, checks)) {
      long offset = 0;
      for (int k = 0; k < MUTATED / Job.values().length; k++) {
        long now = BEGINNING + offset * MS_BETWEEN_RECORDS;
        if (k % WATERMARK_ONE_IN == 0) {
          path.watermark(now - job.settings.maxOutOfOrderness().toMillis() - 1);
        }
        if (k % GOOD_ONE_IN == 0) {
          send(path, checks, good.next(offset++, now));
        }
        send(path, checks, mutated.next(offset++, now));
      }
      boolean ordered = !job.settings.maxOutOfOrderness().isZero();
      assertThat(checks.open() > 0).as("%d still wait", checks.open()).isEqualTo(ordered);
      assertThat(Ledger.balance(path.accumulators())).isEqualTo(checks.balance());
      path.finish();
      assertThat(checks.open()).as("records without outcome").isZero();
      assertThat(Ledger.balance(path.accumulators())).isEqualTo(checks.balance());
      assertThat(good.open()).as("good records without forecast").isZero();
    }
    assertEnoughOfEach(checks);
  }

  private static void send(
      ForecastPath path, OutcomeChecks checks, ConsumerRecord<byte[], byte[]> record) {
    checks.sent(record);
    try {
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

  private static RejectionCode[] codesWithoutRegistry() {
    return EnumSet.complementOf(EnumSet.of(RejectionCode.SCHEMA_UNAVAILABLE))
        .toArray(RejectionCode[]::new);
  }

  /** Ensures that a change of the mutations cannot leave the test without work. */
  private static void assertEnoughOfEach(OutcomeChecks checks) {
    long good = checks.count(Entry.READ) / (GOOD_ONE_IN + 1);
    assertThat(checks.count(Entry.PREDICTIONS)).isGreaterThan(good + 20_000);
    assertThat(checks.count(Entry.LATE)).isGreaterThan(5_000);
    assertThat(checks.count(Entry.DUPLICATES)).isGreaterThan(5_000);
    assertThat(checks.codes()).containsOnlyKeys(codesWithoutRegistry());
    assertThat(checks.codes()).allSatisfy((code, count) -> assertThat(count).isGreaterThan(200));
    assertThat(checks.cuts()).containsOnlyKeys("value", "headers", "key");
    assertThat(checks.cuts()).allSatisfy((part, count) -> assertThat(count).isGreaterThan(50));
  }
}
