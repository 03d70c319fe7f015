package io.flinklstm.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.List;
import org.junit.jupiter.api.Test;

class LstmParametersTest {

  private static final LstmConfig CONFIG = new LstmConfig(3, 16, 2, 2);

  @Test
  void beginUniformWithinOneOverTheRootOfTheHiddenSize() {
    LstmParameters parameters = LstmParameters.random(CONFIG, 1);
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (float[] array : parameters.arrays()) {
      for (float value : array) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo(0.25f);
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    assertThat(sum / count).isCloseTo(0, within(0.01));
    assertThat(squares / count).isCloseTo(0.0625 / 3, within(0.001));
  }

  @Test
  void areTheSameForTheSameSeedOnly() {
    float[] first = LstmParameters.random(CONFIG, 1).layer(1).weightHh();
    float[] same = LstmParameters.random(CONFIG, 1).layer(1).weightHh();
    float[] other = LstmParameters.random(CONFIG, 2).layer(1).weightHh();
    assertThat(Bits.of(same)).isEqualTo(Bits.of(first));
    assertThat(Bits.of(other)).isNotEqualTo(Bits.of(first));
  }

  @Test
  void becomeWeightsAndParametersAgain() {
    LstmWeights weights = TestModels.weights(CONFIG, 3);
    LstmParameters parameters = LstmParameters.of(weights);
    LstmWeights again = parameters.toWeights();

    assertThat(again.config()).isEqualTo(CONFIG);
    for (int l = 0; l < 2; l++) {
      assertThat(again.layers().get(l).weightIh()).isEqualTo(weights.layers().get(l).weightIh());
      assertThat(again.layers().get(l).weightHh()).isEqualTo(weights.layers().get(l).weightHh());
      assertThat(again.layers().get(l).biasIh()).isEqualTo(weights.layers().get(l).biasIh());
      assertThat(again.layers().get(l).biasHh()).isEqualTo(weights.layers().get(l).biasHh());
    }
    assertThat(again.headWeight()).isEqualTo(weights.headWeight());
    assertThat(again.headBias()).isEqualTo(weights.headBias());
  }

  @Test
  void shareNoArrayWithTheWeights() {
    LstmWeights weights = TestModels.weights(CONFIG, 3);
    LstmParameters parameters = LstmParameters.of(weights);
    LstmWeights again = parameters.toWeights();
    parameters.clear();
    assertThat(weights.headWeight()).doesNotContain(0f);
    assertThat(again.layers().get(0).weightHh()).doesNotContain(0f);
  }

  @Test
  void takeZerosForBiasesThatAModelDoesNotHave() {
    LstmConfig config = new LstmConfig(1, 1, 1, 1);
    LstmWeights weights =
        new LstmWeights(
            config,
            List.of(new LstmWeights.Layer(new float[4], new float[4], null, null)),
            new float[1],
            null);
    assertThat(LstmParameters.of(weights).layer(0).biasIh()).containsOnly(0f);
    assertThat(LstmParameters.of(weights).headBias()).containsExactly(0f);
  }

  @Test
  void refuseAModelWithAnInitialState() {
    float[] one = new float[1];
    LstmWeights weights =
        new LstmWeights(
            new LstmConfig(1, 1, 1, 1),
            List.of(new LstmWeights.Layer(new float[4], new float[4], null, null, one, one)),
            one,
            null);
    assertThatThrownBy(() -> LstmParameters.of(weights))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer 0 of the model to train: expected no initial state, got one");
  }

  @Test
  void nameTheNumberThatIsNotFinite() {
    LstmParameters parameters = LstmParameters.random(CONFIG, 1);
    parameters.layer(1).weightHh()[5] = Float.NaN;
    assertThatThrownBy(parameters::toWeights)
        .hasMessage("weight_hh_l1: expected finite numbers, got NaN at index 5");
  }
}
