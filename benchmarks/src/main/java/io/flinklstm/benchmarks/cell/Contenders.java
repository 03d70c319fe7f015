package io.flinklstm.benchmarks.cell;

import io.flinklstm.benchmarks.harness.Kernels;
import io.flinklstm.benchmarks.harness.RandomWeights;
import io.flinklstm.benchmarks.harness.Report;
import io.flinklstm.benchmarks.harness.TemporaryFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** The named contenders that can run here. */
final class Contenders {

  static final String REFERENCE = "plain";

  /**
   * The contender with the same bits as the plain kernel. ONNX Runtime, C++ and EJML add in a
   * different order, so their last bits differ.
   */
  private static final String SAME_BITS = "vector"; // as the plain kernel

  private static final double TOLERANCE = 1e-4;

  private static final double NATIVE_TOLERANCE = 1e-5;
  private static final int STEPS = 100;

  private final List<String> names = new ArrayList<>();
  private final Map<String, NativeStep> natives = new LinkedHashMap<>();

  /** Notes in the report which contenders are left out, and why. */
  Contenders(List<String> wanted, Report report, TemporaryFolder folder)
      throws IOException, InterruptedException {
    for (String name : wanted) {
      NativeStep.Width width = NativeStep.Width.of(name);
      String whyNot =
          width != null
              ? width.whyNot()
              : name.equals(Stepper.ONNX_RUNTIME) ? null : Kernels.whyNot(name);
      if (whyNot != null) {
        report.note("Left out: " + whyNot);
        continue;
      }
      names.add(name);
      if (width != null) {
        natives.put(name, NativeStep.build(width, folder.path()));
      }
    }
  }

  List<String> names() {
    return List.copyOf(names);
  }

  /** The contenders that are also in another collection. */
  List<String> names(Collection<String> others) {
    return names.stream().filter(others::contains).toList();
  }

  /** The C++ step by contender. */
  Map<String, NativeStep> natives() {
    return natives;
  }

  /**
   * Runs 100 steps on some contenders.
   *
   * @return by contender, the largest difference of an output to the plain kernel's
   * @throws IllegalStateException if a difference is too large
   */
  Map<String, Double> differences(CellSize size, List<String> names)
      throws IOException, InterruptedException {
    float[][] inputs = RandomWeights.inputs(STEPS, CellSize.INPUT_SIZE);
    float[] expected = Stepper.outputs(REFERENCE, size.weights(), inputs);
    Map<String, Double> differences = new LinkedHashMap<>();
    for (String name : names) {
      NativeStep program = natives.get(name);
      float[] outputs =
          program == null
              ? Stepper.outputs(name, size.weights(), inputs)
              : program
                  .run(NativeModelFile.of(size.weights(), inputs), new Plan(0, 1, 1))
                  .outputs();
      double difference = difference(expected, outputs);
      double tolerance =
          name.equals(SAME_BITS) ? 0 : program == null ? TOLERANCE : NATIVE_TOLERANCE;
      if (!(difference <= tolerance)) {
        throw new IllegalStateException(
            name
                + " at size "
                + size
                + ": expected outputs within "
                + tolerance
                + " of the plain kernel's, got a difference of "
                + difference);
      }
      differences.put(name, difference);
    }
    return differences;
  }

  private static double difference(float[] expected, float[] actual) {
    double largest = 0;
    for (int k = 0; k < expected.length; k++) {
      double difference = Math.abs((double) expected[k] - actual[k]);
      largest = difference <= largest ? largest : difference; // NaN stays
    }
    return largest;
  }

  /** Measures a contender in its own process. */
  Timing measure(String name, CellSize size, Plan plan)
      throws IOException, InterruptedException, RunnerException {
    NativeStep program = natives.get(name);
    if (program == null) {
      return JmhFork.measure(name, size, plan);
    }
    float[][] inputs = RandomWeights.inputs(STEPS, CellSize.INPUT_SIZE);
    return program.run(NativeModelFile.of(size.weights(), inputs), plan).timing();
  }
}
