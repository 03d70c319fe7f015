package io.flinklstm.local.report;

import io.flinklstm.train.backtest.BacktestReport;
import io.flinklstm.train.backtest.Score;
import java.util.Locale;

/** The result of a backtest, in one sentence that does not oversell. */
final class BacktestVerdict {

  /** For |t| below this, the difference may be due to chance. */
  private static final double SIGNIFICANT = 2;

  /** With fewer forecasts than this, the variance says little. */
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
      return "not comparable with " + name;
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
