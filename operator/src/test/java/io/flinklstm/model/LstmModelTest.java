package io.flinklstm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.math.KernelType;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.GoldenModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares models with PyTorch's results; see models/long_goldens.py in the test resources. */
class LstmModelTest {

  private static final double STEP_TOLERANCE = 2e-6;
  private static final double LONG_TOLERANCE = 1e-5;

  private static final List<String> WITH_STREAM =
      List.of("l1_h16_i1", "l1_h16_i3_nobias", "l1_h64_i1", "l2_h64_i5");
  private static final List<String> WITH_LONG_RUN =
      List.of("l1_h16_i1", "l1_h16_i3_nobias", "l1_h64_i1", "l2_h16_i3_nobias", "l2_h64_i5");

  static Stream<Arguments> streams() {
    return withKernels(WITH_STREAM);
  }

  static Stream<Arguments> longRuns() {
    return withKernels(WITH_LONG_RUN);
  }

  private static Stream<Arguments> withKernels(List<String> names) {
    return names.stream()
        .flatMap(
            name ->
                Stream.of(KernelType.values())
                    .filter(kernel -> kernel != KernelType.AUTO)
                    .map(kernel -> Arguments.of(name, kernel)));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void matchesPyTorchForEveryRowOfInterleavedKeys(String name, KernelType kernel) {
    GoldenModel golden = GoldenModel.load(name);
    LstmModel model = new LstmModel(golden.weights(), kernel.create());
    List<GoldenModel.Row> rows = golden.stream();
    assertThat(rows).hasSize(800);
    Map<String, LstmState> states = new LinkedHashMap<>();
    float[] y = new float[model.config().outputSize()];
    for (GoldenModel.Row row : rows) {
      LstmState state = states.computeIfAbsent(row.key(), key -> model.newState());
      model.step(row.x(), state, state);
      model.head(state, y);
      assertClose(y, row.y(), STEP_TOLERANCE, "key " + row.key() + " step " + row.step());
    }
    assertThat(states).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("longRuns")
  void matchesPyTorchForTenThousandCarriedSteps(String name, KernelType kernel) {
    GoldenModel golden = GoldenModel.load(name);
    LstmModel model = new LstmModel(golden.weights(), kernel.create());
    GoldenModel.LongRun run = golden.longRun();
    assertThat(run.x()).hasNumberOfRows(10_000);
    LstmState state = model.newState();
    float[] y = new float[model.config().outputSize()];
    for (int t = 0; t < run.x().length; t++) {
      model.step(run.x()[t], state, state);
      model.head(state, y);
      assertClose(y, run.y()[t], LONG_TOLERANCE, "step " + t);
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void keepsInterleavedKeysApart(String name, KernelType kernel) {
    GoldenModel golden = GoldenModel.load(name);
    LstmModel model = new LstmModel(golden.weights(), kernel.create());
    Map<String, LstmState> states = new LinkedHashMap<>();
    Map<String, List<float[]>> inputs = new LinkedHashMap<>();
    for (GoldenModel.Row row : golden.stream()) {
      LstmState state = states.computeIfAbsent(row.key(), key -> model.newState());
      model.step(row.x(), state, state);
      inputs.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row.x());
    }
    for (String key : states.keySet()) {
      LstmModel fresh = new LstmModel(golden.weights(), kernel.create());
      LstmState alone = fresh.newState();
      for (float[] x : inputs.get(key)) {
        fresh.step(x, alone, alone);
      }
      assertThat(Bits.of(states.get(key))).as("key %s", key).isEqualTo(Bits.of(alone));
    }
  }

  @ParameterizedTest
  @MethodSource("longRuns")
  void copyingTheStateBetweenStepsChangesNoBit(String name, KernelType kernel) {
    GoldenModel golden = GoldenModel.load(name);
    LstmModel model = new LstmModel(golden.weights(), kernel.create());
    float[][] x = golden.longRun().x();
    LstmState inOneGo = model.newState();
    LstmState carried = model.newState();
    float[] y = new float[model.config().outputSize()];
    float[] yCopied = new float[model.config().outputSize()];
    for (int t = 0; t < 1_000; t++) {
      model.step(x[t], inOneGo, inOneGo);
      model.head(inOneGo, y);
      LstmState restored = model.newState();
      restored.copyFrom(carried);
      LstmState next = model.newState();
      model.step(x[t], restored, next);
      model.head(next, yCopied);
      if (t % 100 == 0) {
        assertThat(Bits.of(restored)).as("is not modified").isEqualTo(Bits.of(carried));
      }
      carried.copyFrom(next);
      assertThat(Bits.of(yCopied)).as("step %d", t).isEqualTo(Bits.of(y));
    }
    assertThat(Bits.of(carried)).isEqualTo(Bits.of(inOneGo));
  }

  private static void assertClose(float[] actual, double[] expected, double tolerance, String at) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int k = 0; k < expected.length; k++) {
      double bound = tolerance * Math.max(1, Math.abs(expected[k]));
      double error = Math.abs(actual[k] - expected[k]);
      if (!(error <= bound)) {
        assertThat(error)
            .as("%s: %s, PyTorch %s", at, actual[k], expected[k])
            .isLessThanOrEqualTo(bound);
      }
    }
  }
}
