package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.testing.TestModels;
import io.flinklstm.train.Dataset;
import io.flinklstm.train.Split;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetScaleTest {

  @Test
  void theUnitIsTheDeviationOfTheTrainingRowsWithoutTheFirst() {
    TargetScale scale = scale(Transform.DIFFERENCE, new Split(4, 0, 1), 10, 11, 14, 13, 99);
    // Differences 1, 3, -1.
    assertThat(scale.mean()).isCloseTo(1, within(1e-12));
    assertThat(scale.unit()).isCloseTo(Math.sqrt(8 / 3.0), within(1e-12));
    assertThat(scale.move(10, 12)).isCloseTo(2 / Math.sqrt(8 / 3.0), within(1e-12));
  }

  @Test
  void theScalerOfTheCardMakesNoDifference() {
    double[] values = Streams.walk(1, 50, 20);
    TargetScale plain = scale(Transform.LOG_RETURN, Split.DEFAULT, values);
    Feature feature = TestModels.feature("target", "value", Transform.LOG_RETURN, 0.3, 0.007);
    ModelCard card = TestModels.card(1, List.of(feature));
    Dataset dataset = Dataset.of(Streams.history("a", values), card, Split.DEFAULT);
    TargetScale scaled = TargetScale.of(dataset, dataset.series().get(0));
    assertThat(scaled.unit()).isCloseTo(plain.unit(), within(1e-12));
    assertThat(scaled.mean()).isCloseTo(plain.mean(), within(1e-12));
    double[] z = scaled.standardized(dataset, dataset.series().get(0));
    assertThat(z[7])
        .isCloseTo((Math.log(values[7] / values[6]) - plain.mean()) / plain.unit(), within(1e-9));
  }

  @ParameterizedTest
  @EnumSource
  void aMoveLeadsWhereItCameFrom(Transform transform) {
    TargetScale scale = new TargetScale(transform, 0.1, 0.25);
    assertThat(scale.value(3, scale.move(3, 5))).isCloseTo(5, within(1e-12));
    assertThat(scale.move(3, 3)).isZero();
    assertThat(scale.move(3, 5)).isPositive();
  }

  @Test
  void aStreamThatNeverChangesHasUnitOne() {
    assertThat(scale(Transform.LOG_RETURN, Split.DEFAULT, 5, 5, 5, 5, 5, 5).unit()).isEqualTo(1);
  }

  @Test
  void aStreamWithoutTrainingRowsHasTheScalerOfTheCard() {
    Feature feature = TestModels.feature("target", "value", Transform.DIFFERENCE, 0.5, 4);
    Dataset dataset =
        Dataset.of(Streams.history("a", 5), TestModels.card(1, List.of(feature)), Split.DEFAULT);
    assertThat(TargetScale.of(dataset, dataset.series().get(0)))
        .isEqualTo(new TargetScale(Transform.DIFFERENCE, 0.5, 4));
  }

  private static TargetScale scale(Transform transform, Split split, double... values) {
    Dataset dataset = Dataset.of(Streams.history("a", values), Streams.card(1, transform), split);
    return TargetScale.of(dataset, dataset.series().get(0));
  }
}
