package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainableLstmGoldenTest {

  private static final double TOLERANCE = 2e-6; // of the largest entry of each tensor

  @ParameterizedTest
  @ValueSource(strings = {"g_l1_h16_i3", "g_l1_h64_i5"})
  void gradientsOfTheLastStepMatchPyTorch(String model) {
    TrainingGolden golden = new TrainingGolden(model);
    LstmBatch batch = golden.batch();
    LstmPass pass =
        new LstmPass(golden.config(), batch.batch(), batch.steps(), HeadSteps.LAST, false);

    double loss =
        new TrainableLstm(golden.initial())
            .backward(batch, golden.floats("target"), Loss.squared(), pass);

    assertThat(loss).isCloseTo(golden.doubles("f32/losses")[0], within(1e-6));
    matches(golden, "grad_last/", pass.gradient());
  }

  @ParameterizedTest
  @ValueSource(strings = {"g_l1_h16_i3", "g_l1_h64_i5"})
  void gradientsOfAllStepsMatchPyTorch(String model) {
    TrainingGolden golden = new TrainingGolden(model);
    LstmBatch batch = golden.batch();
    LstmPass pass =
        new LstmPass(golden.config(), batch.batch(), batch.steps(), HeadSteps.ALL, true);

    double loss =
        new TrainableLstm(golden.initial())
            .backward(batch, golden.targetOfAllSteps(), Loss.squared(), pass);

    assertThat(loss).isCloseTo(golden.doubles("f32/loss_all_steps")[0], within(1e-6));
    matches(golden, "grad_all/", pass.gradient());
    matches(golden, "grad_all/dx", pass.inputGradient());
    matches(golden, "grad_all/dh0", pass.initialGradient().h()[0]);
    matches(golden, "grad_all/dc0", pass.initialGradient().c()[0]);
  }

  private static void matches(TrainingGolden golden, String prefix, LstmParameters gradient) {
    for (int a = 0; a < TrainingGolden.NAMES.size(); a++) {
      matches(golden, prefix + TrainingGolden.NAMES.get(a), gradient.arrays().get(a));
    }
  }

  private static void matches(TrainingGolden golden, String name, float[] actual) {
    assertThat(Errors.relative(actual, golden.floats("f32/" + name)))
        .as("%s in float32", name)
        .isLessThan(TOLERANCE);
    assertThat(Errors.relative(actual, golden.doubles("f64/" + name)))
        .as("%s in float64", name)
        .isLessThan(TOLERANCE);
  }
}
