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
 * A backtest's report as an HTML page: one file that needs nothing else, not even a network. The
 * plots are drawn by uPlot, whose script is in the page.
 */
final class BacktestHtml {

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final String UPLOT = "META-INF/resources/webjars/uplot/";

  private BacktestHtml() {}

  static byte[] write(BacktestReport report) {
    // Names of streams come from the data; escaped, they cannot end the script around the JSON.
    ObjectNode tree = BacktestJson.tree(report);
    // The page does not use them, and with thousands of streams they are most of its size.
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

  /** The version of uPlot, which is part of the paths of its files. */
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
