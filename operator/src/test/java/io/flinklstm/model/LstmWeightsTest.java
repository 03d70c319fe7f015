package io.flinklstm.model;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LstmWeightsTest {

  private static final LstmConfig CONFIG = new LstmConfig(3, 2, 1, 1);

  @Test
  void refusesArraysOfAnotherSizeNamingBothSides() {
    refused(layer(23, 16, 8, 8), new float[2], null, "weight_ih_l0", "24", "23");
    refused(layer(24, 17, 8, 8), new float[2], null, "weight_hh_l0", "16", "17");
    refused(layer(24, 16, 7, 8), new float[2], null, "bias_ih_l0", "8", "7");
    refused(layer(24, 16, 8, 9), new float[2], null, "bias_hh_l0", "8", "9");
    refused(layer(24, 16, 8, 8), new float[3], null, "head weight", "2", "3");
    refused(layer(24, 16, 8, 8), new float[2], new float[2], "head bias", "1", "2");
  }

  @Test
  void refusesHalfABias() {
    LstmWeights.Layer half =
        new LstmWeights.Layer(new float[24], new float[16], new float[8], null);
    refused(half, new float[2], null, "layer 0", "both", "got one");
  }

  @Test
  void refusesHalfAnInitialStateAndOneOfAnotherSize() {
    refused(layer(new float[2], null), new float[2], null, "layer 0", "both h0 and c0", "got one");
    refused(layer(new float[2], new float[3]), new float[2], null, "c0_l0", "2", "3");
    refused(layer(new float[1], new float[2]), new float[2], null, "h0_l0", "2", "1");
    float[] nan = {0, Float.NaN};
    refused(layer(nan, new float[2]), new float[2], null, "h0_l0", "finite", "NaN at index 1");
  }

  @Test
  void refusesNumbersThatAreNotFinite() {
    LstmWeights.Layer layer = layer(24, 16, 8, 8);
    layer.weightHh()[5] = Float.NaN;
    refused(layer, new float[2], null, "weight_hh_l0", "finite", "NaN at index 5");
    refused(
        layer(24, 16, 8, 8),
        new float[2],
        new float[] {Float.NEGATIVE_INFINITY},
        "head bias",
        "finite",
        "-Infinity at index 0");
  }

  @Test
  void refusesAnotherNumberOfLayers() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmWeights(CONFIG, List.of(), new float[2], null))
        .withMessageContainingAll("layers", "expected 1", "got 0");
  }

  @Test
  void refusesSizesOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmConfig(0, 1, 1, 1))
        .withMessageContainingAll("inputSize", "1 to 16384", "got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmConfig(1, 16_385, 1, 1))
        .withMessageContainingAll("hiddenSize", "1 to 16384", "got 16385");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmConfig(1, 1, 65, 1))
        .withMessageContainingAll("numLayers", "1 to 64", "got 65");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmConfig(1, 1, 1, -1))
        .withMessageContainingAll("outputSize", "got -1");
  }

  private static LstmWeights.Layer layer(float[] h0, float[] c0) {
    return new LstmWeights.Layer(new float[24], new float[16], null, null, h0, c0);
  }

  private static LstmWeights.Layer layer(int weightIh, int weightHh, int biasIh, int biasHh) {
    return new LstmWeights.Layer(
        new float[weightIh], new float[weightHh], new float[biasIh], new float[biasHh]);
  }

  private static void refused(
      LstmWeights.Layer layer, float[] headWeight, float[] headBias, String... parts) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LstmWeights(CONFIG, List.of(layer), headWeight, headBias))
        .withMessageContainingAll(parts);
  }
}
