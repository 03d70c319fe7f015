package io.flinklstm.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;

/** Measurements of the same thing, one per round. */
public final class Samples {

  private final List<Double> values = new ArrayList<>();

  public void add(double value) {
    values.add(value);
  }

  /** The values in the order of the rounds. */
  public List<Double> values() {
    return List.copyOf(values);
  }

  /** The median; NaN if there are no values. */
  public double median() {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The largest value minus the smallest, in percent of the median; NaN if there are no values. */
  public double spreadPercent() {
    double min = values.stream().mapToDouble(v -> v).min().orElse(Double.NaN);
    double max = values.stream().mapToDouble(v -> v).max().orElse(Double.NaN);
    return 100 * (max - min) / median();
  }
}
