package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flinklstm.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCardTest {

  private static final List<Feature> FEATURES = TestModels.identityFeatures(2);

  @Test
  void fieldsStandOnceInTheOrderOfTheirFirstAppearance() {
    ModelCard card =
        TestModels.card(
            1,
            List.of(
                TestModels.feature("pause", "elapsed()", Transform.LOG1P, 0, 1),
                TestModels.feature("spread", "difference(ask, bid)", Transform.IDENTITY, 0, 1),
                TestModels.feature("size", "size", Transform.LOG1P, 0, 1),
                TestModels.feature("mid", "mean(bid, ask)", Transform.LOG_RETURN, 0, 1)));
    assertThat(card.fields()).containsExactly("ask", "bid", "size");
  }

  @Test
  void findsItsTarget() {
    assertThat(card(1, 1, null, FEATURES, "f0").targetIndex()).isZero();
    assertThat(card(1, 1, null, FEATURES, "f1").targetIndex()).isEqualTo(1);
  }

  @Test
  void keepsItsOwnFeatures() {
    List<Feature> features = new ArrayList<>(FEATURES);
    ModelCard card = card(1, 1, null, features, "f0");
    features.clear();
    assertThat(card.features()).hasSize(2);
  }

  @Test
  void refusesNumbersOutOfTheirRange() {
    refused(() -> card(0, 1, null, FEATURES, "f0"), "lookback", "1 to 2147483647", "got 0");
    refused(() -> card(1, -3, null, FEATURES, "f0"), "horizon", "1 to 1000", "got -3");
    refused(() -> card(1, 1001, null, FEATURES, "f0"), "horizon", "1 to 1000", "got 1001");
    refused(() -> card(1, 1, Duration.ZERO, FEATURES, "f0"), "gap", "1 ms or more", "got PT0S");
    refused(
        () -> card(1, 1, Duration.ofMillis(-1), FEATURES, "f0"),
        "gap",
        "1 ms or more",
        "PT-0.001S");
  }

  @Test
  void refusesAGapBeyondMilliseconds() {
    Duration longest = Duration.ofMillis(Long.MAX_VALUE);
    assertThat(card(1, 1, longest, FEATURES, "f0").gap()).isEqualTo(longest);
    refused(
        () -> card(1, 1, longest.plusNanos(1), FEATURES, "f0"),
        "gap",
        "expected at most " + longest,
        "got " + longest.plusNanos(1));
  }

  @Test
  void refusesFeaturesThatDoNotNameTheTarget() {
    refused(() -> card(1, 1, null, FEATURES, "price"), "target", "f0", "f1", "got price");
    refused(() -> card(1, 1, null, List.of(), "f0"), "features", "1 or more", "got none");
    refused(
        () -> card(1, 1, null, List.of(FEATURES.get(0), FEATURES.get(0)), "f0"),
        "features",
        "once",
        "f0 twice");
  }

  private static ModelCard card(
      int lookback, int horizon, Duration gap, List<Feature> features, String target) {
    return new ModelCard(
        "test",
        "1",
        lookback,
        horizon,
        ModelCard.Context.CARRY,
        gap,
        ModelCard.GapPolicy.RESET,
        features,
        target,
        "{}");
  }

  private static void refused(Runnable making, String... parts) {
    assertThatIllegalArgumentException().isThrownBy(making::run).withMessageContainingAll(parts);
  }
}
