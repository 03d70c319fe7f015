package io.flinklstm.format.onnx;

import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.format.weights.WeightsBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The operator LSTM [1]: X, W, R, B, sequence_lens, initial_h, initial_c, P in, Y, Y_h, Y_c out.
 * Its gates come in the order i,o,f,c. Anything that would make it a different function from
 * PyTorch's LSTM is refused by name: directions, clip, input_forget, other activations, peepholes,
 * sequences of different lengths.
 *
 * <p>[1] https://onnx.ai/onnx/operators/onnx__LSTM.html
 */
final class OnnxLstm {

  private static final List<String> ACTIVATIONS = List.of("sigmoid", "tanh", "tanh");

  private final OnnxNode node;
  private final boolean batchFirst;
  private final OnnxValue x; // (steps, batch, inputSize)
  private final int steps;
  private final int batch;
  private final int inputSize;
  private final int hiddenSize;

  private OnnxLstm(OnnxNode node) {
    this.node = node;
    checkAttributes();
    this.batchFirst = layout() == 1;
    OnnxValue r = weights(2, "recurrence weights R", 3);
    this.hiddenSize = r.shape()[2];
    OnnxValue given = node.input(0);
    if (given.rank() != 3) {
      throw node.refused("expected X of three dimensions, got " + given.shapeText());
    }
    node.shape(given.shape());
    this.x = batchFirst ? given.transposed(1, 0, 2) : given;
    this.steps = x.shape()[0];
    this.batch = x.shape()[1];
    this.inputSize = x.shape()[2];
    if (x.size() == 0 || hiddenSize == 0) {
      throw node.refused("expected X and R of at least one number, got " + given.shapeText());
    }
    node.trace().reach(steps, inputSize);
    long declared = node.integer("hidden_size", hiddenSize);
    if (declared != hiddenSize) {
      throw node.refused("expected hidden_size " + hiddenSize + " as in R, got " + declared);
    }
  }

  /** Y, Y_h and Y_c. */
  static List<OnnxValue> apply(OnnxNode node) {
    OnnxLstm lstm = new OnnxLstm(node);
    return lstm.outputs(lstm.layer());
  }

  private void checkAttributes() {
    String direction = node.text("direction", "forward");
    if (!direction.equals("forward")) {
      throw node.refused("expected direction forward, got " + Excerpt.name(direction));
    }
    if (node.hasAttribute("clip")) {
      throw node.refused("expected no clip, got " + node.real("clip", 0));
    }
    if (node.integer("input_forget", 0) != 0) {
      throw node.refused("expected input_forget 0, got another (coupled gates)");
    }
    List<String> activations = node.texts("activations");
    if (!activations.isEmpty()
        && !activations.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .toList()
            .equals(ACTIVATIONS)) {
      throw node.refused(
          "expected activations Sigmoid, Tanh, Tanh, got "
              + Excerpt.name(String.join(", ", activations)));
    }
    // These three take no parameters, so any values given have no meaning.
    node.reals("activation_alpha");
    node.reals("activation_beta");
  }

  private long layout() {
    long layout = node.integer("layout", 0);
    if (layout != 0 && layout != 1) {
      throw node.refused("expected layout 0 or 1, got " + layout);
    }
    return layout;
  }

  /** A constant input with one direction. */
  private OnnxValue weights(int input, String what, int rank) {
    OnnxValue weights = node.input(input);
    if (!weights.isConstant() || !weights.isReal()) {
      String message =
          "expected " + what + " to be constants of FLOAT or DOUBLE, got " + node.describe(weights);
      throw weights.isConstant()
          ? node.refused(message)
          : node.refused(
              message + "; give the values of " + node.inputName(input),
              ModelFileException.Lack.ONNX_INPUT);
    }
    if (weights.rank() != rank || weights.shape()[0] != 1) {
      throw node.refused(
          "expected "
              + what
              + " of one direction and rank "
              + rank
              + ", got "
              + weights.shapeText());
    }
    return weights;
  }

  private OnnxSignal.Hidden layer() {
    OnnxSignal below = below();
    checkSequenceLengths();
    checkPeepholes();
    OnnxValue h0 = initial(5, "initial_h");
    OnnxValue c0 = initial(6, "initial_c");
    OnnxValue bias = node.optional(3) == null ? null : weights(3, "biases B", 2);
    node.shape(4, hiddenSize, inputSize + hiddenSize);
    float[] biases = bias == null ? null : floats(bias, "B", 1, 8 * hiddenSize);
    float[] w = floats(weights(1, "weights W", 3), "W", 1, 4 * hiddenSize, inputSize);
    OnnxFeatures features = new OnnxFeatures(node, x, below);
    WeightsBuilder.Layer layer =
        new WeightsBuilder.Layer(
            features.available(),
            hiddenSize,
            features.ordered(w),
            floats(node.input(2), "R", 1, 4 * hiddenSize, hiddenSize),
            biases == null ? null : Arrays.copyOf(biases, 4 * hiddenSize),
            biases == null ? null : Arrays.copyOfRange(biases, 4 * hiddenSize, 8 * hiddenSize),
            constantState(h0, "initial_h"),
            constantState(c0, "initial_c"));
    return node.trace()
        .add(
            new OnnxSignal.Hidden(
                node.trace().nextIndex(),
                "LSTM node " + node.name(),
                below,
                steps,
                batch,
                layer,
                signalOrNull(h0),
                signalOrNull(c0)));
  }

  private float[] floats(OnnxValue value, String name, int... shape) {
    if (!Arrays.equals(value.shape(), shape)) {
      throw node.refused(
          "expected "
              + name
              + " of shape "
              + Arrays.toString(shape)
              + " for X of input size "
              + inputSize
              + ", got "
              + value.shapeText());
    }
    return value.toFloats();
  }

  /** What X is: an input of the graph, or all of h of the layer below. */
  private OnnxSignal below() {
    OnnxSignal below = node.trace().onlySignal(x);
    if (below instanceof OnnxSignal.Hidden hidden) {
      if (hidden.steps() != steps
          || hidden.batch() != batch
          || hidden.size() != inputSize
          || !Arrays.equals(x.elements(), hidden.value(x.shape()).elements())) {
        throw node.refused(
            "expected X to be h of the layer below at every step in order, got another choice of "
                + node.describe(x));
      }
    } else if (!(below instanceof OnnxSignal.Input)) {
      throw node.refused(
          "expected X to be an input of the graph or h of the layer below, got "
              + node.describe(x));
    }
    return below;
  }

  private void checkSequenceLengths() {
    OnnxValue lengths = node.optional(4);
    if (lengths == null) {
      return;
    }
    if (lengths.type() != OnnxValue.Type.INTEGER) {
      throw node.refused(
          "expected no sequence_lens, or constants of all steps, got " + node.describe(lengths));
    }
    for (long length : lengths.elements()) {
      if (length != steps) {
        throw node.refused("expected sequence_lens " + steps + " (all steps), got " + length);
      }
    }
  }

  private void checkPeepholes() {
    OnnxValue peepholes = node.optional(7);
    if (peepholes == null) {
      return;
    }
    boolean allZero = peepholes.isConstant();
    for (int k = 0; allZero && k < peepholes.size(); k++) {
      allZero = peepholes.number(k) == 0;
    }
    if (!allZero) {
      throw node.refused("expected no peepholes, got P, " + node.describe(peepholes));
    }
  }

  /** (batch, hiddenSize), or null for zeros. */
  private @Nullable OnnxValue initial(int input, String what) {
    OnnxValue given = node.optional(input);
    if (given == null) {
      return null;
    }
    int[] shape = batchFirst ? new int[] {batch, 1, hiddenSize} : new int[] {1, batch, hiddenSize};
    if (!Arrays.equals(given.shape(), shape) || given.isConstant() && !given.isReal()) {
      throw node.refused(
          "expected "
              + what
              + " of shape "
              + Arrays.toString(shape)
              + ", got "
              + node.describe(given)
              + (given.rank() == 3 && given.shape()[2] != hiddenSize
                  ? "; a projection (proj_size) is not supported"
                  : ""));
    }
    return given.reshaped(batch, hiddenSize);
  }

  /** (hiddenSize), the same for every sequence, or null for zeros and for anything not constant. */
  private float @Nullable [] constantState(@Nullable OnnxValue state, String what) {
    if (state == null || !state.isConstant()) {
      return null;
    }
    float[] all = state.toFloats();
    boolean allZero = true;
    for (int k = 0; k < all.length; k++) {
      allZero &= all[k] == 0;
      if (all[k] != all[k % hiddenSize]) {
        throw node.refused(
            "expected "
                + what
                + " to be the same for every sequence, got "
                + all[k % hiddenSize]
                + " and "
                + all[k]);
      }
    }
    return allZero ? null : Arrays.copyOf(all, hiddenSize);
  }

  private @Nullable OnnxValue signalOrNull(@Nullable OnnxValue state) {
    if (state == null || state.isConstant()) {
      return null;
    }
    for (long id : state.elements()) {
      if (!(node.trace().signal(id) instanceof OnnxSignal.Input)) {
        throw node.refused(
            "expected the initial state to be constant or an input of the graph, got "
                + node.trace().describe(id));
      }
    }
    return state;
  }

  private List<OnnxValue> outputs(OnnxSignal.Hidden hidden) {
    OnnxTrace trace = node.trace();
    OnnxSignal.Cell cell = trace.add(new OnnxSignal.Cell(trace.nextIndex(), hidden.name(), hidden));
    trace.addCell(hidden, cell);
    int[] all = node.shape(steps, batch, hiddenSize);
    OnnxValue y = hidden.value(all);
    OnnxValue last =
        y.view(
            node.shape(1, batch, hiddenSize),
            new int[] {0, hiddenSize, 1},
            (steps - 1) * batch * hiddenSize);
    OnnxValue yc = cell.value(node.shape(1, batch, hiddenSize));
    node.shape(all);
    return batchFirst
        ? List.of(
            y.transposed(1, 0, 2).reshaped(batch, steps, 1, hiddenSize),
            last.reshaped(batch, 1, hiddenSize),
            yc.reshaped(batch, 1, hiddenSize))
        : List.of(y.reshaped(steps, 1, batch, hiddenSize), last, yc);
  }
}
