package io.flinklstm.local.report;

import io.flinklstm.jobs.config.WordWrap;
import io.flinklstm.local.console.Table;
import io.flinklstm.train.backtest.BacktestReport;
import io.flinklstm.train.backtest.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A backtest's report as text for a terminal. */
final class BacktestTable {

  private static final int MAX_STEPS = 8;
  private static final int MAX_KEYS = 20;
  private static final int MAX_KEY_WIDTH = 16;

  private final StringBuilder text = new StringBuilder();
  private final BacktestReport report;
  private final int width;

  private BacktestTable(BacktestReport report, int width) {
    this.report = report;
    this.width = width;
  }

  /** In lines of at most {@code width} characters. */
  static String of(BacktestReport report, int width) {
    return new BacktestTable(report, width).write();
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
    Table steps = table("step");
    for (Score score : steps()) {
      row(steps, "" + score.horizonStep(), score);
    }
    if (report.horizons().size() > 1) {
      row(steps, "mean of " + report.horizons().size(), report.mean());
    }
    text.append(steps.text(width));
    if (report.keys().size() > 1) {
      line("");
      Table streams = table("stream");
      report.keys().stream()
          .limit(MAX_KEYS)
          .forEach(key -> row(streams, shortened(key.key()), key.mean()));
      text.append(streams.text(width));
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

  /** All steps or, if there are many, some of them, including the first and the last. */
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

  private static Table table(String first) {
    return new Table()
        .column(first)
        .column("forecasts")
        .column("MSE")
        .column("RMSE")
        .column("MAE")
        .column("MAPE")
        .column("right\ndir.")
        .column("scaled\nMSE")
        .boundColumn("against\nno change")
        .boundColumn("t")
        .boundColumn("against\nridge")
        .boundColumn("t");
  }

  private static void row(Table table, String name, Score score) {
    table.row(
        name,
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
        percent(score.ridge().t(), "%.1f"));
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
    for (String line : WordWrap.lines(String.format(Locale.ROOT, format, arguments), width)) {
      text.append(line).append(System.lineSeparator());
    }
  }
}
