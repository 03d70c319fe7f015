package io.flinklstm.benchmarks.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.benchmarks.harness.BenchmarkRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineITCase {

  @TempDir private Path folder;

  @Test
  void measuresTheJobWithAndWithoutTheForecast() throws Exception {
    JsonNode report =
        BenchmarkRun.quick(
            folder,
            "pipeline",
            "--kernels=plain",
            "--jvm-option=-XX:TieredStopAtLevel=1"); // for a quick start

    JsonNode throughput = report.get("throughput");
    assertThat(BenchmarkRun.column(throughput, "function"))
        .containsExactly("pass-through", "plain");
    for (JsonNode row : throughput) {
      assertThat(row.get("events_per_cpu_second").asDouble()).as("%s", row).isBetween(1e3, 1e6);
      assertThat(row.get("events_per_second").asDouble()).as("%s", row).isBetween(1e3, 1e6);
      assertThat(row.get("rounds_events_per_cpu_second")).hasSize(1);
    }
  }
}
