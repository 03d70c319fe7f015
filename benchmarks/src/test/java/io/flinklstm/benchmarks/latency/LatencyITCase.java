package io.flinklstm.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.benchmarks.harness.BenchmarkRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyITCase {

  @TempDir private Path folder;

  /** With exactly-once, predictions wait for a checkpoint, taken once a second. */
  @Test
  void measuresFromTickToPredictionWithAndWithoutTheForecast() throws Exception {
    JsonNode report =
        BenchmarkRun.quick(
            folder,
            "latency",
            "--guarantees=exactly-once",
            "--rates=500",
            "--seconds=1",
            "--kernel=plain",
            "--jvm-option=-XX:TieredStopAtLevel=1"); // for a quick start

    JsonNode latency = report.get("latency");
    assertThat(BenchmarkRun.column(latency, "function"))
        .containsExactly("pass-through", "plain", "difference");
    for (String function : new String[] {"pass-through", "plain"}) {
      JsonNode row = BenchmarkRun.row(latency, "function", function);
      assertThat(row.get("p50_ms").asDouble()).as("%s", row).isBetween(10.0, 20_000.0);
      assertThat(row.get("p99_ms").asDouble())
          .as("%s", row)
          .isBetween(row.get("p50_ms").asDouble(), row.get("p99_9_ms").asDouble());
    }
  }
}
