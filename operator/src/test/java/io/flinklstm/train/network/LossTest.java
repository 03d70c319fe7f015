package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.model.LstmConfig;
import org.junit.jupiter.api.Test;

class LossTest {

  private static final float[] Y = {0.5f, -1f, 2f, 0f, 0.25f};
  private static final float[] TARGET = {0f, 1f, 1.75f, 0f, 3f};

  // The expected numbers are those of torch.nn.functional with reduction="mean".

  @Test
  void squaredErrorMatchesPyTorch() {
    matches(Loss.squared(), 2.375, 0.2, -0.8, 0.1, 0, -1.1);
  }

  @Test
  void huberMatchesPyTorch() {
    matches(Loss.huber(0.5), 0.45625, 0.1, -0.1, 0.05, 0, -0.1);
    matches(Loss.huber(1), 0.78125, 0.1, -0.2, 0.05, 0, -0.2);
  }

  /** At an error of zero, any slope between the two sides is valid; ours is zero. */
  @Test
  void pinballIsTheMeanOfBothSides() {
    matches(Loss.quantile(0.1), 0.23, 0.18, -0.02, 0.18, 0, -0.02);
    matches(Loss.quantile(0.9), 0.87, 0.02, -0.18, 0.02, 0, -0.18);
  }

  private static void matches(Loss loss, double mean, double... slopes) {
    double sum = 0;
    for (int k = 0; k < Y.length; k++) {
      sum += loss.value(Y[k], TARGET[k], 0);
      assertThat(loss.slope(Y[k], TARGET[k], 0) / Y.length)
          .as("slope %d", k)
          .isCloseTo((float) slopes[k], within(1e-7f));
    }
    assertThat(sum / Y.length).isCloseTo(mean, within(1e-7));
  }

  @Test
  void everyOutputHasTheQuantileOfItsLevel() {
    Loss loss = Loss.quantile(0.1, 0.5, 0.9);
    assertThat(loss.value(0f, 1f, 0)).isEqualTo(0.1);
    assertThat(loss.value(0f, 1f, 1)).isEqualTo(0.5);
    assertThat(loss.value(0f, 1f, 2)).isEqualTo(0.9);
    assertThat(loss.value(0f, 1f, 3)).isEqualTo(0.1);
  }

  @Test
  void keepsNanSoThatABrokenModelIsNoticed() {
    for (Loss loss : new Loss[] {Loss.squared(), Loss.huber(1), Loss.quantile(0.5)}) {
      assertThat(loss.value(Float.NaN, 1f, 0)).isNaN();
      assertThat(loss.slope(Float.NaN, 1f, 0)).isNaN();
    }
  }

  @Test
  void refusesSettingsOutsideTheirRange() {
    assertThatThrownBy(() -> Loss.huber(0))
        .hasMessage("delta of the Huber loss: expected a positive number, got 0.0");
    assertThatThrownBy(() -> Loss.quantile(0.5, 1))
        .hasMessage("level of the quantile loss: expected a number between 0 and 1, got 1.0");
    assertThatThrownBy(Loss::quantile)
        .hasMessage("levels of the quantile loss: expected at least one, got none");
  }

  /** The gradient of a head's bias is the mean of the slopes. */
  @Test
  void isTheMeanOverSequencesStepsAndOutputs() {
    for (Loss loss : new Loss[] {Loss.squared(), Loss.huber(0.3), Loss.quantile(0.2, 0.8)}) {
      Trial trial = Trial.random(new LstmConfig(2, 5, 1, 2), 34, 3, HeadSteps.ALL, 4);
      LstmPass pass = trial.newPass();
      double actual =
          new TrainableLstm(trial.parameters()).backward(trial.batch(), trial.target(), loss, pass);

      double sum = 0;
      double[] slopes = new double[2];
      for (int k = 0; k < pass.y().length; k++) {
        sum += loss.value(pass.y()[k], trial.target()[k], k % 2);
        slopes[k % 2] += loss.slope(pass.y()[k], trial.target()[k], k % 2);
      }
      assertThat(actual).isCloseTo(sum / pass.y().length, within(1e-12));
      for (int k = 0; k < 2; k++) {
        assertThat((double) pass.gradient().headBias()[k])
            .isCloseTo(slopes[k] / pass.y().length, within(1e-6));
      }
    }
  }
}
