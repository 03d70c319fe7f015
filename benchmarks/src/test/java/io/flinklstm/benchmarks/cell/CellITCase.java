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
    for (JsonNode row : details) {
      // Not how long: on a busy machine the compiler may not have got to a kernel yet.
      assertThat(row.get("ns_per_step").asDouble()).as("%s", row).isPositive();
      assertThat(row.get("max_difference").asDouble()).as("%s", row).isLessThan(1e-4);
    }
    assertThat(BenchmarkRun.row(report.get("odd_sizes"), "size", "1x17").get("ratio").asDouble())
        .isPositive();
  }
}
