package io.flinklstm.benchmarks.harness;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of all benchmarks. */
public final class CommonOptions {

  @Option(names = "--quick", description = "A run of a few seconds to check that everything works.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
  private Path json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  public boolean isQuick() {
    return quick;
  }

  /** The given value, or a default that depends on {@code --quick}. */
  public <T> T orElse(T given, T usual, T ifQuick) {
    return given != null ? given : quick ? ifQuick : usual;
  }

  /** The file for the report as JSON, or null for none. */
  Path json() {
    return json;
  }
}
