package io.flinklstm.local.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The files of config/monitoring: every expression of the dashboard and of the alarms. */
final class Monitoring {

  /**
   * One expression, with Grafana's variables filled in.
   *
   * @param shownLabels the labels of its result that a legend or an annotation shows
   */
  record Expression(String place, String query, Set<String> shownLabels) {}

  static final Path CONFIG = Path.of("..", "..", "config");
  static final Path ALERTS = CONFIG.resolve("monitoring/alerts.yaml");
  static final Path DASHBOARD = CONFIG.resolve("monitoring/grafana/forecast-job.json");

  private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{ ?(\\w+) ?}}");
  private static final Pattern ALERT_LABEL = Pattern.compile("\\$labels\\.(\\w+)");
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\(([^,]+), (\\w+)\\)");

  private Monitoring() {}

  static List<Expression> expressions() throws IOException {
    List<Expression> expressions = new ArrayList<>(dashboard());
    for (Map<String, Object> alert : alerts()) {
      expressions.add(
          new Expression(
              "alert " + alert.get("alert"),
              (String) alert.get("expr"),
              found(ALERT_LABEL, alert.get("annotations").toString())));
    }
    return expressions;
  }

  static List<Map<String, Object>> alerts() throws IOException {
    return DeployedFile.read(ALERTS).list("groups").stream()
        .flatMap(group -> group.list("rules").stream())
        .map(DeployedFile::entries)
        .toList();
  }

  /** JSON is YAML, so one reader serves both. */
  private static List<Expression> dashboard() throws IOException {
    List<Expression> expressions = new ArrayList<>();
    DeployedFile dashboard = DeployedFile.read(DASHBOARD);
    for (DeployedFile panel : dashboard.list("panels")) {
      if (panel.text("type").equals("row")) {
        continue;
      }
      for (DeployedFile target : panel.list("targets")) {
        expressions.add(
            new Expression(
                "panel " + panel.text("title"),
                filledIn(target.text("expr")),
                found(LEGEND_LABEL, target.text("legendFormat"))));
      }
    }
    for (DeployedFile variable : dashboard.at("templating").list("list")) {
      var values = LABEL_VALUES.matcher(variable.at("query").text("query"));
      if (!values.matches()) {
        throw new IllegalArgumentException("expected label_values(metric, label), got " + values);
      }
      expressions.add(
          new Expression(
              "variable " + variable.text("name"), values.group(1), Set.of(values.group(2))));
    }
    return expressions;
  }

  private static String filledIn(String expression) {
    return expression.replace("$job_name", ".*").replace("$__rate_interval", "1m");
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
