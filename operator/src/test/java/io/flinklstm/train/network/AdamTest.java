package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.model.LstmConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamTest {

  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(strings = {"g_l1_h16_i3", "g_l1_h64_i5"})
  void matchesPyTorchForTwentySteps(String model) {
    Training training = new Training(model, Adam.Settings.DEFAULT);
    double[] losses = training.golden.doubles("f32/losses");
    for (int k = 1; k <= 20; k++) {
      assertThat(training.loss()).isCloseTo(losses[k - 1], within(1e-6));
      training.adam.step(training.pass.gradient(), 1e-3);
      if (List.of(1, 2, 5, 10, 20).contains(k)) {
        training.assertParameters("f32/adam_traj/step" + k + "/", 1e-6);
      }
    }
    assertThat(training.loss()).isCloseTo(losses[20], within(1e-6));
  }

  /**
   * The gradient norm of one of these runs jumps twentyfold, which multiplies rounding errors,
   * PyTorch's too. So the run is compared with the one in double precision, and the norms may be as
   * far from it as PyTorch's own in single precision.
   */
  @ParameterizedTest
  @ValueSource(strings = {"g_l1_h16_i3", "g_l1_h64_i5"})
  void matchesPyTorchWithWeightDecayAndClippedGradients(String model) {
    Training training = new Training(model, Adam.Settings.DEFAULT.withWeightDecay(0.01));
    double[] losses = training.golden.doubles("f64/adamw_losses");
    double[] norms = training.golden.doubles("f64/adamw_grad_norms");
    double[] singleNorms = training.golden.doubles("f32/adamw_grad_norms");
    for (int k = 0; k < 20; k++) {
      assertThat(training.loss()).isCloseTo(losses[k], within(TOLERANCE));
      double norm = Gradients.clip(training.pass.gradient(), 0.05);
      double tolerance = Math.max(TOLERANCE, Math.abs(singleNorms[k] - norms[k]));
      assertThat(norm).isCloseTo(norms[k], within(tolerance));
      training.adam.step(training.pass.gradient(), 1e-2);
    }
    training.assertParameters("f64/adamw_clip_final/", TOLERANCE);
  }

  /** A golden's model in training. */
  private static final class Training {
    private final TrainingGolden golden;
    private final LstmParameters parameters;
    private final TrainableLstm lstm;
    private final LstmPass pass;
    private final Adam adam;

    Training(String model, Adam.Settings settings) {
      this.golden = new TrainingGolden(model);
      this.parameters = golden.initial();
      this.lstm = new TrainableLstm(parameters);
      this.pass =
          new LstmPass(
              golden.config(),
              golden.batch().batch(),
              golden.batch().steps(),
              HeadSteps.LAST,
              false);
      this.adam = new Adam(parameters, settings);
    }

    double loss() {
      return lstm.backward(golden.batch(), golden.floats("target"), Loss.squared(), pass);
    }

    void assertParameters(String prefix, double tolerance) {
      for (int a = 0; a < TrainingGolden.NAMES.size(); a++) {
        String name = prefix + TrainingGolden.NAMES.get(a);
        double error =
            Errors.absolute(Errors.widened(parameters.arrays().get(a)), golden.doubles(name));
        assertThat(error).as(name).isLessThan(tolerance);
      }
    }
  }

  @Test
  void leavesAShortGradientAndScalesALongOneToTheNorm() {
    LstmParameters gradient = LstmParameters.zeros(new LstmConfig(1, 2, 1, 1));
    gradient.headWeight()[0] = 3f;
    gradient.headBias()[0] = 4f;

    assertThat(Gradients.clip(gradient, 10)).isEqualTo(5);
    assertThat(gradient.headWeight()).containsExactly(3f, 0f);
    assertThat(Gradients.clip(gradient, 1)).isEqualTo(5);
    assertThat(gradient.headWeight()[0]).isCloseTo(0.6f, within(1e-6f));
    assertThat(gradient.headBias()[0]).isCloseTo(0.8f, within(1e-6f));
  }

  @Test
  void refusesDecaysOutsideTheirRange() {
    assertThatThrownBy(() -> new Adam.Settings(0.9, 1.0, 1e-8, 0))
        .hasMessage("beta2 of the optimiser: expected a number within [0, 1.0), got 1.0");
    assertThatThrownBy(() -> Adam.Settings.DEFAULT.withWeightDecay(Double.NaN))
        .hasMessageContaining("weightDecay of the optimiser")
        .hasMessageContaining("got NaN");
  }

  @Test
  void learningRatesFallAsTheirNamesSay() {
    assertThat(LearningRate.constant(0.1).at(7)).isEqualTo(0.1);
    assertThat(LearningRate.exponential(0.1, 0.5).at(2)).isEqualTo(0.025);
    LearningRate cosine = LearningRate.cosine(0.1, 0.01, 10);
    assertThat(cosine.at(0)).isCloseTo(0.1, within(1e-15));
    assertThat(cosine.at(5)).isCloseTo(0.055, within(1e-15));
    assertThat(cosine.at(10)).isCloseTo(0.01, within(1e-15));
    assertThat(cosine.at(11)).isCloseTo(0.01, within(1e-15));
  }
}
