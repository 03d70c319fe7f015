package io.flinklstm.local.report;

import io.flinklstm.local.console.OutputFile;
import io.flinklstm.local.console.Terminal;
import io.flinklstm.train.backtest.BacktestReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options for a backtest's report in other forms besides the table. */
public final class ReportOptions {

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write the report as an HTML page: one file, with plots, for any browser.")
  private String html;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
  private String json;

  /**
   * @param others names of other files that the command writes
   * @throws IllegalArgumentException if a file cannot be written, already exists or is named twice
   */
  public void check(boolean force, String... others) {
    List<String> names = new ArrayList<>(List.of(others));
    Stream.of(html, json).filter(Objects::nonNull).forEach(names::add);
    if (Set.copyOf(names).size() < names.size()) {
      throw new IllegalArgumentException(
          "files to write: expected different names, got " + String.join(", ", names));
    }
    file("--html", html, force);
    file("--json", json, force);
  }

  /** Prints the table and writes the files. */
  public void show(BacktestReport report, boolean force) {
    System.out.print(BacktestTable.of(report, Terminal.columns()));
    write(file("--html", html, force), BacktestHtml.write(report));
    write(file("--json", json, force), BacktestJson.write(report));
  }

  private static OutputFile file(String option, String name, boolean force) {
    return name == null ? null : new OutputFile(option, name, force);
  }

  private static void write(OutputFile file, byte[] bytes) {
    if (file != null) {
      file.write(bytes);
      Terminal.print("Written to " + file.name());
    }
  }
}
