package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.formula.Formula;
import io.flinklstm.model.LstmConfig;
import io.flinklstm.model.LstmWeights;
import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForecastModelTest {

  private static final LstmConfig CONFIG = new LstmConfig(2, 3, 2, 2);
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final Feature F0 = TestModels.identityFeatures(2).get(0);
  private static final Feature F1 = TestModels.identityFeatures(2).get(1);
  private static final ModelCard CARD = withF1(F1);

  @Test
  void refusesACardWithAnotherNumberOfFeatures() {
    refused(CONFIG, TestModels.card(2, TestModels.identityFeatures(3)), "expected 2", "got 3");
  }

  @Test
  void refusesAHorizonThatSeveralOutputsDoNotCover() {
    refused(CONFIG, TestModels.card(3, TestModels.identityFeatures(2)), "expected 2", "got 3");
    refused(CONFIG, TestModels.card(1, TestModels.identityFeatures(2)), "expected 2", "got 1");
  }

  @Test
  void refusesARollOutThatWouldNeedFeaturesThatAreNotForecast() {
    refused(
        new LstmConfig(2, 3, 1, 1),
        TestModels.card(4, TestModels.identityFeatures(2)),
        "expected 1",
        "got 4",
        "only feature",
        "got 2 features");
  }

  @Test
  void refusesARollOutOfElapsedTime() {
    Feature elapsed = TestModels.feature("pause", "elapsed()", Transform.LOG1P, 0, 1);
    refused(
        new LstmConfig(1, 3, 1, 1),
        TestModels.card(2, List.of(elapsed)),
        "horizon",
        "expected 1",
        "elapsed()",
        "got 2");
  }

  @Test
  void rollsOutOneOutputOverALongerHorizonOnly() {
    ModelCard long1 = TestModels.card(4, TestModels.identityFeatures(1));
    assertThat(TestModels.rolledOut(long1).isRolledOut()).isTrue();
    assertThat(TestModels.direct(long1).isRolledOut()).isFalse();
    ModelCard one = TestModels.card(1, TestModels.identityFeatures(1));
    assertThat(TestModels.rolledOut(one).isRolledOut()).isFalse();
  }

  @Test
  void theIdSaysWhatTheCardSays() {
    ModelId id = new ForecastModel(TestModels.weights(CONFIG, 1), CARD).id();
    assertThat(id.name()).isEqualTo("m");
    assertThat(id.version()).isEqualTo("1");
    assertThat(id.lookback()).isEqualTo(3);
    assertThat(id.hashString()).hasSize(16).isEqualTo(String.format("%016x", id.hash()));
  }

  @Test
  void everyBitOfEveryWeightCountsInTheHash() {
    long hash = hash(TestModels.weights(CONFIG, 1));
    assertThat(hash(TestModels.weights(CONFIG, 1))).as("the same weights again").isEqualTo(hash);
    Set<Long> hashes = new HashSet<>(Set.of(hash));
    int weights = 0;
    for (int array = 0; array < 10; array++) {
      int length = arrays(TestModels.weights(CONFIG, 1)).get(array).length;
      for (int k = 0; k < length; k++) {
        for (int bit : new int[] {0, 31}) {
          LstmWeights changed = TestModels.weights(CONFIG, 1);
          float[] values = arrays(changed).get(array);
          values[k] = Float.intBitsToFloat(Float.floatToRawIntBits(values[k]) ^ (1 << bit));
          hashes.add(hash(changed));
          weights++;
        }
      }
    }
    assertThat(hashes).hasSize(weights + 1);
  }

  @Test
  void aBiasOfZeroIsNotTheSameAsNone() {
    LstmWeights weights = TestModels.weights(CONFIG, 1);
    LstmWeights zero =
        new LstmWeights(CONFIG, weights.layers(), weights.headWeight(), new float[2]);
    LstmWeights none = new LstmWeights(CONFIG, weights.layers(), weights.headWeight(), null);
    assertThat(hash(zero)).isNotEqualTo(hash(none));
  }

  @Test
  void everyFieldOfTheCardCountsInTheHash() {
    Duration gap = Duration.ofSeconds(9);
    List<Feature> same = features(F1);
    List<ModelCard> cards =
        List.of(
            CARD,
            card("n", "1", 3, gap, ModelCard.GapPolicy.RESET, same, "f0"),
            card("m", "2", 3, gap, ModelCard.GapPolicy.RESET, same, "f0"),
            card("m", "1", 4, gap, ModelCard.GapPolicy.RESET, same, "f0"),
            card("m", "1", 3, null, ModelCard.GapPolicy.RESET, same, "f0"),
            card("m", "1", 3, gap.plusMillis(1), ModelCard.GapPolicy.RESET, same, "f0"),
            card("m", "1", 3, gap, ModelCard.GapPolicy.KEEP, same, "f0"),
            card("m", "1", 3, gap, ModelCard.GapPolicy.RESET, same, "f1"),
            card("m", "1", 3, gap, ModelCard.GapPolicy.RESET, List.of(F1, F0), "f0"),
            withF1(new Feature("g", F1.formula(), Transform.IDENTITY, 0, 1, INF)),
            withF1(new Feature("f1", Formula.parse("mean(f0, f1)"), Transform.IDENTITY, 0, 1, INF)),
            withF1(new Feature("f1", Formula.parse("mean(f1, f0)"), Transform.IDENTITY, 0, 1, INF)),
            withF1(new Feature("f1", F1.formula(), Transform.LOG1P, 0, 1, INF)),
            withF1(new Feature("f1", F1.formula(), Transform.IDENTITY, Double.MIN_VALUE, 1, INF)),
            withF1(new Feature("f1", F1.formula(), Transform.IDENTITY, 0, Math.nextUp(1.0), INF)),
            withF1(new Feature("f1", F1.formula(), Transform.IDENTITY, 0, 1, 5)));
    Set<Long> hashes = new HashSet<>();
    for (ModelCard card : cards) {
      hashes.add(new ForecastModel(TestModels.weights(CONFIG, 1), card).id().hash());
    }
    assertThat(hashes).hasSameSizeAs(cards);
  }

  @Test
  void theHorizonCountsInTheHash() {
    Set<Long> hashes = new HashSet<>();
    for (int horizon = 1; horizon <= 5; horizon++) {
      ModelCard card = TestModels.card(horizon, TestModels.identityFeatures(1));
      hashes.add(TestModels.rolledOut(card).id().hash());
    }
    assertThat(hashes).hasSize(5);
  }

  @Test
  void provenanceDoesNotCountInTheHash() {
    ModelCard other =
        new ModelCard(
            CARD.name(),
            CARD.version(),
            CARD.lookback(),
            CARD.horizon(),
            CARD.context(),
            CARD.gap(),
            CARD.gapPolicy(),
            CARD.features(),
            CARD.target(),
            "{\"trained\":\"elsewhere\"}");
    LstmWeights weights = TestModels.weights(CONFIG, 1);
    assertThat(new ForecastModel(weights, other).id())
        .isEqualTo(new ForecastModel(weights, CARD).id());
  }

  private static List<Feature> features(Feature second) {
    return List.of(F0, second);
  }

  private static ModelCard withF1(Feature second) {
    return card(
        "m", "1", 3, Duration.ofSeconds(9), ModelCard.GapPolicy.RESET, features(second), "f0");
  }

  private static ModelCard card(
      String name,
      String version,
      int lookback,
      Duration gap,
      ModelCard.GapPolicy policy,
      List<Feature> features,
      String target) {
    return new ModelCard(
        name, version, lookback, 2, ModelCard.Context.CARRY, gap, policy, features, target, "{}");
  }

  private static long hash(LstmWeights weights) {
    return new ForecastModel(weights, CARD).id().hash();
  }

  private static List<float[]> arrays(LstmWeights weights) {
    List<float[]> arrays = new ArrayList<>();
    for (LstmWeights.Layer layer : weights.layers()) {
      arrays.addAll(List.of(layer.weightIh(), layer.weightHh(), layer.biasIh(), layer.biasHh()));
    }
    arrays.add(weights.headWeight());
    arrays.add(weights.headBias());
    return arrays;
  }

  private static void refused(LstmConfig config, ModelCard card, String... parts) {
    LstmWeights weights = TestModels.weights(config, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ForecastModel(weights, card))
        .withMessageContainingAll(parts);
  }
}
