package io.flinklstm.stream;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Outcome;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.Rejection;
import io.flinklstm.stream.Ledger.Entry;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * The counts of the forecast function: in its {@link Ledger}, which survives restarts, and as
 * metrics in group {@code lstm}, which start at zero with each task, like Flink's own.
 */
final class ForecastMetrics {

  /** One observation in this many is timed: reading the clock takes a good part of a small step. */
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
  private final KeyPartitions keyPartitions;
  private long timing;

  /**
   * @param ordersByTime whether observations wait for each other
   */
  ForecastMetrics(MetricGroup taskMetrics, ModelId model, Ledger ledger, boolean ordersByTime) {
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
    // Flink's own, over the last values: the Dropwizard wrapper would add a dependency and do less.
    inferenceLatencyNs =
        lstm.histogram("inferenceLatencyNs", new DescriptiveStatisticsHistogram(LATENCIES));
    keyPartitions = new KeyPartitions(ordersByTime, lstm.counter("keysInSeveralPartitions"));
    lstm.gauge("bufferedEvents", () -> ledger.get(Entry.BUFFERED));
    lstm.gauge("activeKeys", () -> ledger.get(Entry.ACTIVE_KEYS));
    lstm.gauge("modelVersion", model::version);
  }

  /** An observation arrives. */
  void observed(Observation observation) {
    ledger.add(Entry.OBSERVATIONS, 1);
    observations.inc();
    keyPartitions.look(observation);
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
      ledger.add(Entry.REJECTED, 1);
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

  /** An observation starts waiting for the watermark. */
  void buffered() {
    ledger.add(Entry.BUFFERED, 1);
  }

  /** An observation stops waiting. */
  void released() {
    ledger.add(Entry.BUFFERED, -1);
  }

  /** An observation is applied before the watermark passes, because its stream's buffer is full. */
  void appliedEarly() {
    appliedEarly.inc();
  }

  /** A stream's state was dropped. */
  void reclaimed() {
    ledger.add(Entry.ACTIVE_KEYS, -1);
    reclaimed.inc();
  }

  /** Call this before the arithmetic and pass the result to {@link #stopTiming}. */
  long startTiming() {
    return timing++ % TIMED == 0 ? System.nanoTime() : NOT_TIMED;
  }

  /** Call this after the arithmetic; without a prediction it does not count as an inference. */
  void stopTiming(long start, int predictions) {
    if (start != NOT_TIMED && predictions > 0) {
      inferenceLatencyNs.update((System.nanoTime() - start) / predictions);
    }
  }
}
