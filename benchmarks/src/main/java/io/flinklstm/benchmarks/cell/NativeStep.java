package io.flinklstm.benchmarks.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flinklstm.benchmarks.harness.AtExit;
import io.flinklstm.benchmarks.harness.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The C++ step, built for this machine. */
final class NativeStep {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The instruction sets that the C++ step supports. */
  enum Width {
    AVX2("cpp", 8, "haswell", List.of("__AVX2__", "__FMA__")),
    AVX512("cpp-avx512", 16, "native", List.of("__AVX512F__", "__AVX512DQ__"));

    private final String contender;
    private final int lanes;
    private final String architecture;
    private final List<String> macros;

    Width(String contender, int lanes, String architecture, List<String> macros) {
      this.contender = contender;
      this.lanes = lanes;
      this.architecture = architecture;
      this.macros = macros;
    }

    String contender() {
      return contender;
    }

    /** The width of a contender, or null. */
    static Width of(String contender) {
      return Stream.of(values())
          .filter(width -> width.contender.equals(contender))
          .findFirst()
          .orElse(null);
    }

    /** The reason why it cannot run here, or null if it can. */
    String whyNot() throws IOException, InterruptedException {
      String defined;
      try {
        defined = output("g++", "-march=native", "-dM", "-E", "-x", "c++", "/dev/null");
      } catch (IOException noCompiler) {
        return contender + ": expected g++, got none";
      }
      for (String macro : macros) {
        if (!defined.contains("#define " + macro + " ")) {
          return contender + ": expected a CPU with " + name() + ", got one without";
        }
      }
      return null;
    }
  }

  private final Path program;

  private NativeStep(Path program) {
    this.program = program;
  }

  /** Builds the program into a folder. */
  static NativeStep build(Width width, Path folder) throws IOException, InterruptedException {
    String home = System.getProperty("flinklstm.benchmarks.home", "benchmarks");
    Path program = folder.resolve(width.contender);
    output(
        "g++",
        "-std=c++17",
        "-O3",
        "-march=" + width.architecture,
        "-DLSTM_WIDTH=" + width.lanes,
        "-o",
        program.toString(),
        Path.of(home, "native", "lstm_step.cpp").toString());
    return new NativeStep(program);
  }

  /**
   * What a run of the program printed.
   *
   * @param outputs for the file's inputs
   * @param timing of the fastest variant
   * @param trials nanoseconds per step of every variant, measured briefly
   */
  record Run(float[] outputs, Timing timing, JsonNode trials) {}

  /** Runs the program on a {@link NativeModelFile} in its own process. */
  Run run(byte[] model, Plan plan) throws IOException, InterruptedException {
    Path file = Files.createTempFile(program.getParent(), "model", ".bin");
    try {
      Files.write(file, model);
      JsonNode printed =
          JSON.readTree(
              output(
                  program.toString(),
                  file.toString(),
                  Integer.toString(plan.warmUps()),
                  Integer.toString(plan.iterations()),
                  Integer.toString(plan.milliseconds())));
      float[] outputs = new float[printed.get("outputs").size()];
      for (int k = 0; k < outputs.length; k++) {
        outputs[k] = (float) printed.get("outputs").get(k).asDouble();
      }
      Samples nanos = new Samples();
      printed.get("nsPerStep").forEach(value -> nanos.add(value.asDouble()));
      String variant = printed.get("variant").asText();
      return new Run(
          outputs, new Timing(nanos.median(), Double.NaN, variant), printed.get("trialNsPerStep"));
    } finally {
      Files.delete(file);
    }
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    AutoCloseable end = process::destroyForcibly;
    AtExit.add(end);
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + ": expected exit code 0, got " + process.exitValue());
      }
      return text;
    } finally {
      process.destroyForcibly();
      AtExit.remove(end);
    }
  }
}
