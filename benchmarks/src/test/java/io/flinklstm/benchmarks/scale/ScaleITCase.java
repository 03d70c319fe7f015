package io.flinklstm.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.benchmarks.harness.BenchmarkRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScaleITCase {

  @TempDir private Path folder;

  @Test
  void measuresPaceAndMemoryOnBothBackends() throws Exception {
    JsonNode report =
        BenchmarkRun.quick(folder, "scale", "--keys=2000", "--seconds=1", "--kernel=plain");

    JsonNode scale = report.get("scale");
    assertThat(BenchmarkRun.column(scale, "backend")).containsExactly("hashmap", "rocksdb");
    for (JsonNode row : scale) {
      assertThat(row.get("keys").asLong()).isEqualTo(2000);
      assertThat(row.get("predictions_per_second").asDouble()).as("%s", row).isBetween(1e3, 1e7);
      assertThat(row.get("predictions_per_cpu_second").asDouble()).isBetween(1e3, 1e7);
      assertThat(row.get("heap_mb").asDouble()).isBetween(5.0, 1024.0);
      assertThat(row.get("checkpoint_ms").asLong()).isPositive();
      // h and c of 64 floats each, and the rest of the state.
      assertThat(row.get("state_bytes_per_key").asDouble()).as("%s", row).isBetween(512.0, 700.0);
    }
  }
}
