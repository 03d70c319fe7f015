package io.flinklstm.format.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.forecast.ModelCard;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyTorchWeightsTest {

  private static final LstmWeights WEIGHTS = TestModels.weights(new LstmConfig(3, 2, 2, 4), 1);

  private static final ModelCard CARD = TestModels.card(4, TestModels.identityFeatures(3));

  /** Two layers of two units, three inputs and four outputs, named lstm.* and head.*. */
  private final Map<String, Tensor> tensors =
      new LinkedHashMap<>(PyTorchWeights.tensors(WEIGHTS, null));

  @Test
  void findsEveryTensorByItsName() {
    LstmWeights weights = read();
    assertThat(weights.config()).isEqualTo(WEIGHTS.config());
    assertSameBits(weights);
  }

  @ParameterizedTest
  @CsvSource({
    "'', linear.",
    "lstm., ''",
    "module.rnn., module.fc.",
    "a.b.c., out_",
    "encoder_, head.0.",
  })
  void prefixesAreFree(String lstm, String head) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            renamed.put(
                name.replaceFirst("^lstm\\.", lstm).replaceFirst("^head\\.", head), tensor));
    assertSameBits(
        PyTorchWeights.open(new Safetensors(Map.of(), renamed), "m", Set.of()).weights());
  }

  @Test
  void biasesMayBeAbsent() {
    tensors.keySet().removeIf(name -> name.contains("bias"));
    LstmWeights weights = read();
    assertThat(weights.headBias()).isNull();
    assertThat(weights.layers()).allSatisfy(layer -> assertThat(layer.biasIh()).isNull());
    assertThat(weights.layers()).allSatisfy(layer -> assertThat(layer.biasHh()).isNull());
  }

  @Test
  void theStateMayBeginWithOtherNumbersThanZero() {
    tensors.put("lstm.initial_h_l1", Tensor.of(new float[] {0.5f, -0.25f}, 2));
    refused("lstm.initial_c_l1", "expected a tensor", "got none");
    tensors.put("lstm.initial_c_l1", Tensor.of(new float[] {-2, 3}, 2));
    LstmWeights weights = read();
    assertThat(weights.layers().get(0).h0()).isNull();
    assertThat(weights.layers().get(1).h0()).containsExactly(0.5f, -0.25f);
    assertThat(weights.layers().get(1).c0()).containsExactly(-2, 3);
    Map<String, Tensor> again = PyTorchWeights.tensors(weights, null);
    assertThat(again).containsKeys("lstm.initial_h_l1", "lstm.initial_c_l1");
    assertThat(again).doesNotContainKeys("lstm.initial_h_l0", "lstm.initial_c_l0");
  }

  @Test
  void refusesHalfABias() {
    tensors.remove("lstm.bias_hh_l1");
    refused("lstm.bias_hh_l1 in m.safetensors", "expected a tensor", "got none");
  }

  @Test
  void refusesBothDirections() {
    put("lstm.weight_ih_l0_reverse", 8, 3);
    refused("lstm.weight_ih_l0_reverse", "unidirectional", "got bidirectional=True");
  }

  @Test
  void refusesAProjection() {
    put("lstm.weight_hr_l0", 1, 2);
    refused("lstm.weight_hr_l0", "without projection", "got proj_size > 0");
  }

  @Test
  void refusesOtherRecurrentLayersByName() {
    put("lstm.weight_hh_l0", 6, 2);
    refused("lstm.weight_hh_l0", "[8, 2]", "of an LSTM", "got [6, 2] of a GRU");
    put("lstm.weight_hh_l0", 2, 2);
    refused("lstm.weight_hh_l0", "[8, 2]", "of an LSTM", "got [2, 2] of an RNN");
    put("lstm.weight_hh_l0", 10, 2);
    refused("lstm.weight_hh_l0", "[8, 2]", "of an LSTM", "got [10, 2]");
  }

  @Test
  void refusesTwoLstms() {
    put("decoder.weight_ih_l0", 8, 3);
    refused("decoder.weight_ih_l0", "expected one LSTM", "\"lstm.\"", "got \"decoder.\" too");
  }

  @Test
  void readsACellAsOneLayer() {
    renameToCell();
    LstmWeights weights = read();
    assertThat(weights.config()).isEqualTo(new LstmConfig(3, 2, 1, 4));
    LstmWeights.Layer expected = WEIGHTS.layers().get(0);
    LstmWeights.Layer layer = weights.layers().get(0);
    assertThat(Bits.of(layer.weightIh())).isEqualTo(Bits.of(expected.weightIh()));
    assertThat(Bits.of(layer.weightHh())).isEqualTo(Bits.of(expected.weightHh()));
    assertThat(Bits.of(layer.biasIh())).isEqualTo(Bits.of(expected.biasIh()));
    assertThat(Bits.of(layer.biasHh())).isEqualTo(Bits.of(expected.biasHh()));
    assertThat(open().notes())
        .containsExactly("nn.LSTMCell \"cell.\", linear layer \"head.weight\"");
  }

  @Test
  void namesTheTensorsOfACellAsTheFileDoes() {
    renameToCell();
    wrongShape("cell.weight_ih", "cell.weight_ih in m.safetensors: expected shape [8, 3]", 7, 3);
    wrongShape("cell.weight_hh", "cell.weight_hh in m.safetensors: expected shape [8, 2]", 6, 2);
    wrongShape("cell.bias_ih", "cell.bias_ih in m.safetensors: expected shape [8]", 7);
    put("cell.weight_ih_l0", 8, 3);
    refused("expected one tensor of layer 0", "cell.weight_ih_l0", "got cell.weight_ih too");
    tensors.remove("cell.weight_ih_l0");
    put("other.weight_ih", 8, 3);
    refused("other.weight_ih", "expected one LSTM", "\"cell.\"", "got \"other.\" too");
    tensors.remove("other.weight_ih");
    tensors.remove("cell.weight_hh");
    refused("cell.weight_hh in m.safetensors: expected a tensor, got none");
  }

  private void renameToCell() {
    for (String name : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
      tensors.put("cell." + name, tensors.remove("lstm." + name + "_l0"));
      tensors.remove("lstm." + name + "_l1");
    }
  }

  @Test
  void messagesNameTwentyOfVeryManyTensors() {
    for (int k = 0; k < 1000; k++) {
      put("unused" + k + ".bias" + "s".repeat(1000), 1);
    }
    ModelFile file = open();
    assertThat(file.unused()).hasSize(1000).allSatisfy(name -> assertThat(name).endsWith("s [1]"));
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> file.model(CARD))
        .withMessageContainingAll("unused19.bias", "s... and 980 more too; names do not tell")
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(5000));
    tensors.keySet().removeIf(name -> name.equals("head.weight"));
    refused("got [head.bias [4], unused0.bias", "s... and 981 more]");
    tensors.keySet().removeIf(name -> name.startsWith("lstm"));
    refused("weight_ih_l0", "got [head.bias, unused0.bias", "s... and 981 more]");
    put("p".repeat(1000) + "weight_ih_l0_reverse", 1);
    refused("p".repeat(200) + "... in m.safetensors: expected a unidirectional");
  }

  @Test
  void refusesTwoHeads() {
    put("other.weight", 4, 2);
    lacks(
        ModelFileException.Lack.DROP,
        "one linear layer",
        "got [head.weight, other.weight]",
        "drop by name");
    assertSameBits(open("other.weight").weights());
  }

  @Test
  void refusesAMissingHead() {
    tensors.remove("head.weight");
    refused("m.safetensors", "linear layer, shape [outputs, 2]", "got [head.bias [4]]");
  }

  @Test
  void refusesAMissingLstm() {
    tensors.keySet().removeIf(name -> name.startsWith("lstm"));
    refused("m.safetensors", "weight_ih_l0", "got [head.bias, head.weight]");
  }

  @Test
  void listsTensorsThatHaveNoPlaceAndMakesNoModelWithThem() {
    put("norm.running_mean", 2);
    put("embedding.weight", 10, 4);
    assertThat(open().unused())
        .containsExactly("norm.running_mean [2]", "embedding.weight [10, 4]");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> open().model(CARD))
        .withMessageContainingAll(
            "m.safetensors",
            "expected nothing but an nn.LSTM and an nn.Linear",
            "norm.running_mean [2], embedding.weight [10, 4]",
            "drop by name")
        .extracting(ModelFileException::lack)
        .isEqualTo(ModelFileException.Lack.DROP);
    ModelFile without = open("norm.running_mean", "embedding.weight");
    assertThat(without.notes()).contains("dropped: embedding.weight, norm.running_mean");
    assertThat(without.model(CARD).card()).isEqualTo(CARD);
  }

  @Test
  void refusesToDropWhatIsNotThere() {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> open("nothing"))
        .withMessageContainingAll(
            "nothing in m.safetensors", "expected a tensor to drop", "got none");
  }

  @Test
  void refusesLayersBehindAHole() {
    put("lstm.weight_ih_l3", 8, 2);
    refused("lstm.weight_ih_l3", "expected layers 0 to 1 only");
  }

  @Test
  void aNumberThatPyTorchWouldNotWriteIsNoLayer() {
    put("lstm.weight_ih_l00", 8, 3);
    assertThat(open().unused()).containsExactly("lstm.weight_ih_l00 [8, 3]");
  }

  @Test
  void refusesAMissingLayer() {
    tensors.remove("lstm.weight_hh_l1");
    refused("lstm.weight_hh_l1", "expected a tensor", "got none");
    tensors.remove("lstm.weight_ih_l0");
    refused("weight_ih_l0", "expected a tensor", "got none");
  }

  @Test
  void refusesShapesThatDoNotFitEachOther() {
    wrongShape("lstm.weight_ih_l0", "[8, 3] (4*hiddenSize, inputSize)", 7, 3);
    wrongShape("lstm.weight_ih_l1", "[8, 2] (4*hiddenSize, inputSize)", 8, 3);
    wrongShape("lstm.weight_hh_l1", "[8, 2] (4*hiddenSize, hiddenSize)", 8, 1);
    wrongShape("lstm.bias_ih_l0", "[8] (4*hiddenSize)", 7);
    wrongShape("lstm.bias_hh_l1", "[8] (4*hiddenSize)", 8, 1);
    wrongShape("head.weight", "[outputs, 2] (outputSize, hiddenSize)", 4, 3);
    wrongShape("head.bias", "[4] (outputSize)", 3);
  }

  @Test
  void refusesSizesThatAreNoSizes() {
    String weightIh =
        "lstm.weight_ih_l0 in m.safetensors: expected two dimensions (4*hiddenSize, inputSize),"
            + " inputSize of 1 to 16384";
    wrongShape("lstm.weight_ih_l0", weightIh, 8, 0);
    wrongShape("lstm.weight_ih_l0", weightIh, 24);
    wrongShape("lstm.weight_ih_l0", weightIh, 8, 16_385);
    wrongShape("lstm.weight_hh_l0", "hiddenSize), hiddenSize of 1 to 16384", 0, 0);
    wrongShape("lstm.weight_hh_l0", "hiddenSize), hiddenSize of 1 to 16384", 1, 16_385);
    wrongShape("head.weight", "hiddenSize), outputSize of 1 to 16384", 0, 2);
    wrongShape("head.weight", "hiddenSize), outputSize of 1 to 16384", 16_385, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "lstm.weight_ih_l0, weight_ih_l0",
    "lstm.bias_hh_l1, bias_hh_l1",
    "head.weight, head weight",
    "head.bias, head bias",
  })
  void refusesWeightsThatAreNotFinite(String name, String inMessage) {
    Tensor tensor = tensors.get(name);
    float[] values = tensor.toFloats();
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      values[1] = bad;
      put(name, values, tensor);
      refused(inMessage, "m.safetensors", "finite", "got " + bad + " at index 1");
    }
  }

  @Test
  void refusesIntegers() {
    tensors.put(
        "lstm.bias_ih_l0", new Tensor(Tensor.Dtype.I8, List.of(8L), ByteBuffer.allocate(8)));
    refused("lstm.bias_ih_l0", "expected dtype F64, F32, F16 or BF16", "got I8");
  }

  private LstmWeights read() {
    return open().weights();
  }

  private ModelFile open(String... drop) {
    return PyTorchWeights.open(new Safetensors(Map.of(), tensors), "m.safetensors", Set.of(drop));
  }

  private void put(String name, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= Math.toIntExact(dimension);
    }
    tensors.put(name, Tensor.of(new float[size], shape));
  }

  private void put(String name, float[] values, Tensor shaped) {
    tensors.put(name, Tensor.of(values, shaped.shape().stream().mapToLong(d -> d).toArray()));
  }

  private void wrongShape(String name, String expected, long... shape) {
    Tensor right = tensors.get(name);
    put(name, shape);
    refused(expected, "got " + tensors.get(name).shape());
    tensors.put(name, right);
  }

  private void refused(String... parts) {
    lacks(ModelFileException.Lack.NOTHING, parts);
  }

  private void lacks(ModelFileException.Lack lack, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(this::read)
        .withMessageContainingAll("m.safetensors", "expected")
        .withMessageContainingAll(parts)
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(5000))
        .extracting(ModelFileException::lack)
        .isEqualTo(lack);
  }

  private static void assertSameBits(LstmWeights weights) {
    for (int l = 0; l < 2; l++) {
      LstmWeights.Layer expected = WEIGHTS.layers().get(l);
      LstmWeights.Layer layer = weights.layers().get(l);
      assertThat(Bits.of(layer.weightIh())).isEqualTo(Bits.of(expected.weightIh()));
      assertThat(Bits.of(layer.weightHh())).isEqualTo(Bits.of(expected.weightHh()));
      assertThat(Bits.of(layer.biasIh())).isEqualTo(Bits.of(expected.biasIh()));
      assertThat(Bits.of(layer.biasHh())).isEqualTo(Bits.of(expected.biasHh()));
    }
    assertThat(Bits.of(weights.headWeight())).isEqualTo(Bits.of(WEIGHTS.headWeight()));
    assertThat(Bits.of(weights.headBias())).isEqualTo(Bits.of(WEIGHTS.headBias()));
  }
}
