package io.flinklstm.benchmarks.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flinklstm.benchmarks.harness.BenchmarkRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainITCase {

  @TempDir private Path folder;

  @Test
  void measuresEpochsWherePyTorchIsNot() throws Exception {
    JsonNode report =
        BenchmarkRun.quick(
            folder, "train", "--tasks", "bitstamp", "--python", folder + "/no-python");
    assertThat(report.path("notes").get(0).asText()).contains("has no PyTorch");
    JsonNode row = BenchmarkRun.row(report.path("train"), "task", "bitstamp");
    assertThat(row.path("flink_lstm").doubleValue()).isPositive();
    assertThat(row.has("pytorch")).isFalse();
  }
}
