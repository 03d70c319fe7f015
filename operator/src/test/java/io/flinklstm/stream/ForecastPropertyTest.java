package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Properties of every stream. {@code -Dtest=ForecastPropertyTest -Dseed=7} runs only the random
 * streams of one seed.
 */
class ForecastPropertyTest {

  private static final int STREAMS = 1000;

  private static final int[] BUNDLE_SIZES = {ForecastHarness.FUNCTION_ALONE, 1, 2, 3, 8};

  /** What must happen in the random streams, so that the test cannot silently become empty. */
  private static final List<String> KINDS =
      List.of(
          "prediction READY",
          "prediction WARMING_UP",
          "late",
          "duplicate",
          "refused INVALID_TIME",
          "refused KEY_TOO_LONG",
          "refused MISSING_FIELD",
          "refused MISSING_KEY",
          "refused NON_FINITE_FEATURE",
          "refused NON_FINITE_FIELD",
          "refused NON_FINITE_OUTPUT",
          "refused OUTLIER",
          "reset null",
          "reset NEW",
          "reset GAP",
          "reset EXPIRED",
          "sequence began again after GAP",
          "sequence began again after EXPIRED",
          "applied early",
          "behind the watermark",
          "forgotten",
          "came back at the last moment",
          "restarted",
          "restarted while some waited",
          "restarted after draining",
          "rescaled");

  private static final Duration GAP = Duration.ofHours(2);
  private static final Duration TTL = Duration.ofDays(2);
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long BEGINNING = 1_546_300_800_000L;
  private static final ForecastModel MODEL = StreamFixtures.MODEL;

  /** When watermarks come with observations that are in order. */
  private enum Watermarks {
    AFTER_EACH,
    AT_THE_END,
    NEVER
  }

  @Test
  void doesToRandomStreamsWhatTheRulesSay() throws Exception {
    check(new HashMapStateBackend(), 1);
  }

  /** Starting RocksDB takes longer than running a stream. */
  @Test
  void doesToRandomStreamsWhatTheRulesSayOnRocksDb() throws Exception {
    check(new EmbeddedRocksDBStateBackend(), 4);
  }

  private static void check(StateBackend backend, int streamsInARow) throws Exception {
    Long only = Long.getLong("seed");
    if (only != null) {
      check(only, streamsInARow, backend, new TreeMap<>());
      return;
    }
    Map<String, Integer> seen = new TreeMap<>();
    for (long seed = 0; seed < STREAMS / streamsInARow; seed++) {
      check(seed, streamsInARow, backend, seen);
    }
    for (String kind : KINDS) {
      assertThat(seen.getOrDefault(kind, 0)).as("%s among %s", kind, seen).isGreaterThan(20);
    }
  }

  private static void check(
      long seed, int streamsInARow, StateBackend backend, Map<String, Integer> seen)
      throws Exception {
    RandomStream stream = new RandomStream(seed, streamsInARow);
    ReferenceStreams expected = new ReferenceStreams(stream.model(), stream.settings(), seen);
    stream.sendThrough(expected);
    int bundleSize = BUNDLE_SIZES[(int) (seed % BUNDLE_SIZES.length)];
    try (HarnessedStreams actual =
        new HarnessedStreams(stream.model(), stream.settings(), backend, bundleSize)) {
      stream.sendThrough(actual);
      List<String> actualLines = actual.outcomes().lines();
      List<String> expectedLines = expected.outcomes().lines();
      int k = firstDifference(actualLines, expectedLines);
      assertThat(lineOrEnd(actualLines, k))
          .as("seed %d, %s", seed, stream.settings())
          .isEqualTo(lineOrEnd(expectedLines, k));
      assertThat(actual.counts())
          .as("counts of seed %d, %s", seed, stream.settings())
          .containsAllEntriesOf(expected.counts());
    }
  }

  private static int firstDifference(List<String> some, List<String> others) {
    int k = 0;
    while (k < some.size() && k < others.size() && some.get(k).equals(others.get(k))) {
      k++;
    }
    return k;
  }

  private static String lineOrEnd(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : "end";
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void aReplayAtFullSpeedPredictsWhatTheLiveRunDid(long outOfOrdernessHours) throws Exception {
    ForecastSettings settings = settings(Duration.ofHours(outOfOrdernessHours));
    List<Observation> month = month(BEGINNING, "a", "b", "c", "d");
    List<String> live = predictions(settings, month, Watermarks.AFTER_EACH);
    List<String> replayed = predictions(settings, month, Watermarks.AT_THE_END);
    assertThat(live).hasSize(month.size()).anyMatch(line -> line.contains("reset GAP"));
    // Other keys advance the watermark, so most of the states that expire are dropped.
    assertThat(count(live, "reset NEW")).isGreaterThan(4 + 10);
    assertThat(count(replayed, "reset NEW")).isEqualTo(4);
    assertThat(withoutForgetting(replayed)).isEqualTo(withoutForgetting(live));
    assertThat(predictions(settings(Duration.ZERO), month, Watermarks.NEVER)).isEqualTo(replayed);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void goesOnWithAKeyWhoseRecordsAllStandBehindAnothers(long outOfOrdernessHours) throws Exception {
    List<Observation> months = new ArrayList<>(month(BEGINNING, "a"));
    months.addAll(month(BEGINNING, "b"));
    assertThat(
            predictions(
                settings(Duration.ofHours(outOfOrdernessHours)), months, Watermarks.AFTER_EACH))
        .isEqualTo(predictions(settings(Duration.ZERO), months, Watermarks.NEVER));
  }

  @Test
  void goesOnWithKeysFarBehindTheWatermarkThatARestartForgot() throws Exception {
    List<Observation> month = month(BEGINNING, "b");
    long ahead = BEGINNING + Duration.ofDays(60).toMillis();
    ForecastSettings settings = settings(Duration.ZERO);
    try (HarnessedStreams run = new HarnessedStreams(MODEL, settings, new HashMapStateBackend())) {
      for (int k = 0; k < month.size(); k++) {
        // After each restart the watermark returns later than the next observation.
        run.observe(month.get(k));
        run.advanceWatermark(ahead + k * HOUR);
        run.restart(1);
      }
      assertThat(run.outcomes().predictions())
          .isEqualTo(predictions(settings, month, Watermarks.NEVER));
    }
  }

  private static List<String> predictions(
      ForecastSettings settings, List<Observation> observations, Watermarks watermarks)
      throws Exception {
    try (HarnessedStreams run = new HarnessedStreams(MODEL, settings, new HashMapStateBackend())) {
      long newest = 0;
      for (Observation observation : observations) {
        run.observe(observation);
        newest = Math.max(newest, observation.eventTime());
        if (watermarks == Watermarks.AFTER_EACH) {
          run.advanceWatermark(newest - settings.maxOutOfOrderness().toMillis() - 1);
        }
      }
      if (watermarks != Watermarks.NEVER) {
        run.advanceWatermark(newest);
      }
      return run.outcomes().predictions();
    }
  }

  private static ForecastSettings settings(Duration maxOutOfOrderness) {
    return new ForecastSettings(
        new StreamPolicy(GAP, ModelCard.GapPolicy.RESET, TTL),
        maxOutOfOrderness,
        10_000,
        KernelType.PLAIN,
        OnModelChange.FAIL);
  }

  /** A month of each key, with pauses shorter and longer than gap and ttl. */
  private static List<Observation> month(long from, String... keys) {
    Random random = new Random(11);
    List<Observation> month = new ArrayList<>();
    for (String key : keys) {
      long eventTime = from + random.nextInt(1000);
      while (eventTime < from + Duration.ofDays(30).toMillis()) {
        double bid = 100 + random.nextDouble();
        month.add(StreamFixtures.tick(key, eventTime, month.size(), bid, bid + 0.01));
        int kind = random.nextInt(100);
        eventTime +=
            kind < 85
                ? 1 + random.nextInt((int) HOUR)
                : kind < 95
                    ? GAP.toMillis() + random.nextInt((int) GAP.toMillis())
                    : TTL.toMillis() / 2 + random.nextInt((int) TTL.toMillis());
      }
    }
    month.sort(Comparator.comparingLong(Observation::eventTime));
    return month;
  }

  /** Hides whether an expired state was still there, which nothing but the reset may show. */
  private static List<String> withoutForgetting(List<String> predictions) {
    return predictions.stream().map(line -> line.replace("reset EXPIRED", "reset NEW")).toList();
  }

  private static long count(List<String> lines, String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }
}
