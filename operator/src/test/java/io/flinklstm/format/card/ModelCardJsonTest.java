package io.flinklstm.format.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.formula.Formula;
import io.flinklstm.testing.TestModels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardJsonTest {

  /** A card with every name except reject. */
  static final String FULL =
      """
      {"name": "fx-mid", "version": "3", "lookback": 30, "horizon": 1,
       "context": "carry", "gap": "PT30M", "gap_policy": "RESET",
       "features": [
         {"name": "mid_return", "formula": "mean(bid, ask)", "transform": "log_return",
          "mean": 1.2e-7, "std": 3.4e-5, "clip": 20},
         {"name": "pause", "formula": "elapsed()", "transform": "log1p", "mean": 5, "std": 2}],
       "target": "mid_return",
       "provenance": {"data": "sha256:00", "figures": [1, 2.5, null]}}
      """;

  private static final String LEAST =
      """
      {"name": "m", "version": "1", "lookback": 1, "horizon": 1,
       "features": [{"name": "f", "formula": "price", "mean": 0, "std": 1}],
       "target": "f"}
      """;

  @Test
  void readsEveryField() {
    ModelCard card = read(FULL);
    assertThat(card)
        .isEqualTo(
            new ModelCard(
                "fx-mid",
                "3",
                30,
                1,
                ModelCard.Context.CARRY,
                Duration.ofMinutes(30),
                ModelCard.GapPolicy.RESET,
                List.of(
                    new Feature(
                        "mid_return",
                        Formula.parse("mean(bid, ask)"),
                        Transform.LOG_RETURN,
                        1.2e-7,
                        3.4e-5,
                        20),
                    TestModels.feature("pause", "elapsed()", Transform.LOG1P, 5, 2)),
                "mid_return",
                "{\"data\":\"sha256:00\",\"figures\":[1,2.5,null]}"));
  }

  @Test
  void whatMayBeLeftOutHasADefault() {
    ModelCard card = read(LEAST);
    assertThat(card.context()).isEqualTo(ModelCard.Context.CARRY);
    assertThat(card.gap()).isNull();
    assertThat(card.gapPolicy()).isEqualTo(ModelCard.GapPolicy.KEEP);
    assertThat(card.provenance()).isEqualTo("{}");
    assertThat(card.features())
        .containsExactly(TestModels.feature("f", "price", Transform.IDENTITY, 0, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {FULL, LEAST})
  void readsWhatItWrote(String json) {
    ModelCard card = read(json);
    assertThat(read(ModelCardJson.write(card))).isEqualTo(card);
    assertThat(ModelCardJson.write(read(ModelCardJson.write(card))))
        .isEqualTo(ModelCardJson.write(card));
  }

  @Test
  void numbersKeepEveryBit() {
    double[] numbers = {0.1, 1e-300, Double.MIN_VALUE, Double.MAX_VALUE, Math.nextUp(1.0)};
    for (double number : numbers) {
      Feature feature =
          new Feature("f", Formula.parse("a"), Transform.IDENTITY, -number, number, number);
      ModelCard card = TestModels.card(1, List.of(feature));
      assertThat(read(ModelCardJson.write(card))).isEqualTo(card);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`\"lookback\": 30`          | `\"look_back\": 30`           | look_back",
        "`\"transform\": \"log1p\"`  | `\"tranform\": \"log1p\"`     | features[1], tranform",
        "`, \"std\": 2`              | ``                            | features[1].std, nothing",
        "`\"mean\": 5,`              | ``                            | features[1].mean, nothing",
        "`\"std\": 2`                | `\"std\": \"2\"`              | features[1].std, \"2\"",
        "`\"std\": 2`                | `\"std\": 0`                  | features[1], std, 0.0",
        "`\"std\": 2`                | `\"std\": 1e999`              | features[1], std, Infinity",
        "`\"std\": 2`                | `\"std\": NaN`                | valid JSON",
        "`\"clip\": 20`              | `\"clip\": -1`                | features[0], clip, -1.0",
        "`\"clip\": 20`              | `\"clip\": null`              | features[0].clip, null",
        "`\"lookback\": 30`          | `\"lookback\": 30.5`          | lookback, 30.5",
        "`\"lookback\": 30`          | `\"lookback\": \"30\"`        | lookback, \"30\"",
        "`\"lookback\": 30`          | `\"lookback\": 4294967297`    | lookback, 4294967297",
        "`\"lookback\": 30`          | `\"lookback\": 0`             | lookback, 0",
        "`\"lookback\": 30,`         | ``                            | lookback, nothing",
        "`\"horizon\": 1`            | `\"horizon\": true`           | horizon, true",
        "`\"name\": \"fx-mid\"`      | `\"name\": 7`                 | name, 7",
        "`\"name\": \"fx-mid\"`      | `\"name\": \" \"`             | name, \" \"",
        "`\"version\": \"3\"`        | `\"version\": 3`              | version, 3",
        "`\"context\": \"carry\"`    | `\"context\": \"windows\"`    | context, CARRY, windows",
        "`\"RESET\"`                 | `\"DROP\"`                    | gap_policy, RESET, DROP",
        "`PT30M`                     | `30 min`                      | gap, PT30M, 30 min",
        "`PT30M`                     | `PT0S`                        | gap, 1 ms or more, PT0S",
        "`\"PT30M\"`                 | `1800`                        | gap, 1800",
        "`log_return`                | `logreturn`                   | features[0], logreturn",
        "`mean(bid, ask)`            | `median(bid, ask)`            | features[0], median(bid",
        "`mean(bid, ask)`            | `mean(bid)`                   | features[0], 2, mean(bid)",
        "`\"target\": \"mid_return\"`| `\"target\": \"mid\"`         | target, mid_return, mid",
        "`\"name\": \"pause\"`       | `\"name\": \"mid_return\"`    | once, mid_return twice",
        "`\"provenance\": {`         | `\"provenance\": 1, \"x\": {` | expected",
        "`\"version\": \"3\"`        | `\"version\": \"3\", \"version\": \"3\"` | Duplicate, version",
        "`\"std\": 2}`               | `\"std\": 2, \"std\": 2}`     | Duplicate, std",
      })
  void refusesWhatIsWrongAndSaysWhereAndWhat(String right, String wrong, String parts) {
    assertThat(FULL).containsOnlyOnce(right);
    refused(FULL.replace(right, wrong == null ? "" : wrong), parts.split(", "));
  }

  @Test
  void refusesWhatIsNoCard() {
    refused("", "expected an object", "got nothing");
    refused("[]", "expected an object", "got []");
    refused("null", "expected an object", "got null");
    refused("{", "valid JSON");
    refused(LEAST + "{}", "valid JSON");
    refused("{}", "features", "expected an array", "got nothing");
    refused(LEAST.replace("[{", "[3, {"), "features[0]", "expected an object", "got 3");
    refused(LEAST.replaceAll("(?s)\\[.*\\]", "[]"), "features", "expected 1 or more", "got none");
    refused(
        LEAST.replace("\"target\": \"f\"", "\"target\": \"f\", \"provenance\": \"x\""),
        "provenance",
        "expected an object",
        "got \"x\"");
  }

  private static ModelCard read(String json) {
    return ModelCardJson.read(json.getBytes(StandardCharsets.UTF_8), "card.json");
  }

  private static void refused(String json, String... parts) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read(json))
        .withMessageContainingAll("card.json", "expected")
        .withMessageContainingAll(parts);
  }
}
