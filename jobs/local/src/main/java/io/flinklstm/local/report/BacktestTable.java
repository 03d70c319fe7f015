package io.flinklstm.local.report;

import io.flinklstm.train.backtest.BacktestReport;
import io.flinklstm.train.backtest.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A backtest's report for a person at a terminal. */
final class BacktestTable {

  private static final int MAX_STEPS = 8;
  private static final int MAX_KEYS = 20;
  private static final int MAX_KEY_WIDTH = 16;

  private static final String FORMAT = "  %9s %10s %10s %10s %8s %6s %8s %9s %6s %9s %6s%n";

  private final StringBuilder text = new StringBuilder();
  private final BacktestReport report;

  private BacktestTable(BacktestReport report) {
    this.report = report;
  }

  static String of(BacktestReport report) {
    return new BacktestTable(report).write();
  }

  private String write() {
    BacktestReport.Data data = report.data();
    line(
        "Backtest on part \"%s\": %,d forecasts, %s to %s",
        data.part().name().toLowerCase(Locale.ROOT),
        data.origins(),
        time(data.firstEventTime()),
        time(data.lastEventTime()));
    line("");
    head("step", MAX_KEY_WIDTH);
    for (Score score : steps()) {
      row("" + score.horizonStep(), score);
    }
    if (report.horizons().size() > 1) {
      row("mean of " + report.horizons().size(), report.mean());
    }
    if (report.keys().size() > 1) {
      line("");
      head("stream", MAX_KEY_WIDTH);
      report.keys().stream().limit(MAX_KEYS).forEach(key -> row(shortened(key.key()), key.mean()));
      if (report.keys().size() > MAX_KEYS) {
        line(
            "and %,d more streams (all of them in the JSON and HTML)",
            report.keys().size() - MAX_KEYS);
      }
    }
    line("");
    line("%s", BacktestVerdict.of(report));
    return text.toString();
  }

  private static String time(Long millis) {
    return millis == null ? "-" : Instant.ofEpochMilli(millis).toString();
  }

  /** All steps, or the first ones, the last one and some between. */
  private List<Score> steps() {
    List<Score> all = report.horizons();
    if (all.size() <= MAX_STEPS) {
      return all;
    }
    List<Score> some = new ArrayList<>();
    for (int k = 0; k < MAX_STEPS; k++) {
      some.add(all.get((int) Math.round(k * (all.size() - 1.0) / (MAX_STEPS - 1))));
    }
    return some;
  }

  private void head(String first, int width) {
    text.append(String.format(Locale.ROOT, "%-" + width + "s", ""));
    text.append(
        String.format(
            Locale.ROOT,
            FORMAT,
            "",
            "",
            "",
            "",
            "",
            "right",
            "scaled",
            "against",
            "",
            "against",
            ""));
    text.append(String.format(Locale.ROOT, "%-" + width + "s", first));
    text.append(
        String.format(
            Locale.ROOT,
            FORMAT,
            "forecasts",
            "MSE",
            "RMSE",
            "MAE",
            "MAPE",
            "dir.",
            "MSE",
            "no change",
            "t",
            "ridge",
            "t"));
  }

  private void row(String name, Score score) {
    text.append(String.format(Locale.ROOT, "%-" + MAX_KEY_WIDTH + "s", name));
    text.append(
        String.format(
            Locale.ROOT,
            FORMAT,
            String.format(Locale.ROOT, "%,d", score.count()),
            significant(score.model().mse()),
            significant(score.model().rmse()),
            significant(score.model().mae()),
            percent(score.model().mape().value(), "%.3g %%"),
            percent(100 * score.model().direction().value(), "%.0f %%"),
            significant(score.model().scaledSquared()),
            percent(100 * score.noChange().skill(), "%+.2f %%"),
            percent(score.noChange().t(), "%.1f"),
            percent(100 * score.ridge().skill(), "%+.2f %%"),
            percent(score.ridge().t(), "%.1f")));
  }

  private static String significant(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : "-";
  }

  private static String percent(double value, String format) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
  }

  private static String shortened(String key) {
    return key.length() <= MAX_KEY_WIDTH ? key : key.substring(0, MAX_KEY_WIDTH - 1) + "…";
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format + "%n", arguments));
  }
}
