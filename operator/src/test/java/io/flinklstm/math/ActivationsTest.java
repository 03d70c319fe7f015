package io.flinklstm.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ActivationsTest {

  private static final double MAX_ERROR = 3e-7;

  /** Prime, so that the floats visited have all patterns of low bits. */
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
    float[] values = {0.5f, Float.NaN, 0.5f};
    Activations.tanh(values, 0, 3);
    assertThat(values[1]).isNaN();
    values = new float[] {0.5f, Float.NaN, 0.5f};
    Activations.sigmoid(values, 0, 3);
    assertThat(values[1]).isNaN();
  }

  @Test
  void infinitiesSaturate() {
    checkTanh(Float.POSITIVE_INFINITY);
    checkTanh(Float.NEGATIVE_INFINITY);
    checkSigmoid(Float.POSITIVE_INFINITY);
    checkSigmoid(Float.NEGATIVE_INFINITY);
  }

  @Test
  void arrayFormsGiveTheBitsOfTheScalarFormsAndKeepToTheirRange() {
    Random random = new Random(2);
    for (int length = 0; length <= 70; length++) {
      for (int from = 0; from <= Math.min(length, 19); from++) {
        int to = from + random.nextInt(length - from + 1);
        float[] values = TestModels.uniform(random, 12f, length);
        float[] expectedTanh = values.clone();
        float[] expectedSigmoid = values.clone();
        for (int k = from; k < to; k++) {
          expectedTanh[k] = Activations.tanh(values[k]);
          expectedSigmoid[k] = Activations.sigmoid(values[k]);
        }
        float[] tanh = values.clone();
        Activations.tanh(tanh, from, to);
        assertThat(Bits.of(tanh)).as("tanh %d..%d", from, to).isEqualTo(Bits.of(expectedTanh));
        float[] sigmoid = values.clone();
        Activations.sigmoid(sigmoid, from, to);
        assertThat(Bits.of(sigmoid))
            .as("sigmoid %d..%d", from, to)
            .isEqualTo(Bits.of(expectedSigmoid));
      }
    }
  }

  @Test
  void arrayFormsGiveTheBitsOfTheScalarFormsOnceCompiled() {
    Random random = new Random(3);
    float[] values = TestModels.uniform(random, 12f, 4096);
    int[] expectedTanh = new int[values.length];
    int[] expectedSigmoid = new int[values.length];
    for (int k = 0; k < values.length; k++) {
      expectedTanh[k] = Float.floatToRawIntBits(Activations.tanh(values[k]));
      expectedSigmoid[k] = Float.floatToRawIntBits(Activations.sigmoid(values[k]));
    }
    for (int run = 0; run < 500; run++) {
      float[] tanh = values.clone();
      Activations.tanh(tanh, 0, tanh.length);
      assertThat(Bits.of(tanh)).isEqualTo(expectedTanh);
      float[] sigmoid = values.clone();
      Activations.sigmoid(sigmoid, 0, sigmoid.length);
      assertThat(Bits.of(sigmoid)).isEqualTo(expectedSigmoid);
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
