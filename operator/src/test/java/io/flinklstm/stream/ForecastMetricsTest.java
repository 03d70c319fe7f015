package io.flinklstm.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.OnModelChange;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.RejectionCode;
import io.flinklstm.forecast.SourcePosition;
import io.flinklstm.forecast.SourceRecord;
import io.flinklstm.forecast.StreamPolicy;
import io.flinklstm.math.KernelType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForecastMetricsTest {

  private static final Duration TTL = Duration.ofMillis(10_000);

  private final Map<String, Metric> metrics = new TreeMap<>(); // by name after "lstm."
  private ForecastHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness =
        ForecastHarness.of(
            StreamFixtures.MODEL,
            new ForecastSettings(
                new StreamPolicy(Duration.ofMillis(900), ModelCard.GapPolicy.RESET, TTL),
                Duration.ofMillis(100),
                2,
                KernelType.PLAIN,
                OnModelChange.FAIL),
            taskMetrics());
    harness.open();
  }

  @Test
  void hasTheNamesThatDashboardsAskFor() throws Exception {
    List<String> names =
        new ArrayList<>(
            List.of(
                "observations",
                "late",
                "duplicates",
                "appliedEarly",
                "keysInSeveralPartitions",
                "reclaimed",
                "bufferedEvents",
                "activeKeys",
                "inferenceLatencyNs",
                "modelVersion",
                "status.READY.predictions",
                "status.WARMING_UP.predictions",
                "cause.NEW.resets",
                "cause.GAP.resets",
                "cause.EXPIRED.resets",
                "cause.MODEL.resets"));
    for (RejectionCode code : RejectionCode.values()) {
      names.add("code." + code + ".deadLetters");
    }
    assertThat(metrics).containsOnlyKeys(names);
    harness.close();
  }

  @Test
  void whatNoPredictionComesOfIsNoInference() throws Exception {
    observe("a", 1000, 1, 2.0);
    harness.processWatermark(1000);
    Histogram latency = (Histogram) metrics.get("inferenceLatencyNs");
    assertThat(latency.getCount()).isEqualTo(1);
    for (int k = 0; k < 64; k++) {
      observe("a", 1000, 1, 2.0);
    }
    assertThat(count("duplicates")).isEqualTo(64);
    assertThat(latency.getCount()).isEqualTo(1);
    harness.close();
  }

  @Test
  void countsWhatHappened() throws Exception {
    observe("a", 1000, 1, 2.0);
    observe("a", 1010, 2, 2.0);
    observe("b", 1020, 1, 2.0);
    assertThat(gauge("bufferedEvents")).isEqualTo(3L);
    assertThat(gauge("activeKeys")).isEqualTo(0L);
    observe("a", 1020, 3, 2.0); // one more than may wait
    assertThat(count("appliedEarly")).isEqualTo(1);
    harness.processWatermark(1020);
    assertThat(gauge("bufferedEvents")).isEqualTo(0L);
    assertThat(gauge("activeKeys")).isEqualTo(2L);
    observe("a", 1015, 4, 2.0); // late
    observe("a", 1020, 3, 2.0); // a duplicate
    observe("a", 1020, 5, Double.NaN);
    observe("a", 1020, 6, -2.0); // has no logarithm
    observe("a", 2000, 7, 2.0); // after a gap
    harness.processWatermark(2000);
    observe("a", 20_000, 8, 2.0); // after the time to live
    harness.processWatermark(20_000);
    assertThat(count("observations")).isEqualTo(10);
    assertThat(count("late")).isEqualTo(1);
    assertThat(count("duplicates")).isEqualTo(1);
    assertThat(count("code.NON_FINITE_FIELD.deadLetters")).isEqualTo(1);
    assertThat(count("code.NON_FINITE_FEATURE.deadLetters")).isEqualTo(1);
    assertThat(count("code.OUTLIER.deadLetters")).isZero();
    assertThat(count("status.WARMING_UP.predictions")).isEqualTo(5);
    assertThat(count("status.READY.predictions")).isEqualTo(1);
    assertThat(count("cause." + Prediction.Reset.NEW + ".resets")).isEqualTo(2);
    assertThat(count("cause." + Prediction.Reset.GAP + ".resets")).isEqualTo(1);
    assertThat(count("cause." + Prediction.Reset.EXPIRED + ".resets")).isEqualTo(1);
    assertThat(count("reclaimed")).as("b, which was idle").isEqualTo(1);
    assertThat(gauge("activeKeys")).isEqualTo(1L);
    assertThat(gauge("modelVersion")).isEqualTo("1");
    Histogram latency = (Histogram) metrics.get("inferenceLatencyNs");
    assertThat(latency.getCount()).as("the first of sixteen is timed").isEqualTo(1);
    assertThat(latency.getStatistics().getMin()).isPositive();
    harness.close();
  }

  @Test
  void countsKeysInSeveralPartitionsOnArrival() throws Exception {
    for (int partition = 0; partition < 3; partition++) {
      SourceRecord source =
          new SourceRecord(new SourcePosition("ticks", partition, 0), 1000, null, null, List.of());
      harness.observe(new Observation("a", 1000, new double[] {1.0, 2.0}, partition, source));
    }
    assertThat(count("keysInSeveralPartitions")).isEqualTo(1);
    assertThat(gauge("bufferedEvents")).isEqualTo(2L);
    harness.close();
  }

  private void observe(String key, long eventTime, long sequence, double ask) throws Exception {
    harness.observe(new Observation(key, eventTime, new double[] {1.0, ask}, sequence, null));
  }

  private long count(String name) {
    return ((Counter) metrics.get(name)).getCount();
  }

  private Object gauge(String name) {
    return ((Gauge<?>) metrics.get(name)).getValue();
  }

  /** Flink's own group for a task, which reports the metrics registered below it. */
  private TaskMetricGroup taskMetrics() {
    TestingMetricRegistry registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer(
                (metric, name, group) -> {
                  String identifier = group.getMetricIdentifier(name);
                  int lstm = identifier.indexOf(".lstm.");
                  if (lstm >= 0) {
                    metrics.put(identifier.substring(lstm + ".lstm.".length()), metric);
                  }
                })
            .build();
    return TaskManagerMetricGroup.createTaskManagerMetricGroup(
            registry, "localhost", ResourceID.generate())
        .addJob(new JobID(), "job")
        .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
  }
}
