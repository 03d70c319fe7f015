package io.flinklstm.stream;

import io.flinklstm.forecast.ModelId;
import io.flinklstm.forecast.Prediction;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * The metrics of the forecast function, in group {@code lstm}. They begin at zero with each start
 * of a task, as Flink's own do; what lasts is the {@link Ledger}.
 */
final class ForecastMetrics {

  /** One observation in so many is timed: the clock costs a good part of a small model's step. */
  private static final int TIMED = 16;

  private static final int LATENCIES = 10_000;

  final Counter observations;
  final Counter late;
  final Counter duplicates;
  final Counter appliedEarly;
  final Counter reclaimed;
  final RejectionCounters deadLetters;
  private final Map<Prediction.Status, Counter> predictions;
  private final Map<Prediction.Reset, Counter> resets;
  private final Histogram inferenceLatencyNs;
  private long timing;

  ForecastMetrics(MetricGroup taskMetrics, ModelId model, Ledger ledger) {
    MetricGroup lstm = taskMetrics.addGroup("lstm");
    observations = lstm.counter("observations");
    late = lstm.counter("late");
    duplicates = lstm.counter("duplicates");
    appliedEarly = lstm.counter("appliedEarly");
    reclaimed = lstm.counter("reclaimed");
    deadLetters = new RejectionCounters(lstm);
    predictions = new EnumMap<>(Prediction.Status.class);
    for (Prediction.Status status : Prediction.Status.values()) {
      predictions.put(status, lstm.addGroup("status", status.name()).counter("predictions"));
    }
    resets = new EnumMap<>(Prediction.Reset.class);
    for (Prediction.Reset cause : Prediction.Reset.values()) {
      resets.put(cause, lstm.addGroup("cause", cause.name()).counter("resets"));
    }
    // Flink's own, the last so many values: the Dropwizard wrapper would be a dependency for less.
    inferenceLatencyNs =
        lstm.histogram("inferenceLatencyNs", new DescriptiveStatisticsHistogram(LATENCIES));
    lstm.gauge("bufferedEvents", () -> ledger.get(Ledger.Entry.BUFFERED));
    lstm.gauge("activeKeys", () -> ledger.get(Ledger.Entry.ACTIVE_KEYS));
    lstm.gauge("modelVersion", model::version);
  }

  void predicted(Prediction prediction) {
    predictions.get(prediction.status()).inc();
    if (prediction.reset() != null) {
      resets.get(prediction.reset()).inc();
    }
  }

  /** Whether the next inference is to be timed. */
  boolean isTimed() {
    return timing++ % TIMED == 0;
  }

  void timed(long nanos) {
    inferenceLatencyNs.update(nanos);
  }
}
