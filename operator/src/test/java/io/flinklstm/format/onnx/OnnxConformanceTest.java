package io.flinklstm.format.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.flinklstm.format.ModelFiles;
import io.flinklstm.format.ReadOptions;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.math.KernelType;
import io.flinklstm.model.LstmModel;
import io.flinklstm.model.LstmState;
import io.flinklstm.testing.TestResources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The ONNX project's own test cases for the operator LSTM (test_*, whose weights are inputs of the
 * graph), and similar ones with ONNX Runtime's outputs (ort_*). Each is computed as expected, or
 * refused by the name of the feature.
 */
class OnnxConformanceTest {

  private static final String FOLDER = "onnx/conformance/";
  private static final Set<String> STATES = Set.of("initial_h", "initial_c");

  @Test
  void everyCaseIsOfOneKind() {
    assertThat(TestResources.list("onnx/conformance"))
        .containsExactly(
            "ort_basic",
            "ort_init_state",
            "ort_nobias",
            "ort_seq_lens",
            "test_lstm_batchwise",
            "test_lstm_defaults",
            "test_lstm_with_initial_bias",
            "test_lstm_with_peepholes");
  }

  @ParameterizedTest
  @CsvSource({
    "ort_basic, false",
    "ort_init_state, false",
    "ort_nobias, false",
    "test_lstm_batchwise, true",
    "test_lstm_defaults, false",
    "test_lstm_with_initial_bias, false",
  })
  void computesWhatTheCaseWants(String name, boolean batchFirst) throws Exception {
    for (KernelType kernel : KernelType.values()) {
      Case wanted = new Case(name);
      ModelFile file = wanted.open(STATES);
      LstmModel model = new LstmModel(file.weights(), kernel.create());
      int[] shape = shape(wanted.inputs.get("X"));
      int batch = batchFirst ? shape[0] : shape[1];
      for (int b = 0; b < batch; b++) {
        LstmState state = model.initialState();
        wanted.copy("initial_h", b, state.h(0));
        wanted.copy("initial_c", b, state.c(0));
        int steps = batchFirst ? shape[1] : shape[0];
        for (int t = 0; t < steps; t++) {
          int place = batchFirst ? b * steps + t : t * batch + b;
          model.step(wanted.slice("X", place, shape[2]), state, state);
          wanted.check("Y", place, state.h(0));
        }
        wanted.check("Y_h", b, state.h(0));
        wanted.check("Y_c", b, state.c(0));
      }
      assertThat(wanted.checked).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ort_seq_lens, sequence_lens",
    "test_lstm_with_peepholes, peepholes",
  })
  void refusesByTheFeaturesName(String name, String feature) throws Exception {
    Case wanted = new Case(name);
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> wanted.open(STATES))
        .withMessageContainingAll(name + ".onnx", feature, "expected", "got");
  }

  @ParameterizedTest
  @EnumSource(
      value = KernelType.class,
      names = {"PLAIN"})
  void oneInitialStateForAllSequencesBecomesTheModels(KernelType kernel) throws Exception {
    Case wanted = new Case("ort_init_state");
    wanted.inputs.replaceAll((name, tensor) -> STATES.contains(name) ? sameForAll(tensor) : tensor);
    LstmModel model = new LstmModel(wanted.open(Set.of()).weights(), kernel.create());
    float[] h = new float[5];
    wanted.copy("initial_h", 0, h);
    assertThat(model.initialState().h(0)).isEqualTo(h);
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> new Case("ort_init_state").open(Set.of()))
        .withMessageContainingAll("expected initial_h to be the same for every sequence");
  }

  private static TensorProto sameForAll(TensorProto tensor) {
    float[] values = OnnxTensors.read(tensor, "").toFloats();
    TensorProto.Builder same = tensor.toBuilder().clearRawData().clearFloatData();
    for (int k = 0; k < values.length; k++) {
      same.addFloatData(values[k % 5]);
    }
    return same.build();
  }

  private static int[] shape(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToInt(Long::intValue).toArray();
  }

  /** A model with its inputs and outputs. */
  private static final class Case {

    final String name;
    final byte[] file;
    final Map<String, TensorProto> inputs = new HashMap<>();
    final Map<String, float[]> outputs = new HashMap<>();
    int checked;

    Case(String name) throws Exception {
      this.name = name;
      this.file = TestResources.read(FOLDER + name + "/model.onnx");
      ModelProto model = ModelProto.parseFrom(file);
      List<ValueInfoProto> in = model.getGraph().getInputList();
      for (int k = 0; k < in.size(); k++) {
        inputs.put(in.get(k).getName(), tensor("input_" + k));
      }
      List<ValueInfoProto> out = model.getGraph().getOutputList();
      for (int k = 0; k < out.size(); k++) {
        outputs.put(out.get(k).getName(), OnnxTensors.read(tensor("output_" + k), "").toFloats());
      }
    }

    private TensorProto tensor(String file) throws Exception {
      return TensorProto.parseFrom(
          TestResources.read(FOLDER + name + "/test_data_set_0/" + file + ".pb"));
    }

    /** Everything but X and what is left to the caller is a constant. */
    ModelFile open(Set<String> left) {
      Map<String, byte[]> constants = new HashMap<>();
      inputs.forEach(
          (input, tensor) -> {
            if (!input.equals("X") && !left.contains(input)) {
              constants.put(input, tensor.toByteArray());
            }
          });
      return ModelFiles.open(file, name + ".onnx", new ReadOptions(null, constants, Set.of()));
    }

    float[] slice(String input, int place, int length) {
      float[] all = OnnxTensors.read(inputs.get(input), "").toFloats();
      return java.util.Arrays.copyOfRange(all, place * length, (place + 1) * length);
    }

    void copy(String input, int b, float[] target) {
      if (inputs.containsKey(input)) {
        System.arraycopy(slice(input, b, target.length), 0, target, 0, target.length);
      }
    }

    void check(String output, int place, float[] actual) {
      float[] all = outputs.get(output);
      for (int k = 0; all != null && k < actual.length; k++) {
        float expected = all[place * actual.length + k];
        assertThat((double) actual[k])
            .as("%s of %s, number %d at %d", output, name, k, place)
            .isCloseTo(
                expected,
                org.assertj.core.data.Offset.offset(2e-6 * Math.max(1, Math.abs(expected))));
        checked++;
      }
    }
  }
}
