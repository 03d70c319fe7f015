package io.flinklstm.faults;

import io.flinklstm.faults.campaign.CampaignResult;
import io.flinklstm.faults.campaign.Fault;
import java.util.List;
import java.util.Locale;

/** A short report of several campaigns. */
final class CampaignReport {

  private final List<CampaignResult> results;

  CampaignReport(List<CampaignResult> results) {
    this.results = results;
  }

  boolean isExact() {
    return results.stream().allMatch(result -> result.complaints().isEmpty());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%nSeeds %d, faults %d, records %,d: %d lost, %d twice, %d different, %d complaints%n%n",
            results.size(),
            results.stream().mapToInt(result -> result.faults().size()).sum(),
            results.stream().mapToLong(result -> result.verdict().records()).sum(),
            results.stream().mapToLong(result -> result.verdict().lost()).sum(),
            results.stream().mapToLong(result -> result.verdict().twice()).sum(),
            results.stream().mapToLong(result -> result.verdict().different()).sum(),
            results.stream().mapToInt(result -> result.complaints().size()).sum()));
    text.append(
        String.format(
            Locale.ROOT,
            "Seconds from the fault to the next committed prediction of a tick sent after its"
                + " end:%n"));
    text.append(
        String.format(
            Locale.ROOT, "%-36s %5s %8s %8s %8s%n", "fault", "times", "median", "p95", "most"));
    for (Fault fault : Fault.values()) {
      double[] seconds =
          results.stream()
              .flatMap(result -> result.faults().stream())
              .filter(record -> record.fault() == fault)
              .mapToDouble(record -> record.recoverySeconds())
              .sorted()
              .toArray();
      if (seconds.length > 0) {
        text.append(
            String.format(
                Locale.ROOT,
                "%-36s %5d %8.1f %8.1f %8.1f%n",
                fault.words(),
                seconds.length,
                quantile(seconds, 0.5),
                quantile(seconds, 0.95),
                quantile(seconds, 1)));
      }
    }
    return text.toString();
  }

  /** The smallest value that at least this fraction of the values do not exceed. */
  private static double quantile(double[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1];
  }
}
