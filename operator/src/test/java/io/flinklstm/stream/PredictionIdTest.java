package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger.Entry;
import io.flinklstm.testing.Bits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Equal ids mean equal forecasts, whatever happens between two runs over the same records. */
class PredictionIdTest {

  private static final int STREAMS = 300;
  private static final Duration TTL = Duration.ofDays(1);

  /** Which observations, under which settings, a job applies after a redeployment. */
  private record Deployment(
      ForecastModel model, StreamPolicy policy, KernelType kernel, List<Observation> observations) {

    Deployment of(List<Observation> others) {
      return new Deployment(model, policy, kernel, others);
    }

    Deployment with(StreamPolicy other) {
      return new Deployment(model, other, kernel, observations);
    }

    Deployment on(KernelType other) {
      return new Deployment(model, policy, other, observations);
    }

    Deployment under(ForecastModel other) {
      return new Deployment(other, policy, kernel, observations);
    }
  }

  private final Map<String, List<String>> forecasts = new HashMap<>(); // by id
  private final Map<SourcePosition, Set<String>> ids = new HashMap<>();
  private int repetitions;
  private int positions;
  private int severalIds;

  @Test
  void aStartWithoutStateFromACommittedOffsetMakesOtherIds() throws Exception {
    List<Observation> ticks = new ArrayList<>();
    for (int k = 0; k < 7; k++) {
      ticks.add(StreamFixtures.tick("A", 1000 + k, k, 100 + k, 101 + k));
    }
    List<Prediction> before;
    OperatorSubtaskState checkpoint;
    try (ForecastHarness harness = ForecastHarness.of(StreamFixtures.MODEL, settings(TTL))) {
      harness.open();
      harness.predict(ticks.subList(0, 5));
      checkpoint = harness.snapshot();
      harness.predict(ticks.subList(5, 7));
      before = harness.extractOutputValues();
    }
    List<Prediction> restored = predictions(settings(TTL), checkpoint, ticks.subList(5, 7));
    assertThat(ids(restored)).isEqualTo(ids(before.subList(5, 7)));

    List<Prediction> without = predictions(settings(TTL), null, ticks.subList(5, 7));
    assertThat(without)
        .extracting(Prediction::source)
        .isEqualTo(restored.stream().map(Prediction::source).toList());
    assertThat(ids(without)).doesNotContainAnyElementsOf(ids(before));

    List<Prediction> changed =
        predictions(settings(TTL.plusMillis(1)), checkpoint, ticks.subList(5, 7));
    assertThat(ids(changed))
        .doesNotContainAnyElementsOf(ids(before))
        .doesNotContainAnyElementsOf(ids(without));
  }

  private static List<Prediction> predictions(
      ForecastSettings settings, OperatorSubtaskState checkpoint, List<Observation> ticks)
      throws Exception {
    try (ForecastHarness harness = ForecastHarness.of(StreamFixtures.MODEL, settings)) {
      if (checkpoint == null) {
        harness.open();
      } else {
        harness.restore(checkpoint);
      }
      harness.predict(ticks);
      return harness.extractOutputValues();
    }
  }

  private static ForecastSettings settings(Duration ttl) {
    return new ForecastSettings(
        new StreamPolicy(null, ModelCard.GapPolicy.KEEP, ttl),
        Duration.ZERO,
        1000,
        KernelType.PLAIN,
        OnModelChange.FAIL);
  }

  private static List<String> ids(List<Prediction> predictions) {
    return predictions.stream().map(Prediction::predictionId).toList();
  }

  @Test
  void equalIdsMeanEqualForecastsInRandomStreams() throws Exception {
    for (long seed = 0; seed < STREAMS; seed++) {
      RandomStream stream = new RandomStream(seed, 1);
      ForecastModel other = new RandomStream(seed + STREAMS, 1).model();
      List<Observation> all = observations(stream);
      Random random = new Random(seed);
      StreamPolicy policy = stream.settings().policy();
      Deployment first = new Deployment(stream.model(), policy, KernelType.PLAIN, all);
      forecasts.clear();
      ids.clear();
      run(first);
      run(first.on(KernelType.VECTOR));
      run(first.on(KernelType.EJML));
      run(first.with(changed(policy, random)));
      int cut = random.nextInt(all.size());
      Deployment rest = first.of(all.subList(cut, all.size()));
      run(rest);
      Deployment begun = first.of(all.subList(0, cut));
      run(begun, rest);
      run(begun, rest.with(changed(policy, random)));
      run(begun, rest.on(KernelType.EJML));
      run(begun, rest.under(other));
      run(begun.under(other), rest);
      run(first.of(oneBitChanged(all, random)));
      run(first.of(twoSwapped(all, random)));
      run(first.of(oneMissing(all, random)));
      positions += ids.size();
      severalIds += (int) ids.values().stream().filter(some -> some.size() > 1).count();
    }
    // So that the test cannot silently become empty.
    assertThat(repetitions).isGreaterThan(STREAMS * 50);
    assertThat(severalIds).isBetween(positions / 2, positions);
  }

  /** Runs deployments that resume where the one before stopped. */
  private void run(Deployment... deployments) {
    Map<String, StreamState> states = new HashMap<>();
    for (Deployment deployment : deployments) {
      Forecaster forecaster =
          new Forecaster(deployment.model(), deployment.policy(), deployment.kernel().create());
      for (Observation observation : deployment.observations()) {
        if (forecaster.defect(observation) != null || observation.position() == null) {
          continue;
        }
        StreamState state = forecaster.resume(states.get(observation.key()));
        if (forecaster.advance(observation, state) instanceof Prediction prediction) {
          states.put(observation.key(), state);
          check(prediction);
        }
      }
    }
  }

  private void check(Prediction prediction) {
    List<String> bits =
        Bits.of(prediction).stream().map(line -> line.replace("EXPIRED", "NEW")).toList();
    List<String> earlier = forecasts.putIfAbsent(prediction.predictionId(), bits);
    if (earlier != null) {
      repetitions++;
      assertThat(bits).isEqualTo(earlier);
    }
    ids.computeIfAbsent(prediction.source(), position -> new HashSet<>())
        .add(prediction.predictionId());
  }

  /** A policy that differs in one setting. */
  private static StreamPolicy changed(StreamPolicy policy, Random random) {
    Duration gap = policy.gap();
    Duration ttl = policy.ttl();
    return switch (random.nextInt(3)) {
      case 0 -> {
        ModelCard.GapPolicy other =
            policy.gapPolicy() == ModelCard.GapPolicy.KEEP
                ? ModelCard.GapPolicy.RESET
                : ModelCard.GapPolicy.KEEP;
        yield new StreamPolicy(gap, other, ttl);
      }
      case 1 -> {
        int bound = ttl == null ? 3000 : (int) ttl.toMillis();
        yield new StreamPolicy(
            Duration.ofMillis(1 + random.nextInt(bound - 1)), policy.gapPolicy(), ttl);
      }
      default -> {
        long bound = gap == null ? 0 : gap.toMillis();
        yield new StreamPolicy(
            gap, policy.gapPolicy(), Duration.ofMillis(bound + 1 + random.nextInt(4000)));
      }
    };
  }

  private static List<Observation> oneBitChanged(List<Observation> all, Random random) {
    int k = random.nextInt(all.size());
    double[] values = all.get(k).values().clone();
    values[0] =
        Double.longBitsToDouble(Double.doubleToRawLongBits(values[0]) ^ 1L << random.nextInt(52));
    List<Observation> changed = new ArrayList<>(all);
    changed.set(
        k,
        new Observation(
            all.get(k).key(),
            all.get(k).eventTime(),
            values,
            all.get(k).sequence(),
            all.get(k).source()));
    return changed;
  }

  private static List<Observation> twoSwapped(List<Observation> all, Random random) {
    List<Observation> swapped = new ArrayList<>(all);
    int k = random.nextInt(all.size() - 1);
    Collections.swap(swapped, k, k + 1);
    return swapped;
  }

  private static List<Observation> oneMissing(List<Observation> all, Random random) {
    List<Observation> fewer = new ArrayList<>(all);
    fewer.remove(random.nextInt(all.size()));
    return fewer;
  }

  /** The observations of a stream, in the order in which they arrive. */
  private static List<Observation> observations(RandomStream stream) throws Exception {
    List<Observation> all = new ArrayList<>();
    stream.sendThrough(
        new StreamRun() {
          @Override
          public void observe(Observation observation) {
            all.add(observation);
          }

          @Override
          public void advanceWatermark(long watermark) {}

          @Override
          public void restart(int parallelism) {}

          @Override
          public Outcomes outcomes() {
            return new Outcomes();
          }

          @Override
          public Map<Entry, Long> counts() {
            return Map.of();
          }
        });
    return all;
  }
}
