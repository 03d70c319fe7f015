package io.flinklstm.benchmarks.cell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.benchmarks.harness.BenchmarkRun;
import io.flinklstm.benchmarks.harness.Kernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellITCase {

  @TempDir private Path folder;

  /**
   * Contenders that cannot run here, because a kernel or g++ is missing, are left out and named.
   */
  @Test
  void measuresAllThatCanRunHereAndFindsThatTheyAgree() throws Exception {
    JsonNode report = BenchmarkRun.quick(folder, "cell");

    List<String> expected = new ArrayList<>(List.of("ejml", "plain"));
    if (Kernels.isThere("vector")) {
      expected.add("vector");
    }
    expected.add("onnxruntime");
    for (NativeStep.Width width : NativeStep.Width.values()) {
      if (width.whyNot() == null) {
        expected.add(width.contender());
      }
    }
    JsonNode details = report.get("details");
    assertThat(BenchmarkRun.column(details, "contender")).containsExactlyElementsOf(expected);
    assertThat(report.get("notes").size()).isEqualTo(6 - expected.size() + 2);
    double ejml = BenchmarkRun.row(details, "contender", "ejml").get("ns_per_step").asDouble();
    for (JsonNode row : details) {
      double nanos = row.get("ns_per_step").asDouble();
      // On a busy machine the compiler may not have reached a kernel yet: 100 ms, not 1.
      assertThat(nanos).as("%s", row).isBetween(10.0, 1e8);
      assertThat(row.get("times_quicker_than_ejml").asDouble()).isEqualTo(ejml / nanos);
      assertThat(row.get("max_difference").asDouble()).as("%s", row).isLessThan(1e-4);
    }
    JsonNode odd = BenchmarkRun.row(report.get("odd_sizes"), "size", "1x17");
    assertThat(odd.get("padded_size").asText()).isEqualTo("1x32");
    assertThat(odd.get("ratio").asDouble())
        .isPositive()
        .isEqualTo(odd.get("ns_per_fma").asDouble() / odd.get("padded_ns_per_fma").asDouble());
  }
}
