package io.flinklstm.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.forecast.Forecaster;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Prediction;
import io.flinklstm.forecast.StreamState;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.math.KernelType;
import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import io.flinklstm.testing.TestResources;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One model in every supported format, as PyTorch and Keras wrote it. */
class SameWeightsTest {

  private static final List<String> FILES =
      List.of(
          "model.safetensors",
          "float64.safetensors",
          "step.onnx",
          "sequence.onnx",
          "model.keras",
          "model.h5");

  private static final ModelCard CARD = TestModels.card(2, TestModels.identityFeatures(3));

  @ParameterizedTest
  @EnumSource(KernelType.class)
  void giveTheSameBitsOfForecast(KernelType kernel) {
    List<String> expected = forecasts(FILES.get(0), kernel);
    assertThat(expected).hasSize(1_000).doesNotHaveDuplicates();
    for (String file : FILES) {
      assertThat(forecasts(file, kernel)).as(file).isEqualTo(expected);
    }
  }

  private static List<String> forecasts(String file, KernelType kernel) {
    Forecaster forecaster = new Forecaster(open(file).model(CARD), kernel.create());
    StreamState state = forecaster.newState();
    Random random = new Random(11);
    List<String> forecasts = new ArrayList<>();
    for (int t = 0; t < 1_000; t++) {
      Observation observation =
          Observation.of("A", t, random.nextGaussian(), random.nextGaussian(), random.nextInt(5));
      Prediction prediction = (Prediction) forecaster.advance(observation, state);
      forecasts.add(Arrays.toString(Bits.of(prediction.forecasts())));
    }
    return forecasts;
  }

  @Test
  void areAllTheFilesThatThereAre() {
    assertThat(TestResources.list("same").stream().filter(name -> !name.endsWith(".py")).toList())
        .containsExactlyInAnyOrderElementsOf(FILES);
  }

  @Test
  void areOneModelWhereverTheBiasesAreTwo() {
    long hash = open("model.safetensors").model(CARD).id().hash();
    for (String file : List.of("float64.safetensors", "step.onnx", "sequence.onnx")) {
      assertThat(open(file).model(CARD).id().hash()).as(file).isEqualTo(hash);
    }
  }

  @Test
  void sayWhatTheyAre() {
    assertThat(FILES.stream().map(file -> open(file).format()))
        .containsExactly(
            "safetensors, [F32]",
            "safetensors, [F64]",
            "ONNX, opset 20, pytorch 2.13.0",
            "ONNX, opset 20, pytorch 2.13.0+cpu",
            "Keras 3.15.1 (.keras)",
            "Keras 3.15.1 (legacy .h5)");
  }

  private static ModelFile open(String file) {
    return ModelFiles.open(TestResources.read("same/" + file), file);
  }
}
