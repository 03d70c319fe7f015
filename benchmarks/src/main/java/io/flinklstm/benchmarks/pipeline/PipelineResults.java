package io.flinklstm.benchmarks.pipeline;

import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.Samples;
import io.flinklstm.benchmarks.harness.Table;
import io.flinklstm.benchmarks.harness.Table.Column;
import io.flinklstm.benchmarks.job.JobVariant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The throughput of all variants in all rounds, and its table. */
final class PipelineResults {

  private final Map<JobVariant, Samples> perCpuSecond = new LinkedHashMap<>();
  private final Map<JobVariant, Samples> perSecond = new LinkedHashMap<>();
  private final JobVariant passThrough;

  /**
   * @param variants the pass-through function first
   */
  PipelineResults(List<JobVariant> variants) {
    this.passThrough = variants.get(0);
    for (JobVariant variant : variants) {
      perCpuSecond.put(variant, new Samples());
      perSecond.put(variant, new Samples());
    }
  }

  void add(JobVariant variant, Throughput throughput) {
    perCpuSecond.get(variant).add(throughput.perCpuSecond());
    perSecond.get(variant).add(throughput.perSecond());
  }

  void fill(Report report) {
    Table table =
        report.table(
            "throughput",
            "Events per second of CPU time of Flink's JVM and of wall-clock time; medians",
            new Column("function", "function", 0),
            new Column("hidden", "hidden", 0),
            new Column("events_per_cpu_second", "per CPU-second", 0),
            new Column("spread_percent", "spread %", 1),
            new Column("percent_of_pass_through", "% of pass-through", 1),
            new Column("added_microseconds", "added CPU µs/event", 2),
            new Column("events_per_second", "per second", 0),
            new Column("events_per_second_spread_percent", "spread %", 1));
    double base = perCpuSecond.get(passThrough).median();
    perCpuSecond.forEach(
        (variant, samples) ->
            table
                .row()
                .put("function", variant.name())
                .put("hidden", variant.isPassThrough() ? null : variant.hiddenSize())
                .put("events_per_cpu_second", samples.median())
                .put("spread_percent", samples.spreadPercent())
                .put("percent_of_pass_through", 100 * samples.median() / base)
                .put("added_microseconds", 1e6 / samples.median() - 1e6 / base)
                .put("events_per_second", perSecond.get(variant).median())
                .put("events_per_second_spread_percent", perSecond.get(variant).spreadPercent())
                .put("rounds_events_per_cpu_second", samples.values())
                .put("rounds_events_per_second", perSecond.get(variant).values()));
  }
}
