package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.testing.TestModels;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureEncoderTest {

  private static final ModelCard CARD =
      TestModels.card(
          1,
          List.of(
              TestModels.feature("mid", "mean(bid, ask)", Transform.LOG_RETURN, 0.25, 0.5),
              TestModels.feature("spread", "difference(ask, bid)", Transform.IDENTITY, 1, 2),
              TestModels.feature("size", "size", Transform.LOG1P, 0, 1),
              TestModels.feature("pause", "elapsed()", Transform.LOG1P, 0, 1),
              TestModels.feature("bid", "bid", Transform.DIFFERENCE, 0, 4)));

  private final FeatureEncoder encoder = new FeatureEncoder(CARD);
  private final double[] formulaValues = new double[5];
  private final double[] x = new double[5];

  @Test
  void findsEveryFieldByNameWhateverTheOrderInTheFormulas() {
    assertThat(CARD.fields()).containsExactly("bid", "ask", "size");
    encoder.evaluate(new double[] {10, 14, 7}, 250, formulaValues);
    assertThat(formulaValues).containsExactly(12, 4, 7, 250, 10);
  }

  @Test
  void transformsAndScalesEveryFeature() {
    double[] lastValues = {6, 99, 99, 99, 2};
    int notFinite = encoder.encode(new double[] {12, 4, 7, 250, 10}, lastValues, x);
    assertThat(notFinite).isEqualTo(-1);
    assertThat(x)
        .containsExactly(
            (float) ((StrictMath.log(2) - 0.25) / 0.5),
            1.5,
            (float) StrictMath.log1p(7),
            (float) StrictMath.log1p(250),
            2);
  }

  @Test
  void namesTheFirstFeatureThatCannotBeComputed() {
    double[] last = {6, 4, 7, 250, 2};
    assertThat(encoder.encode(new double[] {12, 4, -1, -1, 10}, last, x)).isEqualTo(2);
    assertThat(encoder.encode(new double[] {0, 4, -1, 250, 10}, last, x)).isEqualTo(0);
    assertThat(encoder.encode(new double[] {12, 4, 7, 250, Double.NaN}, last, x)).isEqualTo(4);
  }

  @Test
  void refusesAFeatureThatIsBeyondSinglePrecision() {
    double[] last = {6, 4, 7, 250, 2};
    assertThat(encoder.encode(new double[] {12, 1e39, 7, 250, 10}, last, x)).isEqualTo(1);
  }

  @Test
  void aFieldThatTwoFormulasReadIsReadOnce() {
    assertThat(encoder.feature(4).name()).isEqualTo("bid");
    encoder.evaluate(new double[] {10, 14, 7}, 0, formulaValues);
    assertThat(formulaValues[0]).isEqualTo(12);
    assertThat(formulaValues[4]).isEqualTo(10);
  }
}
