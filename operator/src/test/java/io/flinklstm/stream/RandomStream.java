package io.flinklstm.stream;

import static io.flinklstm.testing.TestModels.feature;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Observations of some keys with everything that can happen to them, a model and settings, drawn
 * from a seed: disorder within the bound and beyond it, repetitions, equal times, pauses, sequences
 * that begin again, unusable values, watermarks that stall and jump, restarts, rescalings, and an
 * end of input after which more comes.
 *
 * <p>Several streams can follow each other, each with its own keys, for backends that start slowly;
 * all of them together have as many restarts as one.
 */
final class RandomStream {

  private static final long START = 1_000_000;

  private interface Event {
    void sendTo(StreamRun run) throws Exception;
  }

  private record Arrival(long order, Observation observation) {}

  private final RandomGenerator random;
  private final ForecastModel model;
  private final ForecastSettings settings;
  private final List<Event> events = new ArrayList<>();
  private final int outOfOrdernessMs;
  private final int gapMs;
  private final int ttlMs;
  private final int count;

  private long eventTime = START; // of the current observation
  private long watermark = Long.MIN_VALUE;
  private int parallelism = 1;

  /**
   * @param count number of streams that follow each other
   */
  RandomStream(long seed, int count) {
    this.random = new SplittableRandom(seed); // neighbouring seeds give different first numbers
    this.count = count;
    outOfOrdernessMs = chance(40) ? 0 : upTo(2000);
    gapMs = 500 + upTo(1500);
    ttlMs = gapMs + upTo(4000);
    model = randomModel();
    settings =
        new ForecastSettings(
            new StreamPolicy(
                chance(30) ? null : Duration.ofMillis(gapMs),
                chance(50) ? ModelCard.GapPolicy.KEEP : ModelCard.GapPolicy.RESET,
                chance(30) ? null : Duration.ofMillis(ttlMs)),
            Duration.ofMillis(outOfOrdernessMs),
            chance(50) ? upTo(4) : 1000,
            seed % 2 == 0 ? KernelType.VECTOR : KernelType.PLAIN,
            OnModelChange.FAIL);
    for (int k = 0; k < count; k++) {
      addEvents(arrivals("stream" + k + "-key"));
    }
    if (chance(30)) {
      advanceWatermark(Long.MAX_VALUE);
    }
  }

  private ForecastModel randomModel() {
    boolean window = chance(40);
    double reject = chance(60) ? 60 : Double.POSITIVE_INFINITY;
    List<Feature> features =
        List.of(
            new Feature(
                "return", Formula.parse("price"), Transform.LOG_RETURN, 0, 0.01, 20, reject),
            feature("elapsed", "elapsed()", Transform.LOG1P, 3, 2),
            feature("size", "size", window ? Transform.REVIN : Transform.LOG1P, 3, 2));
    ModelCard card =
        new ModelCard(
            "random",
            "1",
            upTo(4),
            upTo(3),
            window ? ModelCard.Context.WINDOW : ModelCard.Context.CARRY,
            null,
            ModelCard.GapPolicy.KEEP,
            features,
            "return",
            "{}");
    LstmConfig config = new LstmConfig(features.size(), 1 + upTo(4), upTo(2), card.horizon());
    return new ForecastModel(TestModels.weights(config, random.nextLong()), card);
  }

  ForecastModel model() {
    return model;
  }

  ForecastSettings settings() {
    return settings;
  }

  void sendThrough(StreamRun run) throws Exception {
    for (Event event : events) {
      event.sendTo(run);
    }
  }

  /** The observations in the order in which they arrive. */
  private List<Observation> arrivals(String keyPrefix) {
    int observations = 19 + upTo(101);
    int keys = upTo(6);
    boolean sequences = chance(60);
    boolean sources = chance(90);
    String laggard = chance(15) ? keyPrefix + 0 : null;
    List<Arrival> arrivals = new ArrayList<>();
    double price = 100;
    int firstOfSession = 0;
    for (int k = 0; k < observations; k++) {
      long pause = pause();
      eventTime += pause;
      if (pause > gapMs && chance(60)) {
        firstOfSession = k;
      }
      price *= 1 + 0.01 * random.nextGaussian();
      // Some keys are rare.
      String key = keyPrefix + Math.min(random.nextInt(keys), random.nextInt(keys));
      Observation observation =
          new Observation(
              key,
              eventTime,
              new double[] {price, random.nextInt(100)},
              sequences && !chance(10) ? k - firstOfSession : Observation.NO_SEQUENCE,
              sources ? source(k) : null);
      long order = eventTime + delay() + (key.equals(laggard) ? 1_000_000 : 0);
      arrivals.add(new Arrival(order, chance(8) ? spoilt(observation) : observation));
      if (chance(8)) {
        Observation again =
            new Observation(
                key,
                eventTime,
                observation.values(),
                observation.sequence(),
                sources ? source(1000 + k) : null);
        arrivals.add(new Arrival(order + upTo(3000), chance(50) ? observation : again));
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::order));
    return arrivals.stream().map(Arrival::observation).toList();
  }

  private long pause() {
    return chance(15)
        ? 0
        : chance(88) ? upTo(300) : chance(60) ? gapMs + upTo(gapMs) : ttlMs + upTo(2 * ttlMs);
  }

  /** How long after its event time an observation arrives. */
  private long delay() {
    if (chance(7)) {
      return outOfOrdernessMs + upTo(2 * outOfOrdernessMs + 3000);
    }
    return outOfOrdernessMs == 0 ? 0 : upTo(outOfOrdernessMs);
  }

  /** Offsets are not in order of time, as if a producer had several sends in flight. */
  private SourceRecord source(int number) {
    return new SourceRecord(
        new SourcePosition("ticks", random.nextInt(2), number * 7919L % 10_007),
        START,
        null,
        new byte[] {(byte) number},
        List.of());
  }

  private Observation spoilt(Observation observation) {
    double price = observation.values()[0];
    double size = observation.values()[1];
    return switch (random.nextInt(10)) {
      case 0 -> with(observation, Double.NaN, size);
      case 1 -> with(observation, price, Double.NEGATIVE_INFINITY);
      case 2 -> with(observation, chance(50) ? 0 : -price, size);
      case 3 -> with(observation, price * 1e6, size); // an outlier
      case 4 -> with(observation, Double.MAX_VALUE, size); // a forecast beyond it is infinite
      case 5 -> with(observation, price);
      case 6 -> moved(observation, "", observation.eventTime());
      case 7 -> moved(observation, "k".repeat(1025), observation.eventTime());
      case 8 -> moved(observation, observation.key(), StreamState.NO_EVENT_TIME);
      default ->
          chance(20)
              ? moved(observation, observation.key(), Long.MAX_VALUE - random.nextInt(2))
              : with(observation, price, -2); // no logarithm of 1 + size
    };
  }

  private static Observation with(Observation observation, double... values) {
    return new Observation(
        observation.key(),
        observation.eventTime(),
        values,
        observation.sequence(),
        observation.source());
  }

  private static Observation moved(Observation observation, String key, long eventTime) {
    return new Observation(
        key, eventTime, observation.values(), observation.sequence(), observation.source());
  }

  private void addEvents(List<Observation> arrivals) {
    int watermarkPercent = List.of(0, 5, 30, 100).get(random.nextInt(4));
    int drainAfter = chance(20 / count) ? random.nextInt(arrivals.size()) : -1;
    long newest = START;
    for (int k = 0; k < arrivals.size(); k++) {
      Observation observation = arrivals.get(k);
      events.add(run -> run.observe(observation));
      if (observation.eventTime() < Long.MAX_VALUE - 1) {
        newest = Math.max(newest, observation.eventTime());
      }
      if (chance(watermarkPercent)) {
        advanceWatermark(nextWatermark(newest));
      }
      if (k == drainAfter) {
        advanceWatermark(Long.MAX_VALUE);
      }
      if (k == drainAfter ? chance(80) : random.nextInt(100 * count) == 0) {
        restart();
      }
    }
  }

  private long nextWatermark(long newest) {
    return switch (random.nextInt(20)) {
      case 0 -> newest + upTo(2 * (ttlMs + outOfOrdernessMs)); // as if other keys were far ahead
      case 1 -> newest + ttlMs + outOfOrdernessMs;
      case 2, 3 -> newest;
      case 4, 5, 6, 7 -> newest - outOfOrdernessMs - 1 - upTo(2000);
      default -> newest - outOfOrdernessMs - 1;
    };
  }

  private void advanceWatermark(long to) {
    if (to > watermark) {
      watermark = to;
      events.add(run -> run.advanceWatermark(to));
    }
  }

  private void restart() {
    watermark = Long.MIN_VALUE;
    parallelism = parallelism == 1 && chance(25) ? 2 : 1;
    int subtasks = parallelism;
    events.add(run -> run.restart(subtasks));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** 1 to max. */
  private int upTo(int max) {
    return 1 + random.nextInt(max);
  }
}
