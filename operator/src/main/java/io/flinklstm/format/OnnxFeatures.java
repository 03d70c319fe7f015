package io.flinklstm.format;

import java.util.BitSet;

/**
 * Which features of an input the first LSTM layer reads as which of its own. X must hold each step
 * and each sequence of the input once, in order; of the features it may choose, in any order.
 */
final class OnnxFeatures {

  private final OnnxNode node;
  private final OnnxValue x; // (steps, batch, inputSize)
  private final int steps;
  private final int batch;
  private final int inputSize;
  private final int available;
  private final int[] chosen; // (inputSize), or null for all in order

  /**
   * @param below what X comes from: h of a layer, which must have been checked, or an input
   * @throws ModelFileException if X is a part of the input, or another order of it
   */
  OnnxFeatures(OnnxNode node, OnnxValue x, OnnxSignal below) {
    this.node = node;
    this.x = x;
    this.steps = x.shape()[0];
    this.batch = x.shape()[1];
    this.inputSize = x.shape()[2];
    OnnxSignal.Input input = below instanceof OnnxSignal.Input given ? given : null;
    boolean isWhole =
        input == null || x.size() == OnnxValue.sizeOf(input.shape()) && isInOrder(1, inputSize);
    this.available = isWhole ? inputSize : OnnxSignal.width(input);
    this.chosen = isWhole ? null : choice(input);
  }

  /** Features that the input has. */
  int available() {
    return available;
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
      allSame = OnnxSignal.elementOf(x.elements()[k]) % available == features[k % inputSize];
    }
    if (!allSame
        || (long) steps * batch * available != OnnxValue.sizeOf(input.shape())
        || !isInOrder(available, 1)) {
      throw node.refused(
          "expected X to be input "
              + input.name()
              + " with all its steps in order, got a part, or another order");
    }
    return features;
  }

  /**
   * Whether numbers run forwards along steps, sequences and features.
   *
   * @param unit numbers of the input that count as one
   * @param featureCount features to look at
   */
  private boolean isInOrder(int unit, int featureCount) {
    int perStep = batch * inputSize;
    long base = place(0, unit);
    long alongSteps = steps > 1 ? place(perStep, unit) - base : 1;
    long alongBatch = batch > 1 ? place(inputSize, unit) - base : 1;
    long alongFeatures = featureCount > 1 ? place(1, unit) - base : 1;
    boolean inOrder = base == 0 && alongSteps > 0 && alongBatch > 0 && alongFeatures > 0;
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

  private long place(int k, int unit) {
    return OnnxSignal.elementOf(x.elements()[k]) / unit;
  }

  /**
   * The columns of W in the order of the input's features, zeros for those that X leaves out.
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
