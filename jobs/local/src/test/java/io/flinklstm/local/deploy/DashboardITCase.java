package io.flinklstm.local.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.local.deploy.PromQl.Selector;
import io.flinklstm.local.embedded.EmbeddedBroker;
import io.flinklstm.local.testing.DemoData;
import io.flinklstm.local.testing.LocalFlink;
import io.flinklstm.local.testing.LocalKafka;
import io.flinklstm.local.testing.MarkdownDocument;
import io.flinklstm.local.testing.MarkdownDocument.Part;
import io.flinklstm.local.testing.ProjectTree;
import io.flinklstm.local.ticks.Tick;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dashboard and alarms read only metrics that a running job exports, and each according to its
 * type.
 */
class DashboardITCase {

  private static final String LSTM = "flink_taskmanager_job_task_operator_lstm_";
  private static final String KEY = "a-stream-of-its-own";
  private static final String METRICS = "docs/monitoring.md";

  /** Gauges of the JobManager that never fall, so that their increase is meaningful. */
  private static final Set<String> RISING =
      Set.of(
          "flink_jobmanager_job_numRestarts",
          "flink_jobmanager_job_numberOfCompletedCheckpoints",
          "flink_jobmanager_job_numberOfFailedCheckpoints");

  /** A metric of Prometheus itself, for every target. */
  private static final String UP = "up";

  @TempDir private Path folder;

  @Test
  void readsWhatARunningJobExports() throws Exception {
    int port = EmbeddedBroker.freePort();
    InMemoryReporter metrics = InMemoryReporter.create();
    try (LocalKafka kafka = new LocalKafka(folder.resolve("kafka"), 2);
        MiniCluster cluster = LocalFlink.cluster(folder, configuration(port, metrics))) {
      JobClient job = LocalFlink.submit(folder, cluster, kafka, "exactly-once", Map.of());
      sendTicks(kafka);
      LocalKafka.await(
          "a committed dead letter and late tick",
          () -> kafka.count(LocalKafka.DEAD_LETTERS) > 0 && kafka.count(LocalKafka.LATE) > 0);
      Scrape scrape = Scrape.of(port);
      Set<String> counters = counters(metrics);
      List<String> problems = new ArrayList<>();
      for (Monitoring.Expression expression : Monitoring.expressions()) {
        problems(expression, scrape, counters)
            .forEach(problem -> problems.add(expression.place() + ": " + problem));
      }
      assertThat(problems).isEmpty();
      describesEveryMetricOf(metrics);
      assertThat(scrape.sum(LSTM + "status_predictions")).isEqualTo(200);
      assertThat(scrape.sum(LSTM + "late")).isEqualTo(1);
      assertThat(scrape.sum(LSTM + "code_deadLetters")).isEqualTo(1);
      assertThat(scrape.hasLabelValue(KEY) || scrape.hasLabelValue(KEY.replace('-', '_')))
          .as("a stream's name among the labels")
          .isFalse();
      job.cancel().get();
    }
  }

  /** Holds the table of docs/monitoring.md against the job's own metrics. */
  private static void describesEveryMetricOf(InMemoryReporter reporter) {
    Set<String> registered = new TreeSet<>();
    reporter
        .getMetricsByGroup()
        .forEach(
            (group, metrics) -> {
              String scope = String.join(".", group.getScopeComponents()) + ".";
              int own = scope.lastIndexOf(".lstm.");
              if (own >= 0) {
                String prefix = scope.substring(own + ".lstm.".length());
                metrics.keySet().forEach(name -> registered.add(prefix + name));
              }
            });
    MarkdownDocument page = new MarkdownDocument(METRICS, ProjectTree.text(METRICS));
    Map<String, Part> described = new HashMap<>();
    for (Part name : page.firstColumn("metric")) {
      described.put(name.text().replace(".", "\\.").replaceAll("CODE|CAUSE|SINK", "[^.]+"), name);
    }
    assertThat(registered)
        .as("metrics in " + METRICS)
        .allMatch(name -> described.keySet().stream().anyMatch(name::matches));
    assertThat(described.entrySet())
        .filteredOn(name -> registered.stream().noneMatch(each -> each.matches(name.getKey())))
        .as("metrics that the job does not have")
        .isEmpty();
  }

  /** The reporter as config/flink-config.yaml configures it, on one port. */
  private Configuration configuration(int port, InMemoryReporter metrics) throws IOException {
    Path conf = Files.createDirectory(folder.resolve("conf"));
    Files.copy(Monitoring.CONFIG.resolve("flink-config.yaml"), conf.resolve("config.yaml"));
    Map<String, String> file = new HashMap<>();
    GlobalConfiguration.loadConfiguration(conf.toString())
        .toMap()
        .forEach(
            (key, value) -> {
              if (key.startsWith("metrics.")) {
                file.put(key, value);
              }
            });
    assertThat(file.put("metrics.reporter.prom.port", Integer.toString(port)))
        .isEqualTo("9249-9259");
    return metrics.addToConfiguration(Configuration.fromMap(file));
  }

  private static void sendTicks(LocalKafka kafka) throws Exception {
    List<Tick> trades = DemoData.trades(200);
    for (Tick trade : trades) {
      kafka.send(KEY, trade.withKey(KEY).toJson());
    }
    kafka.send(KEY, trades.get(0).withKey(KEY).toJson());
    kafka.send(KEY, "{".getBytes(StandardCharsets.UTF_8));
    kafka.flush();
  }

  private static List<String> problems(
      Monitoring.Expression expression, Scrape scrape, Set<String> counters) {
    PromQl query = new PromQl(expression.query());
    List<String> problems = new ArrayList<>();
    Set<String> labels = new TreeSet<>(Set.of("instance"));
    for (Selector selector : query.selectors()) {
      if (selector.metric().equals(UP)) {
        continue;
      }
      if (!scrape.has(selector)) {
        problems.add("no series for " + selector);
      }
      boolean rises = counters.contains(selector.metric()) || RISING.contains(selector.metric());
      if (Set.of("rate", "increase", "irate").contains(selector.function()) && !rises) {
        problems.add(selector.function() + ", but not a counter: " + selector.metric());
      }
      if (Set.of("delta", "deriv").contains(selector.function()) && rises) {
        problems.add(selector.function() + " of a counter: " + selector.metric());
      }
      labels.addAll(scrape.labels(selector));
    }
    Set<String> unknown = new TreeSet<>(query.labels());
    unknown.addAll(expression.shownLabels());
    unknown.removeAll(labels);
    if (!unknown.isEmpty()) {
      problems.add("no labels " + unknown);
    }
    return problems;
  }

  /**
   * The names of Flink's counters as the reporter writes them; its output calls all of them gauges.
   */
  private static Set<String> counters(InMemoryReporter reporter) {
    Set<String> counters = new TreeSet<>();
    reporter
        .getMetricsByGroup()
        .forEach(
            (group, metrics) -> {
              String scope =
                  ((AbstractMetricGroup<?>) group).getLogicalScope(DashboardITCase::plain, '_');
              for (Map.Entry<String, Metric> metric : metrics.entrySet()) {
                if (metric.getValue() instanceof Counter) {
                  counters.add("flink_" + scope + '_' + plain(metric.getKey()));
                }
              }
            });
    return counters;
  }

  private static String plain(String name) {
    return name.replaceAll("[^a-zA-Z0-9:_]", "_");
  }
}
