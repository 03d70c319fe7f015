package io.flinklstm.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** A run of {@code benchmarks/run} as a user would start it, and the JSON that it wrote. */
public final class BenchmarkRun {

  private BenchmarkRun() {}

  /** Runs a benchmark with --quick and more arguments. */
  public static JsonNode quick(Path folder, String benchmark, String... arguments)
      throws IOException, InterruptedException {
    Path json = folder.resolve(benchmark + ".json");
    Path log = folder.resolve(benchmark + ".log");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("bash", Path.of("run").toString(), benchmark, "--quick"));
    command.addAll(List.of("--json", json.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    try {
      int exitCode = process.waitFor();
      assertThat(exitCode).as(Files.readString(log, StandardCharsets.UTF_8)).isZero();
    } finally {
      process.destroy();
    }
    return new ObjectMapper().readTree(json.toFile());
  }

  /** The values of a column, as text. */
  public static List<String> column(JsonNode table, String key) {
    return StreamSupport.stream(table.spliterator(), false)
        .map(row -> row.path(key).asText())
        .toList();
  }

  /** The row whose columns have these values, given as key, value, key, value. */
  public static JsonNode row(JsonNode table, String... keysAndValues) {
    for (JsonNode row : table) {
      boolean found = true;
      for (int k = 0; k < keysAndValues.length; k += 2) {
        found &= row.path(keysAndValues[k]).asText().equals(keysAndValues[k + 1]);
      }
      if (found) {
        return row;
      }
    }
    throw new AssertionError("no row with " + List.of(keysAndValues) + " in " + table);
  }
}
