package io.flinklstm.format.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.math.KernelType;
import io.flinklstm.math.LstmKernel;
import io.flinklstm.model.LstmCell;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightsBuilderTest {

  private final Random random = new Random(7);

  @Test
  void bringsTheGatesIntoPyTorchsOrder() {
    float[] stacked = {1, 1, 2, 2, 3, 3, 4, 4}; // two rows of one column for each gate
    assertThat(GateOrder.ONNX.toPyTorch(stacked, 2, 1, 2, 1)) // i,o,f,c
        .containsExactly(1, 1, 3, 3, 4, 4, 2, 2);
    assertThat(GateOrder.KERAS.toPyTorch(stacked, 2, 1, 2, 1)).containsExactly(stacked); // i,f,c,o
    assertThat(GateOrder.PYTORCH.toPyTorch(stacked, 2, 1, 2, 1)).containsExactly(stacked);
    assertThat(GateOrder.ONNX.toPyTorch(new float[] {1, 2, 3, 4}, 1, 1, 2, 2))
        .containsExactly(1, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0);
  }

  @ParameterizedTest
  @EnumSource(value = KernelType.class)
  void layersOfSeveralWidthsComputeWhatTheyWouldAlone(KernelType type) {
    LstmKernel kernel = type.create();
    WeightsBuilder.Layer wide = layer(2, 7);
    WeightsBuilder.Layer narrow = layer(7, 3);
    WeightsBuilder builder = new WeightsBuilder(GateOrder.PYTORCH);
    builder.add(wide);
    builder.add(narrow);
    LstmWeights weights = builder.build();
    assertThat(weights.config()).isEqualTo(new LstmConfig(2, 7, 2, 3));
    assertThat(builder.notes())
        .containsExactly(
            "layers of [7, 3] units: all widened to 7, the added units are always 0",
            "no linear layer: the outputs are h of the last layer");
    LstmModel model = new LstmModel(weights, kernel);
    LstmState state = model.initialState();
    LstmCell first = cell(wide, kernel);
    LstmCell second = cell(narrow, kernel);
    float[][] alone = {
      wide.h0().clone(), wide.c0().clone(), narrow.h0().clone(), narrow.c0().clone()
    };
    float[] y = new float[3];
    for (int t = 0; t < 50; t++) {
      float[] x = TestModels.uniform(random, 2, 2);
      model.step(x, state, state);
      first.step(x, alone[0], alone[1], alone[0], alone[1]);
      second.step(alone[0], alone[2], alone[3], alone[2], alone[3]);
      assertThat(Bits.of(state.h(0))).isEqualTo(Bits.of(alone[0]));
      assertThat(Bits.of(Arrays.copyOf(state.h(1), 3))).isEqualTo(Bits.of(alone[2]));
      assertThat(Bits.of(Arrays.copyOf(state.c(1), 3))).isEqualTo(Bits.of(alone[3]));
      assertThat(Arrays.copyOfRange(state.h(1), 3, 7)).containsOnly(0);
      assertThat(Arrays.copyOfRange(state.c(1), 3, 7)).containsOnly(0);
      model.head(state, y);
      assertThat(Bits.of(y)).isEqualTo(Bits.of(alone[2]));
    }
  }

  @Test
  void linearLayersInARowBecomeOne() {
    WeightsBuilder builder = new WeightsBuilder(GateOrder.PYTORCH);
    builder.add(layer(1, 2));
    builder.addLinear(2, 3, new float[] {1, 2, 3, 4, 5, 6}, new float[] {1, 0, -1});
    builder.addLinear(3, 1, new float[] {1, 10, 100}, null);
    builder.addLinear(1, 2, new float[] {1, -2}, new float[] {0.5f, 0});
    LstmWeights weights = builder.build();
    assertThat(weights.config().outputSize()).isEqualTo(2);
    assertThat(weights.headWeight()).containsExactly(531, 642, -1062, -1284);
    assertThat(weights.headBias()).containsExactly(-98.5f, 198);
    assertThat(builder.notes())
        .containsExactly("3 linear layers in a row were multiplied into one");
  }

  @Test
  void oneLinearLayerStaysAsItIs() {
    WeightsBuilder builder = new WeightsBuilder(GateOrder.PYTORCH);
    builder.add(layer(1, 2));
    float[] weight = TestModels.uniform(random, 1, 4);
    builder.addLinear(2, 2, weight, null);
    assertThat(Bits.of(builder.build().headWeight())).isEqualTo(Bits.of(weight));
    assertThat(builder.build().headBias()).isNull();
    assertThat(builder.notes()).isEmpty();
  }

  @Test
  void refusesSizesThatWouldGrowBeyondMeasure() {
    WeightsBuilder layers = new WeightsBuilder(GateOrder.PYTORCH);
    layers.add(layer(1, 400));
    layers.add(layer(400, 1));
    for (int k = 0; k < 40; k++) {
      layers.add(layer(1, 1));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(layers::build)
        .withMessageContainingAll("layers of very different sizes", "expected", "got");
    WeightsBuilder linear = new WeightsBuilder(GateOrder.PYTORCH);
    linear.add(layer(1, 300));
    linear.addLinear(300, 1, new float[300], null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> linear.addLinear(1, 100_000, new float[100_000], null))
        .withMessageContainingAll("expected", "got 30000000");
  }

  private static LstmCell cell(WeightsBuilder.Layer layer, LstmKernel kernel) {
    return new LstmCell(
        layer.inputSize(),
        layer.hiddenSize(),
        new LstmWeights.Layer(layer.weightIh(), layer.weightHh(), layer.biasIh(), layer.biasHh()),
        kernel);
  }

  private WeightsBuilder.Layer layer(int inputSize, int hiddenSize) {
    return new WeightsBuilder.Layer(
        inputSize,
        hiddenSize,
        TestModels.uniform(random, 1, 4 * hiddenSize * inputSize),
        TestModels.uniform(random, 1, 4 * hiddenSize * hiddenSize),
        TestModels.uniform(random, 1, 4 * hiddenSize),
        TestModels.uniform(random, 1, 4 * hiddenSize),
        TestModels.uniform(random, 1, hiddenSize),
        TestModels.uniform(random, 1, hiddenSize));
  }
}
