package io.flinklstm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.testing.Bits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LstmStateTest {

  @Test
  void startsAtZero() {
    LstmState state = new LstmState(2, 3);
    for (int l = 0; l < 2; l++) {
      assertThat(Bits.of(state.h(l))).isEqualTo(new int[3]);
      assertThat(Bits.of(state.c(l))).isEqualTo(new int[3]);
    }
  }

  @Test
  void copiesEveryNumberAndSharesNone() {
    LstmState state = filled();
    LstmState copy = new LstmState(2, 3);
    copy.copyFrom(state);
    assertThat(Bits.of(copy)).isEqualTo(Bits.of(state));
    state.h(1)[2] = 0;
    assertThat(Bits.of(copy)).isEqualTo(Bits.of(filled()));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void findsOneBadNumberAnywhere(float bad) {
    assertThat(filled().isFinite()).isTrue();
    for (int l = 0; l < 2; l++) {
      for (int k = 0; k < 3; k++) {
        LstmState badH = filled();
        badH.h(l)[k] = bad;
        assertThat(badH.isFinite()).as("h(%d)[%d]", l, k).isFalse();
        LstmState badC = filled();
        badC.c(l)[k] = bad;
        assertThat(badC.isFinite()).as("c(%d)[%d]", l, k).isFalse();
      }
    }
  }

  @Test
  void theLargestNumbersAreFinite() {
    LstmState state = filled();
    state.c(0)[0] = Float.MAX_VALUE;
    state.c(0)[1] = Float.MAX_VALUE;
    state.c(1)[0] = -Float.MAX_VALUE;
    assertThat(state.isFinite()).isTrue();
  }

  private static LstmState filled() {
    LstmState state = new LstmState(2, 3);
    float value = 0.5f;
    for (int l = 0; l < 2; l++) {
      for (int k = 0; k < 3; k++) {
        state.h(l)[k] = value++;
        state.c(l)[k] = -value++;
      }
    }
    return state;
  }
}
