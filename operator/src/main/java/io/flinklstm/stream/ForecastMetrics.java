package io.flinklstm.stream;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.stream.Ledger.Entry;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What the forecast function counts: in its {@link Ledger}, which lasts, and as metrics in group
 * {@code lstm}, which begin at zero with each start of a task, as Flink's own do.
 */
final class ForecastMetrics {

  /** One observation in so many is timed: the clock costs a good part of a small model's step. */
  private static final int TIMED = 16;

  private static final int LATENCIES = 10_000;

  private static final long NOT_TIMED = Long.MIN_VALUE;

  private final Ledger ledger;
  private final Counter observations;
  private final Counter late;
  private final Counter duplicates;
  private final Counter appliedEarly;
  private final Counter reclaimed;
  private final RejectionCounters deadLetters;
  private final Counter[] predictions; // by status
  private final Counter[] resets; // by cause
  private final Histogram inferenceLatencyNs;
  private long timing;

  ForecastMetrics(MetricGroup taskMetrics, ModelId model, Ledger ledger) {
    this.ledger = ledger;
    MetricGroup lstm = taskMetrics.addGroup("lstm");
    observations = lstm.counter("observations");
    late = lstm.counter("late");
    duplicates = lstm.counter("duplicates");
    appliedEarly = lstm.counter("appliedEarly");
    reclaimed = lstm.counter("reclaimed");
    deadLetters = new RejectionCounters(lstm);
    predictions = new Counter[Prediction.Status.values().length];
    for (Prediction.Status status : Prediction.Status.values()) {
      predictions[status.ordinal()] = lstm.addGroup("status", status.name()).counter("predictions");
    }
    resets = new Counter[Prediction.Reset.values().length];
    for (Prediction.Reset cause : Prediction.Reset.values()) {
      resets[cause.ordinal()] = lstm.addGroup("cause", cause.name()).counter("resets");
    }
    // Flink's own, the last so many values: the Dropwizard wrapper would be a dependency for less.
    inferenceLatencyNs =
        lstm.histogram("inferenceLatencyNs", new DescriptiveStatisticsHistogram(LATENCIES));
    lstm.gauge("bufferedEvents", () -> ledger.get(Entry.BUFFERED));
    lstm.gauge("activeKeys", () -> ledger.get(Entry.ACTIVE_KEYS));
    lstm.gauge("modelVersion", model::version);
  }

  void observed() {
    ledger.add(Entry.OBSERVATIONS, 1);
    observations.inc();
  }

  /** An observation has its outcome. */
  void concluded(Outcome outcome) {
    if (outcome instanceof Prediction prediction) {
      ledger.add(Entry.PREDICTIONS, 1);
      predictions[prediction.status().ordinal()].inc();
      if (prediction.reset() != null) {
        resets[prediction.reset().ordinal()].inc();
        if (prediction.reset() == Prediction.Reset.NEW) {
          ledger.add(Entry.ACTIVE_KEYS, 1);
        }
      }
    } else if (outcome instanceof Rejection rejection) {
      ledger.add(Entry.DEAD_LETTERS, 1);
      deadLetters.count(rejection.code());
    } else if (outcome == Outcome.Late.LATE) {
      ledger.add(Entry.LATE, 1);
      late.inc();
    } else {
      ledger.add(Entry.DUPLICATES, 1);
      duplicates.inc();
    }
  }

  /** An observation begins to wait for the watermark. */
  void buffered() {
    ledger.add(Entry.BUFFERED, 1);
  }

  /** An observation waits no longer. */
  void released() {
    ledger.add(Entry.BUFFERED, -1);
  }

  /** An observation will not wait for the watermark, because its stream's buffer is full. */
  void appliedEarly() {
    appliedEarly.inc();
  }

  /** A stream's state is forgotten. */
  void reclaimed() {
    ledger.add(Entry.ACTIVE_KEYS, -1);
    reclaimed.inc();
  }

  /** To be called before the arithmetic; the result belongs to {@link #stopTiming}. */
  long startTiming() {
    return timing++ % TIMED == 0 ? System.nanoTime() : NOT_TIMED;
  }

  /** To be called after the arithmetic; what no prediction came of is not an inference. */
  void stopTiming(long start, int predictions) {
    if (start != NOT_TIMED && predictions > 0) {
      inferenceLatencyNs.update((System.nanoTime() - start) / predictions);
    }
  }
}
