package io.flinklstm.format.onnx;

import io.flinklstm.format.weights.ModelFileException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Maps the features of an input to those that the first LSTM layer reads. X must hold each step and
 * each sequence of the input once, in order; it may select features, in any order.
 */
final class OnnxFeatures {

  private final OnnxNode node;
  private final OnnxValue x; // (steps, batch, inputSize)
  private final int steps;
  private final int batch;
  private final int inputSize;
  private final int available;
  private final int @Nullable [] chosen; // (inputSize), or null for all in order

  /**
   * @param below where X comes from: h of a layer, which must have been checked, or an input
   * @throws ModelFileException if X is only part of the input, or reorders it
   */
  OnnxFeatures(OnnxNode node, OnnxValue x, OnnxSignal below) {
    this.node = node;
    this.x = x;
    this.steps = x.shape()[0];
    this.batch = x.shape()[1];
    this.inputSize = x.shape()[2];
    if (below instanceof OnnxSignal.Input input && !isWhole(input)) {
      this.available = OnnxSignal.width(input);
      this.chosen = choice(input);
    } else {
      this.available = inputSize;
      this.chosen = null;
    }
  }

  /** The number of features of the input. */
  int available() {
    return available;
  }

  private boolean isWhole(OnnxSignal.Input input) {
    return x.size() == OnnxValue.sizeOf(input.shape()) && isInOrder(input, 1, inputSize);
  }

  private int[] choice(OnnxSignal.Input input) {
    int[] features = new int[inputSize];
    BitSet seen = new BitSet();
    for (int f = 0; f < inputSize; f++) {
      features[f] = OnnxSignal.elementOf(x.elements()[f]) % available;
      seen.set(features[f]);
    }
    boolean allSame = seen.cardinality() == inputSize;
    for (int k = 0; allSame && k < x.size(); k++) {
      allSame =
          OnnxSignal.elementOf(x.elements()[k]) % available == features[k % inputSize]
              && place(k, available) == place(k - k % inputSize, available);
    }
    if (!allSame
        || (long) steps * batch * available != OnnxValue.sizeOf(input.shape())
        || !isInOrder(input, available, 1)) {
      throw node.refused(
          "expected X to be input "
              + input.name()
              + " with all its steps in order, got a part, or another order");
    }
    return features;
  }

  /**
   * Whether numbers run forwards along steps, sequences and features, each of which is an axis of
   * the input unless the input has only one.
   *
   * @param unit numbers of the input that count as one
   * @param featureCount number of features to check
   */
  private boolean isInOrder(OnnxSignal.Input input, int unit, int featureCount) {
    int perStep = batch * inputSize;
    long base = place(0, unit);
    long alongSteps = steps > 1 ? place(perStep, unit) - base : 1;
    long alongBatch = batch > 1 ? place(inputSize, unit) - base : 1;
    long alongFeatures = featureCount > 1 ? place(1, unit) - base : 1;
    boolean inOrder =
        base == 0
            && alongSteps > 0
            && alongBatch > 0
            && alongFeatures > 0
            && areAxes(
                input,
                new long[][] {
                  {steps, alongSteps * unit},
                  {batch, alongBatch * unit},
                  {unit == 1 ? inputSize : unit, unit == 1 ? alongFeatures : 1}
                });
    BitSet seen = new BitSet();
    for (int k = 0; inOrder && k < x.size(); k++) {
      int t = k / perStep;
      int b = k % perStep / inputSize;
      int f = k % inputSize;
      if (f < featureCount) {
        long place = place(k, unit);
        inOrder =
            place == t * alongSteps + b * alongBatch + f * alongFeatures && !seen.get((int) place);
        seen.set((int) place);
      }
    }
    return inOrder;
  }

  /**
   * Whether every axis of the input is one of these as a whole: a reshape that cuts across axes
   * makes steps out of something else.
   *
   * @param roles size and stride in the input of steps, sequences, features
   */
  private static boolean areAxes(OnnxSignal.Input input, long[][] roles) {
    int axes = (int) Arrays.stream(input.shape()).filter(size -> size > 1).count();
    if (axes <= 1) {
      return true;
    }
    int[] strides = OnnxValue.strides(input.shape());
    int matched = 0;
    int wanted = 0;
    for (long[] role : roles) {
      wanted += role[0] > 1 ? 1 : 0;
      for (int axis = 0; axis < strides.length && role[0] > 1; axis++) {
        if (input.shape()[axis] == role[0] && strides[axis] == role[1]) {
          matched++;
          break;
        }
      }
    }
    return matched == axes && wanted == axes;
  }

  private long place(int k, int unit) {
    return OnnxSignal.elementOf(x.elements()[k]) / unit;
  }

  /**
   * The columns of W in the order of the input's features, with zeros for those that X leaves out.
   *
   * @param w (rows, inputSize)
   * @return (rows, available)
   */
  float[] ordered(float[] w) {
    if (chosen == null) {
      return w;
    }
    int rows = w.length / inputSize;
    node.shape(rows, available);
    float[] result = new float[rows * available];
    for (int row = 0; row < rows; row++) {
      for (int f = 0; f < inputSize; f++) {
        result[row * available + chosen[f]] = w[row * inputSize + f];
      }
    }
    return result;
  }
}
