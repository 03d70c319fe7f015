package io.flinklstm.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.forecast.Feature;
import io.flinklstm.forecast.ModelCard;
import io.flinklstm.forecast.ModelCard.Context;
import io.flinklstm.forecast.Observation;
import io.flinklstm.forecast.Transform;
import io.flinklstm.formula.Formula;
import io.flinklstm.train.data.Split.Part;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetTest {

  private static final double ANY = Double.POSITIVE_INFINITY;

  private static History history(double... prices) {
    History history = new History(1);
    for (int k = 0; k < prices.length; k++) {
      history.add(Observation.of("a", k * Histories.SECOND, prices[k]));
    }
    return history;
  }

  @Test
  void fitsScalersToTheTrainingRowsOfAllStreamsTogether() {
    History history = history(1, 2, 4, 4, 5, 6, 8, 1000, 1000, 1000);
    for (int k = 0; k < 10; k++) {
      history.add(Observation.of("b", k, k < 7 ? 3 * k : -1000));
    }
    ModelCard card = Histories.card(Context.CARRY, Transform.DIFFERENCE, 1, 1);
    Feature fitted = Scalers.fit(card, Set.of(), history, Split.DEFAULT).features().get(0);
    // Differences without the first rows: 1, 2, 0, 1, 1, 2 and six times 3.
    assertThat(fitted.mean()).isCloseTo(25 / 12.0, within(1e-12));
    double squares = 3 * Math.pow(1 - 25 / 12.0, 2) + 2 * Math.pow(2 - 25 / 12.0, 2);
    squares += Math.pow(25 / 12.0, 2) + 6 * Math.pow(3 - 25 / 12.0, 2);
    assertThat(fitted.std()).isCloseTo(Math.sqrt(squares / 12), within(1e-12));
  }

  @Test
  void leavesScalersThatAreGivenAndUnitsOfWhatNeverChanges() {
    Feature price = new Feature("p", Formula.parse("price"), Transform.IDENTITY, 5, 7, 3, 4);
    Feature gap = new Feature("e", Formula.parse("elapsed()"), Transform.LOG1P, 0, 1, ANY);
    ModelCard card =
        Histories.card(Context.CARRY, Transform.IDENTITY, 1, 1).withFeatures(List.of(price, gap));
    ModelCard fitted = Scalers.fit(card, Set.of("p"), history(1, 2, 3, 4), Split.DEFAULT);
    assertThat(fitted.features().get(0)).isEqualTo(price);
    assertThat(fitted.features().get(1).std()).isEqualTo(1);
    assertThat(fitted.features().get(1).mean())
        .isCloseTo(StrictMath.log1p(Histories.SECOND), within(1e-12));
  }

  @Test
  void fitsScalersWithoutTheOutliersThatTheJobRefuses() {
    Feature clean = new Feature("p", Formula.parse("price"), Transform.LOG_RETURN, 0, 1, ANY, 20);
    ModelCard card =
        Histories.card(Context.CARRY, Transform.LOG_RETURN, 1, 1).withFeatures(List.of(clean));
    History plain = Histories.prices(0, 2, 500, 1);
    History broken =
        Histories.prices(
            0,
            2,
            500,
            1,
            o ->
                o.eventTime() % (97 * Histories.SECOND) == 0 && o.eventTime() > 0
                    ? Observation.of(o.key(), o.eventTime(), 1000 * o.values()[0])
                    : o);
    double expected = Scalers.fit(card, Set.of(), plain, Split.DEFAULT).features().get(0).std();
    assertThat(Scalers.fit(card, Set.of(), broken, Split.DEFAULT).features().get(0).std())
        .isCloseTo(expected, within(0.05 * expected));
  }

  @Test
  void keepsStreamsInTheOrderOfTheirKeys() {
    History one = new History(1);
    one.add(Observation.of("b", 0, 1));
    one.add(Observation.of("a", 0, 2));
    History other = new History(1);
    other.add(Observation.of("a", 0, 2));
    other.add(Observation.of("b", 0, 1));
    assertThat(one.series()).extracting(Series::key).containsExactly("a", "b");
    assertThat(one.sha256()).isEqualTo(other.sha256());
  }

  @Test
  void leavesOutWhatTheJobWouldNotApply() {
    History history = new History(1);
    double[] prices = {1, 2, -3, 4, 5};
    long[] times = {0, 10, 20, 5, 30};
    for (int k = 0; k < prices.length; k++) {
      history.add(Observation.of("a", times[k], prices[k]));
    }
    ModelCard card = Histories.card(Context.CARRY, Transform.LOG_RETURN, 1, 1);
    EncodedSeries series = Dataset.of(history, card, Split.DEFAULT).series().get(0);
    // The log return of -3 cannot be computed, and the row after it is late.
    assertThat(series.size()).isEqualTo(3);
    assertThat(series.row(2)).isEqualTo(4);
    assertThat(series.target(2)).isEqualTo(StrictMath.log(5.0 / 2));
    assertThat(series.indexOfRow(2)).isEqualTo(2);
    assertThat(series.indexOfRow(5)).isEqualTo(3);
  }

  @Test
  void forecastsNothingAcrossAReset() {
    History history = new History(1);
    for (int k = 0; k < 10; k++) {
      history.add(Observation.of("a", (k < 5 ? k : k + 100) * Histories.SECOND, k + 1));
    }
    ModelCard card =
        Histories.card(Context.CARRY, Transform.DIFFERENCE, 1, 2, Duration.ofSeconds(50));
    EncodedSeries series = Dataset.of(history, card, Split.DEFAULT).series().get(0);
    assertThat(series.steps(4)).isEqualTo(5);
    assertThat(series.steps(5)).isEqualTo(1);
    assertThat(series.target(5)).isZero();
    assertThat(series.isOrigin(2, 0, 10)).isTrue();
    assertThat(series.isOrigin(3, 0, 10)).isFalse();
    assertThat(series.isOrigin(4, 0, 10)).isFalse();
    assertThat(series.isOrigin(5, 0, 10)).isTrue();
    assertThat(series.isOrigin(8, 0, 10)).isFalse();
  }

  @Test
  void countsAForecastInThePartThatHoldsAllItsActuals() {
    ModelCard card = Histories.card(Context.WINDOW, Transform.IDENTITY, 4, 3);
    Dataset dataset = Dataset.of(Histories.prices(0, 1, 100, 1), card, Split.DEFAULT);
    EncodedSeries series = dataset.series().get(0);
    assertThat(dataset.isOrigin(series, 68, Part.TRAIN)).isFalse();
    assertThat(dataset.isOrigin(series, 66, Part.TRAIN)).isTrue();
    assertThat(dataset.isOrigin(series, 68, Part.VALIDATION)).isFalse();
    assertThat(dataset.isOrigin(series, 69, Part.VALIDATION)).isTrue();
    assertThat(dataset.origins(Part.TRAIN)).isEqualTo(70 - 3 - 3);
    assertThat(dataset.origins(Part.VALIDATION)).isEqualTo(10 - 2);
    assertThat(dataset.origins(Part.TEST)).isEqualTo(20 - 2);
    assertThat(dataset.origins(Part.ALL)).isEqualTo(100 - 3 - 3);
  }

  @ParameterizedTest
  @CsvSource({
    "0.7, 0.1, 0.2, 100000, 70000, 80000, 100000",
    "0.7, 0.1, 0.2, 7, 4, 5, 7",
    "8640, 2880, 2880, 17420, 8640, 11520, 14400",
    "8640, 2880, 2880, 10000, 8640, 10000, 10000",
    "1, 0, 0, 5, 5, 5, 5",
    "0.5, 0, 0.1, 100, 50, 50, 60"
  })
  void dividesTheRowsOfAStream(
      double train, double validation, double test, int rows, int one, int two, int three) {
    Split split = new Split(train, validation, test);
    assertThat(split.begin(Part.TRAIN, rows)).isZero();
    assertThat(split.end(Part.TRAIN, rows)).isEqualTo(one);
    assertThat(split.begin(Part.VALIDATION, rows)).isEqualTo(one);
    assertThat(split.end(Part.VALIDATION, rows)).isEqualTo(two);
    assertThat(split.begin(Part.TEST, rows)).isEqualTo(two);
    assertThat(split.end(Part.TEST, rows)).isEqualTo(three);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.5, 0.5", "0.7, 0.2, 0.2", "100, 0.1, 0.2", "-1, 0, 0", "0.5, NaN, 0"})
  void refusesSplitsThatMakeNoSense(double train, double validation, double test) {
    assertThatThrownBy(() -> new Split(train, validation, test))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void tellsTheSameObservationsByTheirHash() {
    assertThat(history(1, 2, 3).sha256())
        .hasSize(64)
        .isEqualTo(history(1, 2, 3).sha256())
        .isNotEqualTo(history(1, 2, 4).sha256())
        .isNotEqualTo(history(1, 2).sha256());
  }

  @Test
  void keepsEveryObservationOfItsStreams() {
    History history = Histories.prices(0, 2, 1000, 1);
    assertThat(history.rows()).isEqualTo(2000);
    Series series = history.series().get(1);
    assertThat(series.key()).isEqualTo("s1");
    assertThat(series.size()).isEqualTo(1000);
    assertThat(series.observation(999).eventTime()).isEqualTo(999 * Histories.SECOND);
    assertThatThrownBy(() -> series.add(Observation.of("s0", 0, 1)))
        .hasMessageContaining("expected this key");
  }
}
