package io.flinklstm.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ActivationsTest {

  private static final double MAX_ERROR = 3e-7;

  /** Prime, so the floats visited have all patterns of low bits. */
  private static final int STRIDE = 97;

  private static final float[] SPECIALS = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Math.nextDown(Float.MIN_NORMAL),
    1e-20f,
    1f,
    Math.nextDown(9f),
    9f,
    Math.nextUp(9f),
    20f,
    88f,
    89f,
    1e10f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
  };

  @Test
  void tanhIsAccurateBoundedAndOddAtEveryScale() {
    for (int bits = 0; bits <= Float.floatToRawIntBits(20f); bits += STRIDE) {
      checkTanh(Float.intBitsToFloat(bits));
    }
    for (float x : SPECIALS) {
      checkTanh(x);
    }
  }

  @Test
  void sigmoidIsAccurateAndBoundedAtEveryScale() {
    for (int bits = 0; bits <= Float.floatToRawIntBits(40f); bits += STRIDE) {
      checkSigmoid(Float.intBitsToFloat(bits));
      checkSigmoid(-Float.intBitsToFloat(bits));
    }
    for (float x : SPECIALS) {
      checkSigmoid(x);
    }
  }

  @Test
  void sigmoidIsDefinedByTanh() {
    Random random = new Random(1);
    for (int k = 0; k < 1_000_000; k++) {
      float x = (float) (6 * random.nextGaussian());
      float expected = Math.fma(0.5f, Activations.tanh(0.5f * x), 0.5f);
      if (Float.floatToRawIntBits(Activations.sigmoid(x)) != Float.floatToRawIntBits(expected)) {
        assertThat(Activations.sigmoid(x)).as("sigmoid(%s)", x).isEqualTo(expected);
      }
    }
  }

  @Test
  void nanStaysNan() {
    assertThat(Activations.tanh(Float.NaN)).isNaN();
    assertThat(Activations.sigmoid(Float.NaN)).isNaN();
    float[] gates = {0.5f, Float.NaN, 0.5f, Float.NaN};
    Activations.activate(gates, Activations.gateScale(1, 4), Activations.gateShift(1, 4));
    assertThat(gates[1]).isNaN();
    assertThat(gates[3]).isNaN();
  }

  @Test
  void infinitiesSaturate() {
    checkTanh(Float.POSITIVE_INFINITY);
    checkTanh(Float.NEGATIVE_INFINITY);
    checkSigmoid(Float.POSITIVE_INFINITY);
    checkSigmoid(Float.NEGATIVE_INFINITY);
  }

  @Test
  void gatesGetTheBitsOfTheScalarForms() {
    Random random = new Random(2);
    for (int hiddenSize = 1; hiddenSize <= 40; hiddenSize++) {
      checkGates(TestModels.uniform(random, 12f, 4 * hiddenSize), hiddenSize);
    }
  }

  @Test
  void gatesGetTheBitsOfTheScalarFormsAtSpecialNumbers() {
    float[] gates = new float[4 * SPECIALS.length];
    for (int k = 0; k < gates.length; k++) {
      gates[k] = SPECIALS[k % SPECIALS.length];
    }
    checkGates(gates, SPECIALS.length);
  }

  @Test
  void gatesGetTheBitsOfTheScalarFormsOnceCompiled() {
    float[] gates = TestModels.uniform(new Random(3), 12f, 4096);
    for (int run = 0; run < 500; run++) {
      checkGates(gates, 1024);
    }
  }

  private static void checkGates(float[] sums, int hiddenSize) {
    float[] expected = new float[sums.length];
    for (int r = 0; r < sums.length; r++) {
      expected[r] = r / hiddenSize == 2 ? Activations.tanh(sums[r]) : Activations.sigmoid(sums[r]);
    }
    float[] gates = sums.clone();
    Activations.activate(
        gates,
        Activations.gateScale(hiddenSize, gates.length),
        Activations.gateShift(hiddenSize, gates.length));
    assertThat(Bits.of(gates)).as("%d hidden", hiddenSize).isEqualTo(Bits.of(expected));
  }

  @Test
  void theSumOfTheHeadIsThatOfItsContract() {
    Random random = new Random(4);
    for (int run = 0; run < 1000; run++) {
      float[] partial = TestModels.uniform(random, 1f, Activations.PARTIAL_SUMS);
      float sum = Activations.sum(partial);
      for (int w : new int[] {8, 4, 2, 1}) {
        for (int k = 0; k < w; k++) {
          partial[k] += partial[k + w];
        }
      }
      assertThat(Bits.of(sum)).isEqualTo(Bits.of(partial[0]));
    }
  }

  private static void checkTanh(float x) {
    float y = Activations.tanh(x);
    boolean odd = Float.floatToRawIntBits(Activations.tanh(-x)) == Float.floatToRawIntBits(-y);
    if (!(Math.abs(y - StrictMath.tanh(x)) <= MAX_ERROR) || !(Math.abs(y) <= 1) || !odd) {
      assertThat(y).as("tanh(%s)", x).isBetween(-1f, 1f);
      assertThat(Bits.of(Activations.tanh(-x))).as("tanh(-%s)", x).isEqualTo(Bits.of(-y));
      assertThat(Math.abs(y - StrictMath.tanh(x)))
          .as("error of tanh(%s) = %s", x, y)
          .isLessThanOrEqualTo(MAX_ERROR);
    }
  }

  private static void checkSigmoid(float x) {
    float y = Activations.sigmoid(x);
    double exact = 1 / (1 + StrictMath.exp(-x));
    if (!(Math.abs(y - exact) <= MAX_ERROR) || !(y >= 0) || !(y <= 1)) {
      assertThat(y).as("sigmoid(%s)", x).isBetween(0f, 1f);
      assertThat(Math.abs(y - exact))
          .as("error of sigmoid(%s) = %s", x, y)
          .isLessThanOrEqualTo(MAX_ERROR);
    }
  }
}
