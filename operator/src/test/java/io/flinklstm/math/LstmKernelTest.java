package io.flinklstm.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flinklstm.testing.Bits;
import io.flinklstm.testing.TestModels;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class LstmKernelTest {

  private static final int[] INPUT_SIZES = {1, 2, 3, 5, 8};
  private static final int[] HIDDEN_SIZES = {1, 2, 7, 16, 17, 33, 50, 64, 100};

  /** The contract of {@link LstmKernel.Cell#step} taken literally, one number at a time. */
  private record Layer(
      int inputSize, int hiddenSize, float[] weightIh, float[] weightHh, float[] bias) {

    static Layer random(int inputSize, int hiddenSize, Random random) {
      int gates = 4 * hiddenSize;
      return new Layer(
          inputSize,
          hiddenSize,
          TestModels.uniform(random, 1.5f, gates * inputSize),
          TestModels.uniform(random, 1.5f / (float) Math.sqrt(hiddenSize), gates * hiddenSize),
          TestModels.uniform(random, 0.5f, gates));
    }

    LstmKernel.Cell cell(LstmKernel kernel) {
      return kernel.cell(inputSize, hiddenSize, weightIh, weightHh, bias);
    }

    void step(float[] x, float[] h, float[] c, float[] hNext, float[] cNext) {
      for (int k = 0; k < hiddenSize; k++) {
        float i = Activations.sigmoid(gate(k, x, h));
        float f = Activations.sigmoid(gate(hiddenSize + k, x, h));
        float g = Activations.tanh(gate(2 * hiddenSize + k, x, h));
        float o = Activations.sigmoid(gate(3 * hiddenSize + k, x, h));
        cNext[k] = Math.fma(f, c[k], i * g);
        hNext[k] = o * Activations.tanh(cNext[k]);
      }
    }

    private float gate(int r, float[] x, float[] h) {
      float sum = bias[r];
      for (int j = 0; j < inputSize; j++) {
        sum = Math.fma(weightIh[r * inputSize + j], x[j], sum);
      }
      for (int j = 0; j < hiddenSize; j++) {
        sum = Math.fma(weightHh[r * hiddenSize + j], h[j], sum);
      }
      return sum;
    }
  }

  /** The same for {@link LstmKernel.Head#apply}. */
  private static float headRow(float[] weight, int row, float[] h, float bias) {
    float[] partial = new float[16];
    for (int j = 0; j < h.length; j++) {
      partial[j % 16] = Math.fma(weight[row * h.length + j], h[j], partial[j % 16]);
    }
    for (int w : new int[] {8, 4, 2, 1}) {
      for (int k = 0; k < w; k++) {
        partial[k] += partial[k + w];
      }
    }
    return partial[0] + bias;
  }

  /** Mostly of unit size, with an occasional outlier that saturates the gates. */
  private static float[] input(Random random, int inputSize) {
    float[] x = new float[inputSize];
    for (int j = 0; j < inputSize; j++) {
      x[j] = (float) (random.nextGaussian() * (random.nextInt(50) == 0 ? 8 : 1));
    }
    return x;
  }

  private static void carry(LstmKernel kernel, int inputSize, int hiddenSize, int steps) {
    Random random = new Random(1000L * inputSize + hiddenSize);
    Layer layer = Layer.random(inputSize, hiddenSize, random);
    LstmKernel.Cell cell = layer.cell(kernel);
    float[] h = new float[hiddenSize];
    float[] c = new float[hiddenSize];
    float[] hInPlace = new float[hiddenSize];
    float[] cInPlace = new float[hiddenSize];
    float[] hNext = new float[hiddenSize];
    float[] cNext = new float[hiddenSize];
    float[] hExpected = new float[hiddenSize];
    float[] cExpected = new float[hiddenSize];
    for (int t = 0; t < steps; t++) {
      float[] x = input(random, inputSize);
      layer.step(x, h, c, hExpected, cExpected);
      int[] xBefore = Bits.of(x);
      int[] hBefore = Bits.of(h);
      int[] cBefore = Bits.of(c);
      cell.step(x, h, c, hNext, cNext);
      String where = inputSize + " inputs, " + hiddenSize + " hidden, step " + t;
      assertThat(Bits.of(hNext)).as("h, %s", where).isEqualTo(Bits.of(hExpected));
      assertThat(Bits.of(cNext)).as("c, %s", where).isEqualTo(Bits.of(cExpected));
      assertThat(Bits.of(x)).as("x is not modified").isEqualTo(xBefore);
      assertThat(Bits.of(h)).as("h is not modified").isEqualTo(hBefore);
      assertThat(Bits.of(c)).as("c is not modified").isEqualTo(cBefore);
      cell.step(x, hInPlace, cInPlace, hInPlace, cInPlace);
      assertThat(Bits.of(hInPlace)).as("h in place, %s", where).isEqualTo(Bits.of(hExpected));
      assertThat(Bits.of(cInPlace)).as("c in place, %s", where).isEqualTo(Bits.of(cExpected));
      System.arraycopy(hNext, 0, h, 0, hiddenSize);
      System.arraycopy(cNext, 0, c, 0, hiddenSize);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"AUTO", "EJML"})
  void stepsMatchTheContractToTheBitAtAwkwardSizes(KernelType type) {
    for (int inputSize : INPUT_SIZES) {
      for (int hiddenSize : HIDDEN_SIZES) {
        carry(type.create(), inputSize, hiddenSize, 100);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"AUTO", "EJML"})
  void stepsMatchTheContractToTheBitOverLongRuns(KernelType type) {
    carry(type.create(), 1, 1, 20_000);
    carry(type.create(), 3, 17, 20_000);
    carry(type.create(), 5, 64, 2_000);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"AUTO", "EJML"})
  void headsMatchTheContractToTheBit(KernelType type) {
    Random random = new Random(7);
    for (int hiddenSize = 1; hiddenSize <= 70; hiddenSize++) {
      for (int outputSize = 1; outputSize <= 5; outputSize++) {
        float[] weight = TestModels.uniform(random, 1f, outputSize * hiddenSize);
        float[] bias = TestModels.uniform(random, 1f, outputSize);
        LstmKernel.Head head = type.create().head(hiddenSize, outputSize, weight, bias);
        for (int run = 0; run < 3; run++) {
          float[] h = TestModels.uniform(random, 1f, hiddenSize);
          float[] y = new float[outputSize];
          head.apply(h, y);
          float[] expected = new float[outputSize];
          for (int row = 0; row < outputSize; row++) {
            expected[row] = headRow(weight, row, h, bias[row]);
          }
          assertThat(Bits.of(y))
              .as("%d hidden, %d outputs", hiddenSize, outputSize)
              .isEqualTo(Bits.of(expected));
        }
      }
    }
  }

  @Test
  void ejmlAgreesWithPlainToRounding() {
    for (int inputSize : INPUT_SIZES) {
      for (int hiddenSize : HIDDEN_SIZES) {
        Random random = new Random(hiddenSize);
        Layer layer = Layer.random(inputSize, hiddenSize, random);
        LstmKernel.Cell plain = layer.cell(KernelType.PLAIN.create());
        LstmKernel.Cell ejml = layer.cell(KernelType.EJML.create());
        float[] headWeight = TestModels.uniform(random, 0.2f, 2 * hiddenSize);
        float[] headBias = {0.25f, -0.5f};
        float[] hPlain = new float[hiddenSize];
        float[] cPlain = new float[hiddenSize];
        float[] hEjml = new float[hiddenSize];
        float[] cEjml = new float[hiddenSize];
        float[] yPlain = new float[2];
        float[] yEjml = new float[2];
        for (int t = 0; t < 50; t++) {
          float[] x = input(random, inputSize);
          plain.step(x, hPlain, cPlain, hPlain, cPlain);
          ejml.step(x, hEjml, cEjml, hEjml, cEjml);
          assertThat(hEjml).containsExactly(hPlain, within(1e-5f));
          assertThat(cEjml).containsExactly(cPlain, within(1e-5f));
        }
        KernelType.PLAIN.create().head(hiddenSize, 2, headWeight, headBias).apply(hPlain, yPlain);
        KernelType.EJML.create().head(hiddenSize, 2, headWeight, headBias).apply(hPlain, yEjml);
        assertThat(yEjml).containsExactly(yPlain, within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void nanIsNotHidden(KernelType type) {
    for (int hiddenSize : HIDDEN_SIZES) {
      Random random = new Random(hiddenSize);
      LstmKernel.Cell cell = Layer.random(3, hiddenSize, random).cell(type.create());
      float[] h = new float[hiddenSize];
      float[] c = new float[hiddenSize];
      cell.step(new float[] {0.5f, Float.NaN, 0.5f}, h, c, h, c);
      assertThat(h).containsOnly(Float.NaN);
      assertThat(c).containsOnly(Float.NaN);
      float[] y = new float[1];
      type.create().head(hiddenSize, 1, new float[hiddenSize], new float[1]).apply(h, y);
      assertThat(y).containsOnly(Float.NaN);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void statesThatAreAdvancedTogetherGetTheBitsOfSingleSteps(KernelType type) {
    for (int hiddenSize : new int[] {1, 16, 17, 33, 50, 64, 100, 128}) {
      Random random = new Random(hiddenSize);
      Layer layer = Layer.random(5, hiddenSize, random);
      LstmKernel.Cell single = layer.cell(type.create());
      LstmKernel.Cell cell = layer.cell(type.create());
      int states = LstmKernel.MAX_BUNDLE;
      float[][] h = new float[states][hiddenSize];
      float[][] c = new float[states][hiddenSize];
      float[][] hExpected = new float[states][hiddenSize];
      float[][] cExpected = new float[states][hiddenSize];
      for (int t = 0; t < 60; t++) {
        int count = t % (states + 1);
        boolean inPlace = random.nextBoolean();
        float[][] x = new float[states][];
        float[][] hNext = inPlace ? h : new float[states][hiddenSize];
        float[][] cNext = inPlace ? c : new float[states][hiddenSize];
        for (int k = 0; k < states; k++) {
          x[k] = input(random, 5);
        }
        for (int k = 0; k < count; k++) {
          single.step(x[k], hExpected[k], cExpected[k], hExpected[k], cExpected[k]);
        }
        cell.step(x, h, c, hNext, cNext, count);
        for (int k = 0; k < count; k++) {
          h[k] = hNext[k];
          c[k] = cNext[k];
        }
        for (int k = 0; k < states; k++) {
          String where = hiddenSize + " hidden, " + count + " states, state " + k + ", step " + t;
          assertThat(Bits.of(h[k])).as("h, %s", where).isEqualTo(Bits.of(hExpected[k]));
          assertThat(Bits.of(c[k])).as("c, %s", where).isEqualTo(Bits.of(cExpected[k]));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void cellsOfOneKernelDoNotShareMemory(KernelType type) {
    Random random = new Random(9);
    LstmKernel kernel = type.create();
    Layer layer = Layer.random(2, 5, random);
    LstmKernel.Cell one = layer.cell(kernel);
    LstmKernel.Cell other = Layer.random(2, 5, random).cell(kernel);
    float[] x = {1f, -2f};
    float[] zero = new float[5];
    float[] expected = new float[5];
    one.step(x, zero, zero, expected, new float[5]);
    other.step(x, zero, zero, new float[5], new float[5]);
    float[] again = new float[5];
    one.step(x, zero, zero, again, new float[5]);
    assertThat(Bits.of(again)).isEqualTo(Bits.of(expected));
  }
}
