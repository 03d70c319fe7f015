package io.flinklstm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ForecastModel;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.card.ModelCardJson;
import io.flinklstm.format.card.ModelCardYaml;
import io.flinklstm.format.pytorch.PyTorchWeights;
import io.flinklstm.format.pytorch.Safetensors;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.Tensor;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.GoldenModel;
import io.flinklstm.testing.SafetensorsBytes;
import io.flinklstm.testing.TestModels;
import io.flinklstm.testing.TestResources;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelFilesTest {

  private static final ModelCard CARD =
      TestModels.card(
          2,
          Duration.ofMinutes(30),
          ModelCard.GapPolicy.RESET,
          List.of(
              new Feature("r", Formula.parse("mean(a, b)"), Transform.LOG_RETURN, 0.1, 3e-5, 20),
              TestModels.feature("e", "elapsed()", Transform.LOG1P, 1, 2)));

  @Test
  void readsTheModelThatItWrote() {
    ForecastModel model = TestModels.direct(CARD);
    byte[] file = ModelFiles.write(model);
    ForecastModel again = ModelFiles.read(file, "m.safetensors");
    assertThat(again.id()).isEqualTo(model.id());
    assertThat(again.card()).isEqualTo(CARD);
    assertThat(ModelFiles.write(again)).isEqualTo(file);
  }

  @Test
  void biasesThatAreAbsentStayAbsent() {
    LstmWeights biased = TestModels.direct(CARD).weights();
    List<LstmWeights.Layer> layers =
        biased.layers().stream()
            .map(layer -> new LstmWeights.Layer(layer.weightIh(), layer.weightHh(), null, null))
            .toList();
    ForecastModel model =
        new ForecastModel(
            new LstmWeights(biased.config(), layers, biased.headWeight(), null), CARD);
    assertThat(ModelFiles.read(ModelFiles.write(model), "m").id()).isEqualTo(model.id());
  }

  @Test
  void aCardBesideTheFileTakesPrecedence() {
    ModelCard other = TestModels.card(2, TestModels.identityFeatures(2));
    byte[] json = ModelCardJson.write(other).getBytes(StandardCharsets.UTF_8);
    byte[] yaml = ModelCardYaml.write(other).getBytes(StandardCharsets.UTF_8);
    byte[] file = ModelFiles.write(TestModels.direct(CARD));
    assertThat(ModelFiles.read(file, "m.safetensors", json, "card.json").card()).isEqualTo(other);
    assertThat(ModelFiles.read(file, "m.safetensors", yaml, "card.yaml").card()).isEqualTo(other);
  }

  @Test
  void readsWhatPyTorchExported() {
    byte[] file = TestResources.read("models/l2_h64_i5/model.safetensors");
    ForecastModel model =
        ModelFiles.read(file, "m.safetensors", GoldenModel.cardFor(file), "card.json");
    assertThat(model.weights().config().numLayers()).isEqualTo(2);
    assertThat(ModelFiles.read(ModelFiles.write(model), "again").id()).isEqualTo(model.id());
  }

  @Test
  void aFileWithoutCardLacksOne() {
    byte[] file = TestResources.read("models/l1_h16_i1/model.safetensors");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.read(file, "plain.safetensors"))
        .withMessage(
            "model card in plain.safetensors: expected one in the file (safetensors metadata"
                + " model_card) or beside it, got none")
        .extracting(ModelFileException::lack)
        .isEqualTo(ModelFileException.Lack.CARD);
  }

  @Test
  void aCardThatDoesNotFitTheWeightsIsRefused() {
    byte[] file = TestResources.read("models/l1_h16_i1/model.safetensors");
    byte[] card = ModelCardJson.write(CARD).getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.read(file, "m.safetensors", card, "card.json"))
        .withMessageContainingAll("m.safetensors", "features", "expected 1", "got 2");
  }

  @Test
  void aBrokenCardNamesItsPlace() {
    Map<String, Tensor> tensors = PyTorchWeights.tensors(TestModels.direct(CARD).weights(), null);
    byte[] broken = new Safetensors(Map.of("model_card", "{\"name\":1}"), tensors).write();
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.read(broken, "m.safetensors"))
        .withMessageContainingAll("model card in m.safetensors", "expected");
    byte[] file = ModelFiles.write(TestModels.direct(CARD));
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.read(file, "m.safetensors", new byte[0], "card.json"))
        .withMessageContainingAll("card.json", "expected", "got nothing");
  }

  @Test
  void whatTorchSavesIsNamedAndTheCureTold() {
    byte[] zip = "PK\u0003\u0004 archive/data.pkl".getBytes(StandardCharsets.ISO_8859_1);
    refused(zip, "zip archive", "torch.save", "save_file");
    byte[] pickle = "\u0080\u0002}q\u0000(X\u0006\u0000".getBytes(StandardCharsets.ISO_8859_1);
    refused(pickle, "a pickle", "save_file");
  }

  @Test
  void aHeaderLengthThatLooksLikeAPickleOrZipIsNone() {
    byte[] model = ModelFiles.write(TestModels.direct(CARD));
    int length = (model[0] & 0xff) + ((model[1] & 0xff) << 8);
    String header = new String(model, 8, length, StandardCharsets.UTF_8);
    byte[] data = Arrays.copyOfRange(model, 8 + length, model.length);
    // In little-endian order these lengths begin like a pickle and like a zip archive.
    for (int headerLength : new int[] {0x0580, 0x4b50}) {
      String padded = header + " ".repeat(headerLength - length);
      byte[] file = SafetensorsBytes.of(padded, data);
      assertThat(ModelFiles.read(file, "m.safetensors").card()).isEqualTo(CARD);
    }
  }

  @Test
  void anythingElseIsToldWhatIsExpected() {
    String none =
        "model file model.pt: expected a safetensors, ONNX or Keras file, got none of them";
    refused(new byte[0], none + ": it is empty");
    refused(ascii("GIF89a and more"), none + ": it begins with bytes 47 49 46 38 39 61 20 61");
    refused(ascii("{}"), none + ": it begins with bytes 7b 7d");
    refused(ascii("\u001c\0\0\0TFL3\u0014\0"), none + ": it is a TensorFlow Lite file");
  }

  @Test
  void aNameThatEndsInSafetensorsGetsTheReadersOwnMessage() {
    for (byte[] file : List.of(new byte[0], ascii("GIF89a and more"))) {
      assertThatExceptionOfType(ModelFileException.class)
          .isThrownBy(() -> ModelFiles.read(file, "m.SafeTensors"))
          .withMessageContainingAll("safetensors file m.SafeTensors", "header length");
    }
  }

  @Test
  void aBraceAloneMakesNoSafetensorsFile() {
    // ONNX of IR version 8, whose producer name puts a brace at byte 8.
    byte[] onnx = ascii("\b\b\u0012\u0006abcd{}");
    assertThat(onnx[8]).isEqualTo((byte) '{');
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.read(onnx, "model"))
        .withMessageContaining("ONNX");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void whatAFileHasNoUseForIsRefused() {
    byte[] model = ModelFiles.write(TestModels.direct(CARD));
    byte[] onnx = TestResources.read("models/l1_h16_i1/step_op17.onnx");
    refused(model, new ReadOptions(null, Map.of("W", new byte[1]), Set.of()), "values of inputs");
    refused(model, new ReadOptions(new byte[1], Map.of(), Set.of()), "a Keras config");
    refused(onnx, new ReadOptions(null, Map.of(), Set.of("W")), "tensors to drop");
  }

  private static void refused(byte[] file, ReadOptions options, String got) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.open(file, "model", options))
        .withMessageContainingAll(
            "model file model", "expected only options that apply to it", got);
  }

  private static void refused(byte[] file, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelFiles.read(file, "model.pt"))
        .withMessageContainingAll("model.pt", "expected", "got")
        .withMessageContainingAll(parts);
  }
}
