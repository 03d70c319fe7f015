package io.flinklstm.format.onnx;

import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.WeightsBuilder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An LSTM step that is written out operator by operator, as exporters write an {@code nn.LSTMCell}:
 * two linear layers, their sum split into four, sigmoids, tanhs, products. The parts are recognized
 * by what they are made of, so the order of gates, operands and nodes does not matter:
 *
 * <pre>
 *   gates     = linear(x) + linear(h)
 *   open      = sigmoid(gates)           candidate = tanh(gates)
 *   kept      = open * c                 written   = open * candidate
 *   c'        = kept + written           shown     = tanh(c')
 *   h'        = open * shown
 * </pre>
 */
final class OnnxCell {

  /** The role of a part. */
  enum Role {
    GATES,
    OPEN,
    CANDIDATE,
    KEPT,
    WRITTEN,
    CELL,
    SHOWN
  }

  private static final int GATES = 4; // i, o, f, c as in the operator LSTM

  private final OnnxNode node;
  private final OnnxTrace trace;
  private final OnnxValue open; // of the output gate
  private final OnnxValue shown;
  private final int hiddenSize;
  private final int batch;
  private final OnnxSignal.Linear[][] reading; // [gate][0: of x, 1: of h]
  private final float[][] weights = new float[2][]; // [0: of x, 1: of h] (4*hiddenSize, width)
  private final float[][] biases = new float[2][]; // [0: of x, 1: of h] (4*hiddenSize)
  private final long[] h0; // identifiers, (batch, hiddenSize)
  private final long[] c0; // identifiers, (batch, hiddenSize)

  /** Add, Sigmoid, Tanh or Mul of parts of a step. */
  static OnnxValue apply(OnnxNode node) {
    OnnxValue left = node.input(0);
    OnnxValue second = node.optional(1);
    OnnxValue right = second == null ? left : second;
    if (left.isConstant() || right.isConstant()) {
      throw OnnxOperators.notUnderstood(node);
    }
    if (!Arrays.equals(left.shape(), right.shape())) {
      throw OnnxOperators.notUnderstood(node);
    }
    return switch (node.operator()) {
      case "Sigmoid" -> part(node, is(node, left, Role.GATES) ? Role.OPEN : null, left, left);
      case "Tanh" ->
          part(
              node,
              is(node, left, Role.GATES)
                  ? Role.CANDIDATE
                  : is(node, left, Role.CELL) ? Role.SHOWN : null,
              left,
              left);
      case "Add" -> sum(node, left, right);
      case "Mul" ->
          is(node, left, Role.OPEN) ? product(node, left, right) : product(node, right, left);
      default -> throw OnnxOperators.notUnderstood(node);
    };
  }

  private static OnnxValue sum(OnnxNode node, OnnxValue left, OnnxValue right) {
    if (node.trace().onlySignal(left) instanceof OnnxSignal.Linear
        && node.trace().onlySignal(right) instanceof OnnxSignal.Linear) {
      return part(node, Role.GATES, left, right);
    }
    return is(node, left, Role.KEPT)
        ? part(node, is(node, right, Role.WRITTEN) ? Role.CELL : null, left, right)
        : part(node, both(node, right, left) ? Role.CELL : null, right, left);
  }

  private static boolean both(OnnxNode node, OnnxValue kept, OnnxValue written) {
    return is(node, kept, Role.KEPT) && is(node, written, Role.WRITTEN);
  }

  private static OnnxValue product(OnnxNode node, OnnxValue open, OnnxValue other) {
    if (!is(node, open, Role.OPEN)) {
      throw OnnxOperators.notUnderstood(node);
    }
    if (is(node, other, Role.SHOWN)) {
      return new OnnxCell(node, open, other).hidden();
    }
    boolean ofInput = node.trace().onlySignal(other) instanceof OnnxSignal.Input;
    return part(
        node,
        ofInput ? Role.KEPT : is(node, other, Role.CANDIDATE) ? Role.WRITTEN : null,
        open,
        other);
  }

  private static boolean is(OnnxNode node, OnnxValue value, Role role) {
    return node.trace().onlySignal(value) instanceof OnnxSignal.CellPart part
        && part.role() == role;
  }

  /**
   * @param role null if the operands do not form one
   */
  private static OnnxValue part(
      OnnxNode node, @Nullable Role role, OnnxValue left, OnnxValue right) {
    if (role == null) {
      throw OnnxOperators.notUnderstood(node);
    }
    int[] shape = node.shape(left.shape());
    OnnxTrace trace = node.trace();
    return trace
        .add(new OnnxSignal.CellPart(trace.nextIndex(), node.name(), role, left, right))
        .value(shape);
  }

  private OnnxCell(OnnxNode node, OnnxValue open, OnnxValue shown) {
    this.node = node;
    this.trace = node.trace();
    this.open = open;
    this.shown = shown;
    this.hiddenSize = shown.rank() == 0 ? 1 : shown.shape()[shown.rank() - 1];
    this.batch = shown.size() / Math.max(1, hiddenSize);
    this.reading = new OnnxSignal.Linear[GATES][];
    this.h0 = new long[shown.size()];
    this.c0 = new long[shown.size()];
  }

  private OnnxValue hidden() {
    // The same for all units: shown is one tanh of one sum.
    OnnxSignal.CellPart cell = made(made(shown.elements()[0]).left().elements()[0]);
    for (int k = 0; k < shown.size(); k++) {
      long state = made(shown.elements()[k]).left().elements()[element(shown.elements()[k])];
      if (element(state) != k) {
        throw refused("units in a different order than in c");
      }
      OnnxSignal.CellPart kept = made(cell.left().elements()[k]);
      OnnxSignal.CellPart written = made(cell.right().elements()[k]);
      int inKept = element(cell.left().elements()[k]);
      int inWritten = element(cell.right().elements()[k]);
      c0[k] = kept.right().elements()[inKept];
      addRow(0, k, gate(written.left().elements()[inWritten]));
      addRow(1, k, gate(open.elements()[k]));
      addRow(2, k, gate(kept.left().elements()[inKept]));
      addRow(3, k, gate(written.right().elements()[inWritten]));
    }
    return signal(cell);
  }

  private OnnxSignal.CellPart made(long id) {
    return (OnnxSignal.CellPart) trace.signal(id);
  }

  private static int element(long id) {
    return OnnxSignal.elementOf(id);
  }

  /** The two summands inside a sigmoid or a tanh, that of x first. */
  private long[] gate(long activated) {
    long sum = made(activated).left().elements()[element(activated)];
    long a = made(sum).left().elements()[element(sum)];
    long b = made(sum).right().elements()[element(sum)];
    boolean aReadsH = readsState(a);
    if (aReadsH == readsState(b)) {
      throw refused(
          "two linear layers that may both read h (as many inputs as units); use an nn.LSTM");
    }
    return aReadsH ? new long[] {b, a} : new long[] {a, b};
  }

  private boolean readsState(long id) {
    OnnxSignal below = ((OnnxSignal.Linear) trace.signal(id)).below();
    return below instanceof OnnxSignal.Input && OnnxSignal.width(below) == hiddenSize;
  }

  /** Takes a row of both linear layers; later sequences must have the same rows. */
  private void addRow(int gate, int k, long[] ids) {
    int unit = k % hiddenSize;
    int sequence = k / hiddenSize;
    OnnxSignal.Linear[] linear = {
      (OnnxSignal.Linear) trace.signal(ids[0]), (OnnxSignal.Linear) trace.signal(ids[1])
    };
    if (gate == 0 && k == 0) {
      for (int side = 0; side < 2; side++) {
        int width = OnnxSignal.width(linear[side].below());
        node.shape(GATES, hiddenSize, width);
        weights[side] = new float[GATES * hiddenSize * width];
        biases[side] = new float[GATES * hiddenSize];
      }
    }
    reading[gate] = reading[gate] == null ? linear : reading[gate];
    for (int side = 0; side < 2; side++) {
      OnnxSignal below = linear[side].below();
      if (below != reading[0][side].below() || linear[side] != reading[gate][side]) {
        throw refused("gates that read different tensors");
      }
      int place = element(ids[side]) / linear[side].outputSize();
      int row = element(ids[side]) % linear[side].outputSize();
      if (side == 0 && place != sequence) {
        throw refused("x from a row other than " + sequence);
      }
      if (side == 1) {
        long id = below.id(place * hiddenSize + unit);
        if (gate > 0 && h0[k] != id) {
          throw refused("gates that read different rows of h");
        }
        h0[k] = id;
      }
      copyRow(side, gate * hiddenSize + unit, linear[side], row, sequence == 0);
    }
  }

  private void copyRow(int side, int to, OnnxSignal.Linear linear, int from, boolean isFirst) {
    int width = OnnxSignal.width(linear.below());
    float bias = linear.bias() == null ? 0 : linear.bias()[from];
    if (isFirst) {
      System.arraycopy(linear.weight(), from * width, weights[side], to * width, width);
      biases[side][to] = bias;
    } else if (bias != biases[side][to]
        || !Arrays.equals(
            linear.weight(),
            from * width,
            (from + 1) * width,
            weights[side],
            to * width,
            (to + 1) * width)) {
      throw refused("different weights for different sequences");
    }
  }

  private OnnxValue signal(OnnxSignal.CellPart cell) {
    OnnxSignal below = reading[0][0].below();
    int inputSize = OnnxSignal.width(below);
    boolean isWhole =
        below instanceof OnnxSignal.Input input
            ? OnnxValue.sizeOf(input.shape()) == batch * inputSize
            : below instanceof OnnxSignal.Hidden lower
                && lower.steps() == 1
                && lower.batch() == batch;
    if (!isWhole) {
      throw refused("x that is not the whole of " + trace.describe(below.id(0)));
    }
    WeightsBuilder.Layer layer =
        new WeightsBuilder.Layer(
            inputSize, hiddenSize, weights[0], weights[1], biases[0], biases[1], null, null);
    int[] shape = {batch, hiddenSize};
    OnnxSignal.Hidden hidden =
        trace.add(
            new OnnxSignal.Hidden(
                trace.nextIndex(),
                "LSTM step " + node.name(),
                below,
                1,
                batch,
                layer,
                new OnnxValue(OnnxValue.Type.SIGNAL, shape, h0),
                new OnnxValue(OnnxValue.Type.SIGNAL, shape, c0)));
    trace.addCell(hidden, cell);
    return hidden.value(node.shape(shown.shape()));
  }

  private ModelFileException refused(String got) {
    return node.refused("expected an LSTM step written out in parts, got " + got);
  }
}
