package io.flinklstm.local.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flinklstm.train.backtest.BacktestReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A backtest's report as a page: one file that needs nothing else, no network above all. The plots
 * are uPlot's, whose script is in the page.
 */
final class BacktestHtml {

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final String UPLOT = "META-INF/resources/webjars/uplot/";

  private BacktestHtml() {}

  static byte[] write(BacktestReport report) {
    // Names of streams come from the data; in JSON no tag can end the script around it.
    ObjectNode tree = BacktestJson.tree(report);
    // The page has no use for them, and of thousands of streams they are the most of it.
    tree.path("keys").forEach(key -> ((ObjectNode) key).remove("horizons"));
    String json = tree.toString().replace("<", "\\u003c");
    Map<String, String> parts =
        Map.of(
            "uplot_css",
            resource(UPLOT + version() + "/dist/uPlot.min.css"),
            "uplot_js",
            resource(UPLOT + version() + "/dist/uPlot.iife.min.js"),
            "uplot_license",
            resource(UPLOT + version() + "/LICENSE"),
            "script",
            resource("io/flinklstm/local/backtest.js"),
            "report",
            json);
    Matcher places = PLACE.matcher(resource("io/flinklstm/local/backtest.html"));
    return places
        .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Of the library, which is part of its files' names. */
  private static String version() {
    return resource("io/flinklstm/local/uplot.version").strip();
  }

  private static String resource(String name) {
    try (InputStream in = BacktestHtml.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + ": expected it in the jar, got none");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
