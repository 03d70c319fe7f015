package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.model.LstmConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceLstmTest {

  private static final double TOLERANCE = 1e-10;

  @ParameterizedTest
  @ValueSource(strings = {"g_l1_h16_i3", "g_l1_h64_i5"})
  void matchesPyTorchInDoublePrecision(String model) {
    TrainingGolden golden = new TrainingGolden(model);
    double[] sines = new double[golden.targetOfAllSteps().length];
    for (int k = 0; k < sines.length; k++) {
      sines[k] = Math.sin(0.3 * (k % golden.batch().steps()));
    }
    ReferenceLstm last = run(golden, Errors.widened(golden.floats("target")), HeadSteps.LAST);
    ReferenceLstm all = run(golden, sines, HeadSteps.ALL);

    assertThat(last.loss).isCloseTo(golden.doubles("f64/losses")[0], within(TOLERANCE));
    assertThat(all.loss).isCloseTo(golden.doubles("f64/loss_all_steps")[0], within(TOLERANCE));
    for (int a = 0; a < TrainingGolden.NAMES.size(); a++) {
      String name = TrainingGolden.NAMES.get(a);
      matches(golden, "grad_last/" + name, last.gradient[a]);
      matches(golden, "grad_all/" + name, all.gradient[a]);
    }
    matches(golden, "grad_all/dx", all.dx);
    matches(golden, "grad_all/dh0", all.dh0[0]);
    matches(golden, "grad_all/dc0", all.dc0[0]);
  }

  private static ReferenceLstm run(TrainingGolden golden, double[] target, HeadSteps heads) {
    LstmBatch batch = golden.batch();
    return new ReferenceLstm(
            golden.config(),
            Trial.widened(golden.initial().arrays().toArray(new float[0][])),
            batch,
            heads)
        .run(
            Errors.widened(batch.x()),
            Trial.widened(batch.initial().h()),
            Trial.widened(batch.initial().c()),
            target);
  }

  private static void matches(TrainingGolden golden, String name, double[] actual) {
    assertThat(Errors.absolute(actual, golden.doubles("f64/" + name)))
        .as(name)
        .isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource(HeadSteps.class)
  void gradientsAreTheSlopesOfTheLoss(HeadSteps heads) {
    Trial trial = Trial.random(new LstmConfig(2, 3, 2, 2), 2, 5, heads, 7);
    double[][] p = Trial.widened(trial.parameters().arrays().toArray(new float[0][]));
    double[][] h0 = Trial.widened(trial.batch().initial().h());
    double[][] c0 = Trial.widened(trial.batch().initial().c());
    ReferenceLstm reference = trial.reference(p, h0, c0);

    agreesWithSlopes("parameters", p, reference.gradient, () -> trial.reference(p, h0, c0));
    agreesWithSlopes("h0", h0, reference.dh0, () -> trial.reference(p, h0, c0));
    agreesWithSlopes("c0", c0, reference.dc0, () -> trial.reference(p, h0, c0));
  }

  @Test
  void gradientsByTheInputsAreTheSlopesOfTheLoss() {
    Trial trial = Trial.random(new LstmConfig(3, 2, 2, 1), 2, 4, HeadSteps.ALL, 8);
    double[][] p = Trial.widened(trial.parameters().arrays().toArray(new float[0][]));
    double[][] x = {Errors.widened(trial.batch().x())};

    agreesWithSlopes(
        "x",
        x,
        new double[][] {trial.reference().dx},
        () ->
            new ReferenceLstm(trial.config(), p, trial.batch(), trial.heads())
                .run(
                    x[0],
                    Trial.widened(trial.batch().initial().h()),
                    Trial.widened(trial.batch().initial().c()),
                    Errors.widened(trial.target())));
  }

  private interface Run {
    ReferenceLstm again();
  }

  /** Checks central differences of the loss for each number of the arrays, which are restored. */
  private static void agreesWithSlopes(
      String name, double[][] arrays, double[][] gradient, Run run) {
    double step = 1e-5;
    for (int a = 0; a < arrays.length; a++) {
      for (int k = 0; k < arrays[a].length; k++) {
        double value = arrays[a][k];
        arrays[a][k] = value + step;
        double above = run.again().loss;
        arrays[a][k] = value - step;
        double below = run.again().loss;
        arrays[a][k] = value;
        assertThat(gradient[a][k])
            .as("%s, array %d, number %d", name, a, k)
            .isCloseTo((above - below) / (2 * step), within(1e-9));
      }
    }
  }
}
