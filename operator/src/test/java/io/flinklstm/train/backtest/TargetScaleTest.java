package io.flinklstm.train.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.Transform;
import io.flinklstm.testing.TestModels;
import io.flinklstm.train.data.Dataset;
import io.flinklstm.train.data.Split;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetScaleTest {

  @Test
  void theUnitIsTheDeviationOfTheTrainingRowsWithoutTheFirst() {
    double[] values = new double[42]; // differences 1, 3, -1, 1, 3, -1, ... and then a large one
    for (int k = 1; k < 41; k++) {
      values[k] = values[k - 1] + new double[] {-1, 1, 3}[k % 3];
    }
    values[41] = 999;
    TargetScale scale = scale(Transform.DIFFERENCE, new Split(40, 0, 1), values);
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
    double[] z = scaled.inUnits(dataset, dataset.series().get(0));
    assertThat(z[7]).isCloseTo(Math.log(values[7] / values[6]) / plain.unit(), within(1e-9));
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
  void aStreamThatHardlyMovesOrIsShortHasTheScalerOfTheCard() {
    Feature feature = TestModels.feature("target", "value", Transform.DIFFERENCE, 0.5, 4);
    double[] flat = new double[100];
    double[] nearlyFlat = new double[100];
    for (int k = 0; k < nearlyFlat.length; k++) {
      nearlyFlat[k] = 1e-3 * (k % 2);
    }
    double[] barelyEnough = new double[30];
    for (int k = 0; k < barelyEnough.length; k++) {
      barelyEnough[k] = k % 2;
    }
    for (double[] values : new double[][] {flat, nearlyFlat, {5}, {1, 2, 1, 2, 1, 2}}) {
      assertThat(of(feature, values)).isEqualTo(new TargetScale(Transform.DIFFERENCE, 0.5, 4));
    }
    assertThat(of(feature, barelyEnough).unit()).isCloseTo(1, within(0.01));
  }

  private static TargetScale of(Feature feature, double... values) {
    Dataset dataset =
        Dataset.of(
            Streams.history("a", values), TestModels.card(1, List.of(feature)), Split.DEFAULT);
    return TargetScale.of(dataset, dataset.series().get(0));
  }

  private static TargetScale scale(Transform transform, Split split, double... values) {
    Dataset dataset = Dataset.of(Streams.history("a", values), Streams.card(1, transform), split);
    return TargetScale.of(dataset, dataset.series().get(0));
  }
}
