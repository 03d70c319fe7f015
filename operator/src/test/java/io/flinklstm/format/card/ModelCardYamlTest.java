package io.flinklstm.format.card;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.RevinAffine;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.weights.ModelFile;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardYamlTest {

  private static final String FULL =
      """
      # of euros and dollars
      name: fx-mid
      version: "3"
      lookback: 30
      horizon: 1
      context: carry
      gap: PT30M
      gap_policy: RESET
      features:
        - name: mid_return
          formula: mean(bid, ask)
          transform: log_return
          mean: 1.2e-7
          std: 3.4e-5
          clip: 20
        - {name: pause, formula: elapsed(), transform: log1p, mean: 5, std: 2}
      target: mid_return
      provenance:
        data: sha256:00
        figures: [1, 2.5, null]
      """;

  @Test
  void readsTheSameAsFromJson() {
    assertThat(read(FULL))
        .isEqualTo(ModelCardJson.read(ModelCardJsonTest.FULL.getBytes(UTF_8), "card"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n \t\r\n"})
  void whatBeginsWithABraceIsJson(String before) {
    assertThat(read(before + ModelCardJsonTest.FULL)).isEqualTo(read(FULL));
    refused("{name: fx-mid}", "card.yaml: expected valid JSON");
  }

  @Test
  void aByteOrderMarkIsOverlooked() {
    assertThat(read('\ufeff' + FULL)).isEqualTo(read(FULL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lookback: 30         | look_back: 30        | model card in card.yaml: expected names",
        "std: 3.4e-5          | std: .5              | features[0].std of the model card in card.yaml",
        "std: 3.4e-5          | std: 1e999           | features[0].std of the model card in card.yaml",
        "std: 3.4e-5          | std: .nan            | features[0].std of the model card in card.yaml",
        "std: 3.4e-5          | std: 0               | features[0] of the model card in card.yaml: std",
        "clip: 20             | clip:                | features[0].clip of the model card in card.yaml",
        "lookback: 30         | lookback: 30.5       | lookback of the model card in card.yaml",
        "context: carry       | context: no          | context of the model card in card.yaml",
        "provenance:          | 7:                   | expected names from [name, version, lookback",
        "target: mid_return   | target: mid          | model card in card.yaml: target: expected",
      })
  void refusesWhatTheCheckerOfJsonRefuses(String right, String wrong, String part) {
    assertThat(FULL).contains(right);
    refused(FULL.replace(right, wrong), part, "expected", "got");
  }

  @Test
  void aVersionWithoutQuotesIsANumberAndTheCureTold() {
    refused(
        FULL.replace("\"3\"", "3"),
        "version of the model card in card.yaml: expected a string, got 3; put it in quotes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version: \"3\"    | name: two         | line 3 column 1: expected valid YAML, got: found duplicate key name",
        "lookback: 30      | lookback: : 30    | line 4 column 11: expected valid YAML, got: mapping values",
        "clip: 20          | '   clip: 20'     | line 15 column 12: expected valid YAML, got: mapping values",
        "std: 2}           | std: 2            | line 17 column 7: expected valid YAML, got: expected ',' or '}'",
        "lookback: 30      | lookback: @30     | line 4 column 11: expected valid YAML, got: found character '@'",
        "lookback: 30      | lookback: !x 30   | line 4 column 11: expected valid YAML, got: could not",
        "gap: PT30M        | ---               | line 7 column 1: expected valid YAML, got: but found another",
        "lookback: 30      | lookback: !!int x | card.yaml: expected valid YAML, got: ",
      })
  void namesTheLineThatIsNoYaml(String right, String wrong, String message) {
    assertThat(FULL).contains(right);
    refused(FULL.replace(right, wrong), "model card in card.yaml", message);
  }

  @Test
  void refusesWhatCouldFillMemoryOrStack() {
    refused("a: &a [1]\nb: [*a, *a]\n", "card.yaml: expected valid YAML, got: Number of aliases");
    refused("a: &a [*a]\n", "card.yaml: expected valid YAML, got: Number of aliases");
    refused("? ".repeat(50), "valid YAML, got: a list, a map or an alias as a name");
    refused("a: {[a]: b}", "valid YAML, got: a list, a map or an alias as a name");
    for (String open : List.of("[", "- ", "a: [")) {
      refused(open.repeat(50_000), "valid YAML, got: more than 100 levels of nesting");
    }
    for (String values : List.of("[" + "{},".repeat(300_000), "- a\n".repeat(300_000))) {
      refused(values, "valid YAML, got: more than 300000 values, lists and maps");
    }
    for (String begin : List.of(" ", "{")) {
      refused(
          begin + " ".repeat(4 << 20), "card.yaml: expected at most 4194304 bytes, got 4194305");
    }
  }

  @Test
  void refusesWhatIsNoCard() {
    refused("", "model card in card.yaml: expected an object, got nothing");
    refused("# nothing\n", "expected an object, got nothing");
    refused("- a\n", "expected an object, got [\"a\"]");
    refused("price", "expected an object, got \"price\"");
    refused("1,2,3\n".repeat(1000), "got \"1,2,3 1,2,3", "...");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelCardYaml.read("name: Zürich".getBytes(ISO_8859_1), "card.yaml"))
        .withMessage("model card in card.yaml: expected valid YAML, got: bytes that are not UTF-8");
  }

  @Test
  void readsWhatItWrote() {
    ModelCard card = read(FULL);
    assertThat(read(ModelCardYaml.write(card))).isEqualTo(card);
    assertThat(ModelCardYaml.write(card))
        .contains("\ngap: PT30M\n", "  - name: mid_return\n    formula: mean(bid, ask)\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "true", "null", "a: b # c", " x ", "two\nlines", "Zürich \ud83d\ude00"})
  void textsAndNumbersKeepEveryBit(String text) {
    double[] numbers = {0.1, 1e-300, Double.MIN_VALUE, Double.MAX_VALUE, Math.nextUp(1.0)};
    for (double number : numbers) {
      Feature feature =
          new Feature(text, Formula.parse("a b"), Transform.IDENTITY, -number, number, number);
      ModelCard card =
          TestModels.card(1, Duration.ofMillis(7), ModelCard.GapPolicy.RESET, List.of(feature));
      assertThat(read(ModelCardYaml.write(card))).isEqualTo(card);
    }
  }

  @Test
  void templateOfAFileWithoutCardHasItsSizesAndIsACard() {
    ModelFile file = file(TestModels.weights(new LstmConfig(2, 4, 1, 3), 1), null, null);
    String template = ModelCardYaml.template(file);
    assertThat(template)
        .startsWith("# A model card for models/fx.v2.onnx\n# to be completed: lookback, context,")
        .contains(
            """
            version: '1'
            """,
            """
            # Number of past steps the model saw in training; a stream is READY after that many.
            lookback: 30
            """,
            """
            horizon: 3
            """,
            """
            # gap: PT30M
            """,
            """
            features:
              - name: feature0
                formula: field0
                transform: identity
                mean: 0.0
                std: 1.0
              - name: feature1
            """);
    ModelCard card = read(template);
    assertThat(card).isEqualTo(file.draftCard());
    assertThat(card.name()).isEqualTo("fx.v2");
    assertThat(file.model(card).card()).isEqualTo(card);
  }

  @Test
  void templateOfAFileWithCardIsThatCard() {
    ModelCard card = read(FULL);
    String template =
        ModelCardYaml.template(file(TestModels.weights(new LstmConfig(2, 4, 1, 1), 1), null, card));
    assertThat(template).startsWith("# The model card in models/fx.v2.onnx\n");
    assertThat(read(template)).isEqualTo(card);
  }

  @Test
  void templateOfAFileWithAffineParametersHasFeaturesForThem() {
    RevinAffine affine = new RevinAffine(new float[] {1, 2}, new float[] {3, 4});
    ModelFile file = file(TestModels.weights(new LstmConfig(3, 4, 1, 1), 1), affine, null);
    ModelCard card = read(ModelCardYaml.template(file));
    assertThat(card.features())
        .extracting(Feature::transform)
        .containsExactly(Transform.REVIN, Transform.REVIN, Transform.IDENTITY);
    assertThat(file.model(card).card()).isEqualTo(card);
  }

  @Test
  void templateOfTheLargestModelIsNotTooLong() {
    int inputs = LstmConfig.MAX_SIZE;
    ModelFile file = file(TestModels.weights(new LstmConfig(inputs, 1, 1, 1), 1), null, null);
    assertThat(read(ModelCardYaml.template(file)).features()).hasSize(inputs);
  }

  @Test
  void readsTheLargestModelsCardInWhichEveryNameIsGiven() {
    StringBuilder card = new StringBuilder(FULL.substring(0, FULL.indexOf("  - name: mid_return")));
    for (int k = 0; k < LstmConfig.MAX_SIZE; k++) {
      card.append("  - {name: n").append(k).append(", formula: a, transform: identity, ");
      card.append("mean: 0, std: 1, clip: 9, reject: 99}\n");
    }
    assertThat(read(card + "target: n0\n").features()).hasSize(LstmConfig.MAX_SIZE);
  }

  @Test
  void moreOutputsThanAnyCardCanHaveAreRefused() {
    ModelFile file = file(TestModels.weights(new LstmConfig(1, 1, 1, 1001), 1), null, null);
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> ModelCardYaml.template(file))
        .withMessage("model file models/fx.v2.onnx: horizon: expected 1 to 1000, got 1001");
  }

  @Test
  void theTemplateKnowsHowManyStepsTheModelReads() {
    LstmWeights weights = TestModels.weights(new LstmConfig(2, 3, 1, 1), 1);
    ModelFile file =
        new ModelFile("m.keras", "Keras", "i,f,c,o", 60, weights, null, null, List.of(), List.of());
    assertThat(ModelCardYaml.template(file))
        .contains("# The model reads sequences of 60 steps.", "context: window", "lookback: 60\n");
    assertThat(file.draftCard().lookback()).isEqualTo(60);
  }

  private static ModelFile file(LstmWeights weights, RevinAffine affine, ModelCard card) {
    return new ModelFile(
        "models/fx.v2.onnx", "ONNX", "i,o,f,c", 0, weights, affine, card, List.of(), List.of());
  }

  private static ModelCard read(String yaml) {
    return ModelCardYaml.read(yaml.getBytes(UTF_8), "card.yaml");
  }

  private static void refused(String yaml, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read(yaml))
        .withMessageContainingAll(parts)
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(250));
  }
}
