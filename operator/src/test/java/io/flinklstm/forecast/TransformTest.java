package io.flinklstm.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransformTest {

  @Test
  void encodesToTheBitWhatItSays() {
    assertThat(Transform.IDENTITY.encode(1.25, 7)).isEqualTo(1.25);
    assertThat(Transform.LOG1P.encode(1.25, 7)).isEqualTo(StrictMath.log1p(1.25));
    assertThat(Transform.DIFFERENCE.encode(1.25, 7)).isEqualTo(-5.75);
    assertThat(Transform.LOG_RETURN.encode(1.25, 7)).isEqualTo(StrictMath.log(1.25 / 7));
  }

  @Test
  void theFirstObservationDoesNotMove() {
    assertThat(Transform.DIFFERENCE.encode(1.25, 1.25)).isZero();
    assertThat(Transform.LOG_RETURN.encode(1.25, 1.25)).isZero();
  }

  @Test
  void decodesToTheBitWhatItSays() {
    assertThat(Transform.IDENTITY.decode(0.5, 100, 0.75)).isEqualTo(0.5);
    assertThat(Transform.LOG1P.decode(0.5, 100, 0.75)).isEqualTo(StrictMath.expm1(0.5));
    assertThat(Transform.DIFFERENCE.decode(0.5, 100, 0.75)).isEqualTo(100.75);
    assertThat(Transform.LOG_RETURN.decode(0.5, 100, 0.75)).isEqualTo(100 * StrictMath.exp(0.75));
  }

  @ParameterizedTest
  @EnumSource(Transform.class)
  void decodingUndoesEncoding(Transform transform) {
    Random random = new Random(1);
    for (int k = 0; k < 1_000; k++) {
      double last = 1 + 100 * random.nextDouble();
      double value = 1 + 100 * random.nextDouble();
      double encoded = transform.encode(value, last);
      assertThat(transform.decode(encoded, last, encoded)).isCloseTo(value, within(1e-12 * value));
    }
  }

  @Test
  void logReturnsNeedValuesAboveZero() {
    assertThat(Transform.LOG_RETURN.encode(0, 0)).isNaN();
    assertThat(Transform.LOG_RETURN.encode(-1, -2)).isNaN();
    assertThat(Transform.LOG_RETURN.encode(-0.0, 1)).isNaN();
    assertThat(Transform.LOG_RETURN.encode(Double.NaN, 1)).isNaN();
  }

  @Test
  void logReturnsReachFromOneEndOfTheRangeToTheOther() {
    assertThat(Transform.LOG_RETURN.encode(800, Double.MIN_VALUE)).isCloseTo(751.1, within(0.1));
    assertThat(Transform.LOG_RETURN.encode(Double.MIN_VALUE, Double.MAX_VALUE))
        .isCloseTo(-1454.2, within(0.1));
  }

  @ParameterizedTest
  @EnumSource(Transform.class)
  void isFoundByItsNameInTheCard(Transform transform) {
    assertThat(Transform.parse(transform.cardName())).isEqualTo(transform);
    assertThat(transform.cardName()).isLowerCase();
  }

  @Test
  void refusesWhatItDoesNotKnowAndSaysWhatThereIs() {
    for (String name : new String[] {"log", "IDENTITY", ""}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Transform.parse(name))
          .withMessageContaining("expected one of identity, log1p, difference, log_return")
          .withMessageContaining("got \"" + name + "\"");
    }
  }
}
