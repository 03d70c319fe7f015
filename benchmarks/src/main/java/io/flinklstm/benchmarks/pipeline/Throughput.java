package io.flinklstm.benchmarks.pipeline;

import java.util.List;

/**
 * The throughput of a job between two samples.
 *
 * @param perCpuSecond events per second of CPU time of Flink's JVM
 * @param perSecond events per second of wall-clock time
 */
record Throughput(double perCpuSecond, double perSecond) {

  /**
   * The throughput between the first sample at or after the warm-up and the last one with the job
   * still busy.
   */
  static Throughput of(List<Sample> samples, long warmUp, long end) {
    List<Sample> busy =
        samples.stream()
            .filter(sample -> sample.records() >= warmUp && sample.records() < end)
            .toList();
    if (busy.size() < 2) {
      throw new IllegalStateException(
          "samples: expected two or more between "
              + warmUp
              + " and "
              + end
              + " events, got "
              + busy.size()
              + "; measure more events");
    }
    Sample first = busy.get(0);
    Sample last = busy.get(busy.size() - 1);
    double records = last.records() - first.records();
    return new Throughput(
        records / (last.cpuNanos() - first.cpuNanos()) * 1e9,
        records / (last.wallNanos() - first.wallNanos()) * 1e9);
  }
}
