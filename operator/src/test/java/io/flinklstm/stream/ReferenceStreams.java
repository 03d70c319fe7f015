package io.flinklstm.stream;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.math.KernelType;
import io.flinklstm.stream.Ledger.Entry;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules of {@link LstmForecastFunction} in plain collections: what must come out, without
 * Flink, timers or serialized state. It shares the arithmetic with the function, and which
 * observations are duplicates it knows by itself.
 */
final class ReferenceStreams implements StreamRun {

  /** The position of an observation without a source record: before the others. */
  private static final SourcePosition NOWHERE = new SourcePosition("", 0, 0);

  private static final Comparator<Observation> ORDER =
      comparing(Observation::eventTime)
          .thenComparing(Observation::sequence)
          .thenComparing(o -> position(o).partition())
          .thenComparing(o -> position(o).offset());

  private static final class Stream {
    private final List<Observation> waiting = new ArrayList<>();
    private StreamState state; // null if there is none
    private Long lastSequence; // null if there is none
    private long appliedAt; // the watermark when one was last applied, or the first after it
  }

  private final Forecaster forecaster;
  private final ForecastSettings settings;
  private final Map<String, Stream> streams = new TreeMap<>();
  private final Outcomes outcomes = new Outcomes();
  private final Map<String, Integer> seen;
  private final Map<Entry, Long> counts = new EnumMap<>(Entry.class);
  private long watermark = Long.MIN_VALUE;
  private int parallelism = 1;

  /**
   * @param seen how often each kind of event happened. Modified
   */
  ReferenceStreams(ForecastModel model, ForecastSettings settings, Map<String, Integer> seen) {
    this.forecaster = new Forecaster(model, settings.policy(), KernelType.PLAIN.create());
    this.settings = settings;
    this.seen = seen;
  }

  @Override
  public void observe(Observation observation) {
    counts.merge(Entry.OBSERVATIONS, 1L, Long::sum);
    Stream stream = streams.computeIfAbsent(observation.key(), key -> new Stream());
    Rejection defect = forecaster.defect(observation);
    if (defect != null) {
      refuse(observation, defect);
    } else if (settings.maxOutOfOrderness().isZero()) {
      apply(stream, observation);
    } else if (observation.eventTime() <= watermark) {
      saw("behind the watermark");
      apply(stream, observation);
    } else {
      stream.waiting.add(observation);
      stream.waiting.sort(ORDER);
      if (stream.waiting.size() > settings.maxBufferedEvents()) {
        saw("applied early");
        apply(stream, stream.waiting.remove(0));
      }
    }
  }

  private static SourcePosition position(Observation observation) {
    return observation.source() == null ? NOWHERE : observation.position();
  }

  @Override
  public void advanceWatermark(long to) {
    watermark = to;
    for (Stream stream : streams.values()) {
      if (stream.appliedAt == Long.MIN_VALUE || watermark == Long.MAX_VALUE) {
        stream.appliedAt = watermark;
      }
      boolean ended = isEnded(stream);
      int waiting = stream.waiting.size();
      while (!stream.waiting.isEmpty() && stream.waiting.get(0).eventTime() <= watermark) {
        apply(stream, stream.waiting.remove(0));
      }
      if (isEnded(stream)) {
        saw("forgotten");
        stream.state = null;
      } else if (ended && stream.waiting.size() < waiting) {
        saw("came back at the last moment");
      }
    }
  }

  /** Computed without overflow, for times near the end of the range of a long. */
  private boolean isEnded(Stream stream) {
    if (stream.state == null
        || settings.policy().ttl() == null
        || stream.appliedAt == Long.MAX_VALUE) {
      return false;
    }
    BigInteger end =
        BigInteger.valueOf(Math.max(stream.state.lastEventTime(), stream.appliedAt))
            .add(BigInteger.valueOf(settings.policy().ttl().toMillis()))
            .add(BigInteger.valueOf(settings.maxOutOfOrderness().toMillis()));
    return end.compareTo(BigInteger.valueOf(watermark)) <= 0;
  }

  @Override
  public void restart(int parallelism) {
    saw(watermark == Long.MAX_VALUE ? "restarted after draining" : "restarted");
    if (streams.values().stream().anyMatch(stream -> !stream.waiting.isEmpty())) {
      saw("restarted while some waited");
    }
    if (parallelism != this.parallelism) {
      saw("rescaled");
    }
    this.parallelism = parallelism;
    watermark = Long.MIN_VALUE;
  }

  private void apply(Stream stream, Observation observation) {
    StreamState state = stream.state == null ? forecaster.newState() : stream.state;
    boolean newSession = stream.state == null || endsSession(stream.state, observation);
    Long lastSequence = newSession ? null : stream.lastSequence;
    boolean duplicate =
        lastSequence != null
            && observation.sequence() != Observation.NO_SEQUENCE
            && observation.sequence() <= lastSequence;
    Outcome outcome = forecaster.advance(observation, state);
    assertThat(outcome == Outcome.Duplicate.DUPLICATE)
        .as("%s, sequence %d after %d", observation, observation.sequence(), lastSequence)
        .isEqualTo(duplicate);
    if (outcome instanceof Prediction prediction) {
      if (observation.sequence() == Observation.NO_SEQUENCE) {
        stream.lastSequence = lastSequence;
      } else {
        if (stream.state != null
            && stream.lastSequence != null
            && observation.sequence() <= stream.lastSequence) {
          saw("sequence began again after " + prediction.reset());
        }
        stream.lastSequence = observation.sequence();
      }
      stream.state = state;
      stream.appliedAt = watermark;
      saw("prediction " + prediction.status());
      saw("reset " + prediction.reset());
      counts.merge(Entry.PREDICTIONS, 1L, Long::sum);
      outcomes.predicted(prediction);
    } else if (outcome instanceof Rejection rejection) {
      refuse(observation, rejection);
    } else if (outcome == Outcome.Late.LATE) {
      saw("late");
      counts.merge(Entry.LATE, 1L, Long::sum);
      outcomes.late(observation);
    } else {
      saw("duplicate");
      counts.merge(Entry.DUPLICATES, 1L, Long::sum);
      outcomes.duplicate(observation);
    }
  }

  /** Whether the pause before an observation makes its sequence one of another session. */
  private boolean endsSession(StreamState state, Observation observation) {
    BigInteger pause =
        BigInteger.valueOf(observation.eventTime())
            .subtract(BigInteger.valueOf(state.lastEventTime()));
    StreamPolicy policy = settings.policy();
    return isLonger(pause, policy.ttl())
        || policy.gapPolicy() == ModelCard.GapPolicy.RESET && isLonger(pause, policy.gap());
  }

  private static boolean isLonger(BigInteger pauseMs, Duration limit) {
    return limit != null && pauseMs.compareTo(BigInteger.valueOf(limit.toMillis())) > 0;
  }

  private void refuse(Observation observation, Rejection rejection) {
    saw("refused " + rejection.code());
    counts.merge(Entry.DEAD_LETTERS, 1L, Long::sum);
    outcomes.refused(
        new DeadLetter(DeadLetter.FORECAST, rejection, observation.key(), observation.source()));
  }

  private void saw(String what) {
    seen.merge(what, 1, Integer::sum);
  }

  @Override
  public Outcomes outcomes() {
    return outcomes;
  }

  @Override
  public Map<Entry, Long> counts() {
    Map<Entry, Long> all = new EnumMap<>(counts);
    long waiting = streams.values().stream().mapToLong(stream -> stream.waiting.size()).sum();
    all.put(Entry.BUFFERED, waiting);
    all.put(
        Entry.ACTIVE_KEYS,
        streams.values().stream().filter(stream -> stream.state != null).count());
    return all;
  }
}
