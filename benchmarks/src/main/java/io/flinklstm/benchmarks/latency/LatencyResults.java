package io.flinklstm.benchmarks.latency;

import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.Samples;
import io.flinklstm.benchmarks.harness.Table;
import io.flinklstm.benchmarks.harness.Table.Column;
import io.flinklstm.benchmarks.job.JobVariant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The latencies of all cases in all rounds, and their table. */
final class LatencyResults {

  /** As columns: name in JSON, percentile. */
  private static final Map<String, Double> PERCENTILES = new LinkedHashMap<>();

  static {
    PERCENTILES.put("p50_ms", 50.0);
    PERCENTILES.put("p99_ms", 99.0);
    PERCENTILES.put("p99_9_ms", 99.9);
  }

  private final Map<LatencyCase, Map<String, Samples>> milliseconds = new LinkedHashMap<>();

  void add(LatencyCase measured, Histogram latencies) {
    Map<String, Samples> samples =
        milliseconds.computeIfAbsent(measured, none -> new LinkedHashMap<>());
    PERCENTILES.forEach(
        (key, percentile) ->
            samples
                .computeIfAbsent(key, none -> new Samples())
                .add(latencies.getValueAtPercentile(percentile) / 1e6));
  }

  void fill(Report report, List<String> guarantees, List<Integer> rates, JobVariant lstm) {
    Table table =
        report.table(
            "latency",
            "Milliseconds from the time a tick was due to the time its prediction was read;"
                + " medians",
            new Column("guarantee", "guarantee", 0),
            new Column("events_per_second", "events/s", 0),
            new Column("function", "function", 0),
            new Column("p50_ms", "p50", 2),
            new Column("p99_ms", "p99", 2),
            new Column("p99_9_ms", "p99.9", 2),
            new Column("p50_spread_percent", "p50 spread %", 1));
    for (String guarantee : guarantees) {
      for (int rate : rates) {
        Map<String, Samples> base =
            milliseconds.get(
                new LatencyCase(guarantee, rate, JobVariant.passThrough(lstm.hiddenSize())));
        Map<String, Samples> ours = milliseconds.get(new LatencyCase(guarantee, rate, lstm));
        fill(row(table, guarantee, rate, JobVariant.PASS_THROUGH), base);
        fill(row(table, guarantee, rate, lstm.name()), ours);
        Table.Row difference = row(table, guarantee, rate, "difference");
        PERCENTILES
            .keySet()
            .forEach(key -> difference.put(key, ours.get(key).median() - base.get(key).median()));
      }
    }
  }

  private static Table.Row row(Table table, String guarantee, int rate, String function) {
    return table
        .row()
        .put("guarantee", guarantee)
        .put("events_per_second", rate)
        .put("function", function);
  }

  private static void fill(Table.Row row, Map<String, Samples> samples) {
    samples.forEach((key, of) -> row.put(key, of.median()));
    row.put("p50_spread_percent", samples.get("p50_ms").spreadPercent());
    samples.forEach((key, of) -> row.put("rounds_" + key, of.values()));
  }
}
