package io.flinklstm.formula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "price; FIELD; price",
        "mean(bid, ask); MEAN; bid,ask",
        "difference(a,b); DIFFERENCE; a,b",
        "ratio( a , b ); RATIO; a,b",
        "imbalance (bid_size, ask_size); IMBALANCE; bid_size,ask_size",
        "data.p; FIELD; data.p",
        "mean(bids[0].price, $.ask); MEAN; bids[0].price,$.ask",
        "\"T (degC)\"; FIELD; \"T (degC)\"",
        "mean([\"a.b\"], \"bid price\"); MEAN; \"a.b\",\"bid price\"",
      })
  void readsAFunctionAndItsFields(String text, Formula.Function function, String fields) {
    Formula formula = Formula.parse(" " + text + " ");
    assertThat(formula.function()).isEqualTo(function);
    assertThat(formula.fields()).containsExactly(fields.split(","));
    assertThat(Formula.parse(formula.toString())).isEqualTo(formula);
  }

  @Test
  void elapsedReadsNoField() {
    Formula formula = Formula.parse("elapsed()");
    assertThat(formula).isEqualTo(new Formula(Formula.Function.ELAPSED, List.of()));
    assertThat(Formula.parse(formula.toString())).isEqualTo(formula);
  }

  @Test
  void aBareNameIsAlwaysAField() {
    assertThat(Formula.parse("elapsed"))
        .isEqualTo(new Formula(Formula.Function.FIELD, List.of("elapsed")));
  }

  @Test
  void computesWhatItSays() {
    assertThat(value("a", 3, 0, 0)).isEqualTo(3);
    assertThat(value("mean(a, b)", 3, 4, 0)).isEqualTo(3.5);
    assertThat(value("difference(a, b)", 3, 4, 0)).isEqualTo(-1);
    assertThat(value("ratio(a, b)", 3, 4, 0)).isEqualTo(0.75);
    assertThat(value("imbalance(a, b)", 3, 5, 0)).isEqualTo(-0.25);
    assertThat(value("elapsed()", 3, 5, 1234)).isEqualTo(1234);
  }

  @Test
  void divisionByZeroIsNotHidden() {
    assertThat(value("ratio(a, b)", 1, 0, 0)).isInfinite();
    assertThat(value("ratio(a, b)", 0, 0, 0)).isNaN();
    assertThat(value("imbalance(a, b)", 2, -2, 0)).isInfinite();
    assertThat(value("imbalance(a, b)", 0, 0, 0)).isNaN();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "median(a, b)",
        "MEAN(a, b)",
        "field(a)",
        "mean(a, b",
        "mean a, b)",
        "mean(a, b) + 1()",
        "a, b",
      })
  void refusesWhatItDoesNotKnowAndSaysWhatThereIs(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Formula.parse(text))
        .withMessageContainingAll("expected", "mean(a, b)", "elapsed()", "got \"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "mean(a); mean: expected 2",
        "mean(); mean: expected 2",
        "mean(a, b, c); mean: expected 2",
        "mean(a,); mean: expected 2",
        "mean(a, mean(b, c)); mean: expected 2",
        "ratio(, b); ratio: expected 2",
        "elapsed(a); elapsed: expected 0",
      })
  void refusesAnotherNumberOfArguments(String text, String part) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Formula.parse(text))
        .withMessageContainingAll(part, "got \"" + text + "\"");
  }

  private static double value(String formula, double a, double b, long elapsed) {
    return Formula.parse(formula).function().apply(a, b, elapsed);
  }
}
