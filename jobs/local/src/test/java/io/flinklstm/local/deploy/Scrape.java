package io.flinklstm.local.deploy;

import io.flinklstm.local.deploy.PromQl.Selector;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a metrics reporter exports to Prometheus in the text format: series, each with its value.
 */
final class Scrape {

  private record Series(String metric, Map<String, String> labels, double value) {}

  private static final Pattern LINE = Pattern.compile("([\\w:]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  private final List<Series> series = new ArrayList<>();

  private Scrape(String text) {
    for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("expected a line of metrics, got " + line);
      }
      Map<String, String> labels = new HashMap<>();
      if (matcher.group(2) != null) {
        LABEL
            .matcher(matcher.group(2))
            .results()
            .forEach(label -> labels.put(label.group(1), label.group(2)));
      }
      series.add(new Series(matcher.group(1), labels, Double.parseDouble(matcher.group(3))));
    }
  }

  static Scrape of(int port) throws IOException, InterruptedException {
    URI address = URI.create("http://localhost:" + port + "/metrics");
    return new Scrape(
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private List<Series> find(Selector selector) {
    return series.stream()
        .filter(s -> s.metric().equals(selector.metric()))
        .filter(
            s ->
                selector.matchers().stream()
                    .allMatch(m -> m.matches(s.labels().getOrDefault(m.label(), ""))))
        .toList();
  }

  boolean has(Selector selector) {
    return !find(selector).isEmpty();
  }

  Set<String> labels(Selector selector) {
    return find(selector).stream()
        .flatMap(s -> s.labels().keySet().stream())
        .collect(Collectors.toSet());
  }

  double sum(String metric) {
    return find(new Selector(metric, List.of(), "")).stream().mapToDouble(Series::value).sum();
  }

  boolean hasLabelValue(String value) {
    return series.stream().anyMatch(s -> s.labels().containsValue(value));
  }
}
