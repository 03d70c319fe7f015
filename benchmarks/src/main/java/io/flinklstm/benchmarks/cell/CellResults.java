package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.Samples;
import io.flinklstm.benchmarks.harness.Table;
import io.flinklstm.benchmarks.harness.Table.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The timings of all sizes, contenders and rounds, and their tables. */
final class CellResults {

  private record Entry(CellSize size, String contender) {}

  private final Map<Entry, Samples> nanos = new HashMap<>();
  private final Map<Entry, Samples> bytes = new HashMap<>();
  private final Map<Entry, String> variants = new HashMap<>();
  private final Map<Entry, Double> differences = new HashMap<>();

  void setDifferences(CellSize size, Map<String, Double> byContender) {
    byContender.forEach((name, value) -> differences.put(new Entry(size, name), value));
  }

  void add(CellSize size, String contender, Timing timing) {
    Entry entry = new Entry(size, contender);
    nanos.computeIfAbsent(entry, none -> new Samples()).add(timing.nanos());
    if (Double.isFinite(timing.bytes())) {
      bytes.computeIfAbsent(entry, none -> new Samples()).add(timing.bytes());
    }
    if (timing.variant() != null) {
      variants.put(entry, timing.variant());
    }
  }

  private double median(CellSize size, String contender) {
    Samples samples = nanos.get(new Entry(size, contender));
    return samples == null ? Double.NaN : samples.median();
  }

  void fill(Report report, List<CellSize> sizes, List<CellSize> oddSizes, List<String> names) {
    fillSteps(report, sizes, names);
    fillDetails(report, sizes, names);
    if (!oddSizes.isEmpty()) {
      fillOdd(report, oddSizes, names);
    }
  }

  private void fillSteps(Report report, List<CellSize> sizes, List<String> names) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("size", "layers x hidden", 0));
    names.forEach(name -> columns.add(new Column(name, name, 0)));
    Table table =
        report.table("steps", "Nanoseconds per step, median", columns.toArray(Column[]::new));
    for (CellSize size : sizes) {
      Table.Row row = table.row().put("size", size.toString());
      names.forEach(name -> row.put(name, median(size, name)));
    }
  }

  private void fillDetails(Report report, List<CellSize> sizes, List<String> names) {
    Table table =
        report.table(
            "details",
            "Each step compared with the others",
            new Column("size", "size", 0),
            new Column("contender", "contender", 0),
            new Column("ns_per_step", "ns/step", 1),
            new Column("spread_percent", "spread %", 1),
            new Column("times_quicker_than_ejml", "quicker than ejml", 2),
            new Column("times_quicker_than_onnxruntime", "than onnxruntime", 2),
            new Column("time_over_cpp", "time / cpp", 2),
            new Column("time_over_cpp_avx512", "/ cpp-avx512", 2),
            new Column("g_fma_per_second", "G fma/s", 1),
            new Column("bytes_per_step", "bytes/step", 1),
            new Column("variant", "variant", 0));
    for (CellSize size : sizes) {
      for (String name : names) {
        Entry entry = new Entry(size, name);
        Samples samples = nanos.get(entry);
        double median = samples.median();
        table
            .row()
            .put("size", size.toString())
            .put("contender", name)
            .put("ns_per_step", median)
            .put("spread_percent", samples.spreadPercent())
            .put("times_quicker_than_ejml", median(size, "ejml") / median)
            .put("times_quicker_than_onnxruntime", median(size, Stepper.ONNX_RUNTIME) / median)
            .put("time_over_cpp", median / median(size, NativeStep.Width.AVX2.contender()))
            .put("time_over_cpp_avx512", median / median(size, NativeStep.Width.AVX512.contender()))
            .put("g_fma_per_second", size.multiplyAdds() / median)
            .put("bytes_per_step", bytes.containsKey(entry) ? bytes.get(entry).median() : null)
            .put("variant", variants.get(entry))
            .put("max_difference", differences.get(entry))
            .put("rounds", samples.values());
      }
    }
  }

  private void fillOdd(Report report, List<CellSize> oddSizes, List<String> names) {
    Table table =
        report.table(
            "odd_sizes",
            "Hidden sizes that are not a multiple of 16, per multiply-add without padding",
            new Column("size", "size", 0),
            new Column("contender", "contender", 0),
            new Column("ns_per_step", "ns/step", 1),
            new Column("ns_per_fma", "ns/fma", 4),
            new Column("padded_size", "next multiple", 0),
            new Column("padded_ns_per_step", "ns/step", 1),
            new Column("padded_ns_per_fma", "ns/fma", 4),
            new Column("ratio", "ratio", 2));
    for (CellSize odd : oddSizes) {
      for (String name : names) {
        double median = median(odd, name);
        if (!Double.isFinite(median)) {
          continue;
        }
        CellSize padded = odd.padded();
        double perFma = median / odd.multiplyAdds();
        double paddedPerFma = median(padded, name) / padded.multiplyAdds();
        table
            .row()
            .put("size", odd.toString())
            .put("contender", name)
            .put("ns_per_step", median)
            .put("ns_per_fma", perFma)
            .put("padded_size", padded.toString())
            .put("padded_ns_per_step", median(padded, name))
            .put("padded_ns_per_fma", paddedPerFma)
            .put("ratio", perFma / paddedPerFma);
      }
    }
  }
}
