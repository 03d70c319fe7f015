package io.flinklstm.format.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.GoldenModel;
import io.flinklstm.testing.NetworkGolden;
import io.flinklstm.testing.TestResources;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX files as exporters write them. */
class OnnxReaderTest {

  static Stream<Arguments> pyTorchExports() {
    return Stream.of("l1_h16_i1", "l1_h16_i3_nobias", "l1_h64_i1", "l2_h64_i5")
        .flatMap(
            model ->
                Stream.of("step_op17", "seq_op14", "seq_op17")
                    .map(form -> Arguments.of(model, form)));
  }

  static List<String> exports() {
    return TestResources.list("onnx").stream()
        .filter(
            name -> !name.equals("conformance") && !name.equals("refused") && !name.endsWith(".py"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pyTorchExports")
  void theWeightsAreThoseOfTheSafetensorsFileToTheBit(String model, String form) {
    LstmWeights expected = GoldenModel.load(model).weights();
    LstmWeights weights = open("models/" + model + "/" + form + ".onnx").weights();
    assertThat(weights.config()).isEqualTo(expected.config());
    for (int l = 0; l < expected.layers().size(); l++) {
      LstmWeights.Layer layer = weights.layers().get(l);
      LstmWeights.Layer wanted = expected.layers().get(l);
      assertSameBits(layer.weightIh(), wanted.weightIh());
      assertSameBits(layer.weightHh(), wanted.weightHh());
      assertSameBits(layer.biasIh(), wanted.biasIh());
      assertSameBits(layer.biasHh(), wanted.biasHh());
      assertThat(layer.h0()).isNull();
    }
    assertSameBits(weights.headWeight(), expected.headWeight());
    assertSameBits(weights.headBias(), expected.headBias());
  }

  private static void assertSameBits(float[] actual, float[] expected) {
    if (expected == null) {
      assertThat(actual).isNull();
    } else {
      assertThat(Bits.of(actual)).isEqualTo(Bits.of(expected));
    }
  }

  @ParameterizedTest
  @MethodSource("exports")
  void forecastsWhatTheExportedModelForecasts(String name) {
    NetworkGolden golden = NetworkGolden.load("onnx/" + name);
    ModelFile file = open("onnx/" + name + "/model.onnx");
    assertThat(file.unused()).isEmpty();
    assertThat(file.gateOrder()).isEqualTo("i,o,f,c");
    for (KernelType kernel : KernelType.values()) {
      golden.assertMatches(file.weights(), kernel);
    }
  }

  @Test
  void saysWhoWroteTheFileAndWhatIsSpecial() {
    ModelFile step = open("models/l2_h64_i5/step_op17.onnx");
    assertThat(step.format()).isEqualTo("ONNX, opset 17, pytorch 2.13.0");
    assertThat(step.card()).isNull();
    assertThat(step.notes())
        .containsExactly(
            "input h0 is carried on as output hn", "input c0 is carried on as output cn");
    assertThat(open("onnx/conformance/ort_basic/model.onnx").notes())
        .containsExactly(
            "reads 3 sequences at once",
            "reads sequences of 7 steps",
            "no linear layer: the outputs are h of the last layer");
    assertThat(open("onnx/conformance/ort_init_state/model.onnx").notes())
        .contains("input initial_h is carried on as output Y_h");
  }

  private static ModelFile open(String resource) {
    return ModelFiles.open(TestResources.read(resource), resource);
  }
}
