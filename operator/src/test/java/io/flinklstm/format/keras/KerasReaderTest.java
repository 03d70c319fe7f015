package io.flinklstm.format.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestResources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasReaderTest {

  private static final String GOLDEN = "k_l1_h16_i3/model.keras";
  private static final String STACKED = "stacked/model.keras";

  @ParameterizedTest
  @ValueSource(
      strings = {
        GOLDEN,
        "k_l1_h16_i3/model.weights.h5",
        "k_l1_h16_i3/legacy.h5",
        STACKED,
        "swapped/model.keras",
        "float64/model.keras",
        "keras2/model.h5",
        "keras2-weights/weights.h5",
        "keras2-archive/model.keras"
      })
  void computesWhatKerasComputes(String name) {
    LstmModel model = new LstmModel(KerasFiles.open(name).weights(), KernelType.PLAIN.create());
    String folder = "keras/" + name.substring(0, name.indexOf('/'));
    List<String> inputs = TestResources.lines(folder + "/x.csv");
    List<String> outputs = TestResources.lines(folder + "/y.csv");
    float[] y = new float[model.config().outputSize()];
    LstmState state = null;
    LstmState next = model.newState();
    String key = "";
    for (int row = 1; row < inputs.size(); row++) {
      String[] x = inputs.get(row).split(",");
      if (!x[0].equals(key)) {
        state = model.newState();
        key = x[0];
      }
      model.step(numbers(x), state, next);
      model.head(next, y);
      LstmState last = state;
      state = next;
      next = last;
      double[] expected = doubles(outputs.get(row).split(","));
      for (int k = 0; k < expected.length; k++) {
        assertThat(y[k] - expected[k]).isBetween(-tolerance(expected[k]), tolerance(expected[k]));
      }
    }
  }

  private static double tolerance(double expected) {
    return 2e-6 * Math.max(1, Math.abs(expected));
  }

  private static double[] doubles(String[] cells) {
    return Arrays.stream(cells).skip(1).mapToDouble(Double::parseDouble).toArray();
  }

  private static float[] numbers(String[] cells) {
    double[] values = doubles(cells);
    float[] numbers = new float[values.length];
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] = (float) values[k];
    }
    return numbers;
  }

  @Test
  void allFormsOfAFileHoldTheSameBits() {
    List<String> bits = bits(KerasFiles.open(GOLDEN).weights());
    assertThat(bits(KerasFiles.open("k_l1_h16_i3/model.weights.h5").weights())).isEqualTo(bits);
    assertThat(bits(KerasFiles.open("k_l1_h16_i3/legacy.h5").weights())).isEqualTo(bits);
  }

  private static List<String> bits(LstmWeights weights) {
    List<String> bits = new ArrayList<>();
    for (LstmWeights.Layer layer : weights.layers()) {
      for (float[] values :
          List.of(layer.weightIh(), layer.weightHh(), layer.biasIh(), layer.biasHh())) {
        bits.add(Arrays.toString(Bits.of(values)));
      }
    }
    bits.add(Arrays.toString(Bits.of(weights.headWeight())));
    bits.add(Arrays.toString(Bits.of(weights.headBias())));
    return bits;
  }

  @ParameterizedTest
  @CsvSource({
    "k_l1_h16_i3/model.keras, Keras 3.15.1 (.keras)",
    "k_l1_h16_i3/model.weights.h5, Keras (.weights.h5)",
    "k_l1_h16_i3/legacy.h5, Keras 3.15.1 (legacy .h5)",
    "keras2/model.h5, Keras 2.8.0 (legacy .h5)",
    "keras2-archive/model.keras, Keras 2.15.0 (.keras)",
  })
  void saysWhichKerasWroteAFile(String name, String format) {
    ModelFile file = KerasFiles.open(name);
    assertThat(file.format()).isEqualTo(format);
    assertThat(file.gateOrder()).isEqualTo("i,f,c,o");
    assertThat(file.unused()).isEmpty();
  }

  @Test
  void saysWhatItDidWithLayers() {
    assertThat(KerasFiles.open(STACKED).notes())
        .containsExactly(
            "LSTM layers [lstm, lstm_1], Dense layers [time_distributed, dense_1]",
            "layers [dropout, spatial_dropout1d, gaussian_noise, activation] do nothing in a"
                + " forecast",
            "layers of [4, 3] units: all widened to 4, the added units are always 0",
            "2 linear layers in a row were multiplied into one");
    assertThat(KerasFiles.open("swapped/model.keras").notes())
        .contains(
            "LSTM layers [lstm_first, lstm_second], Dense layers [dense_2]",
            "the input has 5 steps: the model may have been trained on windows of that length");
    assertThat(KerasFiles.open("float64/model.keras").notes())
        .contains("weights of float64 were narrowed to float32");
    String stateful =
        KerasFiles.config(GOLDEN).replace("\"stateful\": false", "\"stateful\": true");
    assertThat(KerasFiles.open(KerasFiles.withConfig(GOLDEN, stateful), "m.keras", null).notes())
        .contains("layers [lstm_0] are stateful: h and c are carried, as always here");
  }

  @Test
  void aFileOfWeightsOnlyLacksTheConfig() {
    byte[] file = KerasFiles.resource("k_l1_h16_i3/model.weights.h5");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> KerasFiles.open(file, "model.keras", null))
        .withMessageContainingAll("got a file of weights only", "config.json", "model.to_json()")
        .extracting(ModelFileException::lack)
        .isEqualTo(ModelFileException.Lack.KERAS_CONFIG);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chunked | layers/lstm/cell/vars/0 | contiguous storage | got chunked storage",
        "compressed | layers/lstm/cell/vars/0 | contiguous storage | with filters (compression)",
        "big-endian | layers/lstm/cell/vars/0 | little-endian float32 | 4 bytes, big-endian",
        "integers | layers/lstm/cell/vars/0 | little-endian float32 | got integers of 4 bytes",
        "float16 | layers/lstm/cell/vars/0 | float32 or float64 | got floating-point numbers of 2",
        "soft-link | layers/lstm/cell/vars/0 | a group or a dataset | got a soft link",
        "external-link | layers/lstm/cell/vars | group with a symbol table | external links",
        "external-storage | layers/lstm/cell/vars/0 | in the file itself | external storage",
        "latest | superblock version | to be 0 | got 3",
      })
  void storageThatKerasDoesNotUseIsRefusedByName(
      String name, String where, String expected, String got) {
    String config = KerasFiles.config(GOLDEN).replace("\"units\": 16", "\"units\": 1");
    byte[] file = KerasFiles.resource("hdf5/" + name + ".h5");
    refused(file, oneInput(config), where, "expected", expected, got);
  }

  @Test
  void shapesAreComparedWithTheConfig() {
    refused(
        KerasFiles.resource("hdf5/plain.h5"),
        KerasFiles.config(GOLDEN),
        "layers/lstm/cell/vars/0 in model.keras: expected shape [3, 64] (inputSize, 4*units), got"
            + " [1, 4]");
    refused(
        KerasFiles.resource("hdf5/plain.h5"),
        oneInput(KerasFiles.config(GOLDEN).replace("\"units\": 16", "\"units\": 1")),
        "layers/dense/vars/ in model.keras: expected weights of layer dense, got only those of []");
  }

  private static String oneInput(String config) {
    return config.replace("null, null, 3", "null, null, 1");
  }

  @Test
  void datasetsWithoutALayerAreRefused() {
    String config = KerasFiles.config("stacked/model.keras");
    String shorter =
        config.replaceFirst(
            ",\\s*\\{[^{]*\"Dense\", \"config\": \\{\"name\": \"dense_1\".*?\"build_config\": \\{[^}]*}}",
            "");
    assertThat(shorter).isNotEqualTo(config);
    refused(
        KerasFiles.withConfig("stacked/model.keras", shorter),
        null,
        "layers/dense/vars/0 in model.keras",
        "expected weights of the layers in the model's config only, got others beside them");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"tanh\" | \"relu\" | activation of layer lstm_0 | expected tanh, got relu",
        "\"tanh\" | {\"class_name\": \"Own\"} | activation of layer lstm_0 | got {\"class_name",
        "\"sigmoid\" | \"hard_sigmoid\" | recurrent_activation | expected sigmoid, got hard",
        "\"recurrent_activation\": \"sigmoid\", | | recurrent_activation | got nothing",
        "\"linear\" | \"softmax\" | activation of layer dense | expected linear, got softmax",
        "\"go_backwards\": false | \"go_backwards\": true | go_backwards | got true",
        "\"use_bias\": true | \"use_bias\": \"no\" | use_bias | expected true or false, got no",
        "\"units\": 16 | \"units\": 0 | units | at least 1, got 0",
        "\"units\": 16 | \"units\": 15 | cell/vars/0 | expected shape [3, 60]",
        "\"name\": \"float32\" | \"name\": \"mixed_float16\" | dtype | got mixed_float16; keras.c",
        "DTypePolicy | QuantizedDTypePolicy | dtype | expected float32 or float64, got {\"module",
        "\"dtype\": \"float32\" | \"dtype\": \"int32\" | dtype of layer input_layer | got int32",
        "\"seed\": null} | \"lora_rank\": 4} | lora_rank of layer lstm_0 | because it is not known, got 4",
        "null, null, 3 | null, 3 | input shape of layer input_layer | [batch, steps, features]",
        "null, null, 3 | null, null, 4 | cell/vars/0 | expected shape [4, 64]",
        "\"class_name\": \"LSTM\" | \"class_name\": \"GRU\" | class_name of layer lstm_0 | an LSTM",
        "\"class_name\": \"LSTM\" | \"class_name\": \"Bidirectional\" | lstm_0 | no future",
        "\"class_name\": \"LSTM\" | \"class_name\": \"Normalization\" | lstm_0 | model card",
        "\"class_name\": \"LSTM\" | \"class_name\": \"Masking\" | lstm_0 | no padding",
        "\"class_name\": \"LSTM\" | \"class_name\": \"Lambda\" | lstm_0 | got Lambda",
        "\"class_name\": \"LSTM\" | \"class_name\": \"Dense\" | return_sequences of layer lstm_0 | true",
        "\"class_name\": \"LSTM\" | \"class_name\": \"Identity\" | activation of layer lstm_0 | tanh",
        "\"module\": \"keras.layers\" | \"module\": \"own\" | class_name | got custom InputLayer",
        "\"class_name\": \"Functional\" | \"class_name\": \"Own\" | class_name | Functional",
        "\"registered_name\": \"Functional\" | \"registered_name\": \"a>b\" | class_name | custom",
        "\"mask\": null | \"mask\": [1] | call of layer lstm_0 | a call without mask, got [1]",
        "\"mask\": null | \"initial_state\": [1] | call of layer lstm_0 | without initial_state",
        "\"training\": false | \"training\": true | call of layer lstm_0 | without training",
        "[\"lstm_0\", 0, 0] | [\"lstm_0\", 0, 1] | input of layer dense | output 1 of \"lstm_0\"",
        "[\"lstm_0\", 0, 0] | [\"lstm_0\", 1, 0] | input of layer dense | got call 1",
        "[\"lstm_0\", 0, 0] | [\"input_layer\", 0, 0] | one chain | [lstm_0] beside it",
        "[\"lstm_0\", 0, 0] | [\"dense\", 0, 0] | inbound_nodes | out of place",
        "[\"lstm_0\", 0, 0] | [\"gone\", 0, 0] | inbound_nodes | gone out of place",
        "[\"dense\", 0, 0] | [[\"dense\", 0, 0], [\"lstm_0\", 0, 0]] | output_layers | exactly one",
        "[\"dense\", 0, 0] | {\"a\": 1} | output_layers | expected an array",
        "\"layers\": [ | \"layers\": 1, \"a\": [ | layers of config.json | expected an array",
        "\"layers\": [ | \"layers\": [], \"a\": [ | layers of config.json | expected 1 to 1000",
        "\"name\": \"lstm_0\" | \"name\": \"dense\" | layers of config.json | dense twice",
        "\"module\" | module | config.json in model.keras | valid JSON",
      })
  void configsThatAreNotUnderstoodAreRefusedByName(
      String text, String replacement, String where, String got) {
    String config = KerasFiles.config(GOLDEN);
    String other = config.replace(text, replacement == null ? "" : replacement);
    assertThat(other).isNotEqualTo(config);
    refused(KerasFiles.withConfig(GOLDEN, other), null, where, "expected", got);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"dropout\": 0.0 | \"dropout\": 0.5",
        "\"unroll\": false | \"unroll\": true",
        "\"stateful\": false | \"stateful\": true",
        "\"return_state\": false | \"return_state\": true",
        "\"return_sequences\": true | \"return_sequences\": false",
        "\"unit_forget_bias\": true | \"unit_forget_bias\": false",
        "\"kernel_regularizer\": null | \"kernel_regularizer\": {\"class_name\": \"L2\"}",
        "\"linear\" | null",
        "\"seed\": null} | \"new\": null, \"newer\": false, \"none\": 0, \"text\": \"\", \"a\": []}",
        "null, null, 3 | null, 30, 3",
        "null, null, 3 | null, null, null",
      })
  void settingsOnWhichAForecastDoesNotDependMayDiffer(String text, String replacement) {
    String config = KerasFiles.config(GOLDEN);
    String other = config.replace(text, replacement);
    assertThat(other).isNotEqualTo(config);
    ModelFile file = KerasFiles.open(KerasFiles.withConfig(GOLDEN, other), "model.keras", null);
    assertThat(bits(file.weights())).isEqualTo(bits(KerasFiles.open(GOLDEN).weights()));
  }

  @Test
  void layersInAnOrderThatIsNotOursAreRefused() {
    String config = KerasFiles.config(STACKED);
    refused(
        KerasFiles.withConfig(
            STACKED, config.replace("\"return_sequences\": true", "\"return_sequences\": false")),
        null,
        "layer lstm of model.keras",
        "expected return_sequences=true before another LSTM, got false");
    String swapped = KerasFiles.config("swapped/model.keras");
    refused(
        KerasFiles.withConfig(
            "swapped/model.keras",
            swapped
                .replace("[\"lstm_first\", 0, 0]", "[\"dense_2\", 0, 0]")
                .replace("[\"lstm_second\", 0, 0]", "[\"lstm_first\", 0, 0]")
                .replace("\"output_layers\": [\"dense_2\"", "\"output_layers\": [\"lstm_second\"")),
        null,
        "layer lstm_second of model.keras",
        "expected LSTM layers before Dense layers");
  }

  @Test
  void aConfigThatCouldFillMemoryIsRefused() {
    String config = "{\"a\": [" + "{},".repeat(700_000) + "{}]}";
    refused(
        KerasFiles.resource("k_l1_h16_i3/model.weights.h5"),
        config,
        "Keras config for model.keras: expected at most 2097152 bytes, got " + config.length());
  }

  private static void refused(byte[] file, String config, String... parts) {
    byte[] given = config == null ? null : config.getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> KerasFiles.open(file, "model.keras", given))
        .withMessageContainingAll("model.keras", "expected", "got")
        .withMessageContainingAll(parts);
  }
}
