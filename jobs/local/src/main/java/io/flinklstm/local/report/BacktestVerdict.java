package io.flinklstm.local.report;

import io.flinklstm.train.backtest.BacktestReport;
import io.flinklstm.train.backtest.Score;
import java.util.Locale;

/** What a backtest says, in a sentence that does not oversell. */
final class BacktestVerdict {

  /** Of t: within it chance may be the reason. */
  private static final double SIGNIFICANT = 2;

  /** The variance of fewer says little. */
  private static final int FEW = 30;

  private BacktestVerdict() {}

  static String of(BacktestReport report) {
    if (report.data().origins() == 0) {
      return "Nothing could be judged: no forecast of a warmed-up stream has its whole horizon within"
          + " the part.";
    }
    return (report.data().origins() < FEW
            ? "Too few forecasts to tell: squared error "
            : "Squared error ")
        + against(report.mean().noChange(), "\"no change\"")
        + ", and "
        + against(report.mean().ridge(), "a ridge regression")
        + ".";
  }

  private static String against(Score.Baseline baseline, String name) {
    if (Double.isNaN(baseline.skill())) {
      return "not to be compared with " + name;
    }
    String text =
        String.format(
            Locale.ROOT,
            "%.2f %% %s %s",
            Math.abs(100 * baseline.skill()),
            baseline.skill() >= 0 ? "below" : "above",
            name);
    if (Double.isNaN(baseline.t())) {
      return text;
    }
    return String.format(
        Locale.ROOT,
        Math.abs(baseline.t()) < SIGNIFICANT
            ? "%s (t = %.1f: no evidence of a difference)"
            : "%s (t = %.1f)",
        text,
        baseline.t());
  }
}
