package io.flinklstm.format.onnx;

import java.util.Arrays;

/**
 * Linear layers: {@code Gemm}, {@code MatMul} with {@code Add}, and constants that scale or shift
 * the outputs of one. They read h of an LSTM layer, another linear layer or, within a written-out
 * LSTM step, an input, whole and in order, at any steps.
 */
final class OnnxLinear {

  private OnnxLinear() {}

  /** alpha A' B' + beta C, where ' is a transposition if transA or transB is set. */
  static OnnxValue gemm(OnnxNode node) {
    OnnxValue a = node.input(0);
    OnnxValue b = node.input(1);
    float alpha = node.real("alpha", 1);
    float beta = node.real("beta", 1);
    boolean transA = node.integer("transA", 0) != 0;
    boolean transB = node.integer("transB", 0) != 0;
    if (a.rank() != 2 || b.rank() != 2) {
      throw node.refused("expected two matrices, got " + a.shapeText() + " and " + b.shapeText());
    }
    OnnxValue product =
        multiply(node, transA ? a.transposed(1, 0) : a, transB ? b.transposed(1, 0) : b);
    if (alpha != 1) {
      product = scale(node, product, constant(alpha), "Mul");
    }
    OnnxValue c = node.optional(2);
    if (c == null) {
      return product;
    }
    if (!c.isReal()) {
      throw OnnxOperators.notUnderstood(node);
    }
    return scale(node, product, beta == 1 ? c : scaledConstant(node, c, beta), "Add");
  }

  private static OnnxValue constant(double value) {
    return new OnnxValue(
        OnnxValue.Type.DOUBLE, new int[0], new long[] {Double.doubleToRawLongBits(value)});
  }

  private static OnnxValue scaledConstant(OnnxNode node, OnnxValue value, double factor) {
    node.shape(value.shape());
    long[] scaled = new long[value.size()];
    for (int k = 0; k < scaled.length; k++) {
      scaled[k] = Double.doubleToRawLongBits(factor * value.number(k));
    }
    return new OnnxValue(OnnxValue.Type.DOUBLE, value.shape(), scaled);
  }

  static OnnxValue matMul(OnnxNode node) {
    OnnxValue a = node.input(0);
    OnnxValue b = node.input(1);
    if (a.rank() == 0 || b.rank() == 0) {
      throw node.refused("expected matrices, got " + a.shapeText() + " and " + b.shapeText());
    }
    return multiply(node, a, b);
  }

  private static OnnxValue multiply(OnnxNode node, OnnxValue a, OnnxValue b) {
    if (a.isConstant() && !b.isConstant() && a.rank() == 2 && b.rank() == 2) {
      return multiply(node, b.transposed(1, 0), a.transposed(1, 0)).transposed(1, 0);
    }
    if (a.isConstant() && b.isConstant()) {
      throw node.refused(
          "expected a linear layer to read h of an LSTM layer, got constants; if this is a step of"
              + " an nn.LSTMCell, give h and c as inputs and outputs, or use an nn.LSTM");
    }
    if (a.isConstant() || !b.isReal()) {
      throw OnnxOperators.notUnderstood(node);
    }
    if (b.rank() == 1) {
      OnnxValue column = apply(node, a, b.reshaped(b.size(), 1));
      return column.reshaped(Arrays.copyOf(column.shape(), column.rank() - 1));
    }
    return apply(node, padded(a, b.rank()), matrix(node, b));
  }

  /** Prepends axes of size 1 up to a rank, as MatMul does. */
  private static OnnxValue padded(OnnxValue value, int rank) {
    if (value.rank() < 2 || value.rank() >= rank) {
      return value;
    }
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    System.arraycopy(value.shape(), 0, shape, rank - value.rank(), value.rank());
    return value.reshaped(shape);
  }

  /** The matrix of weights, which may be in a stack of one. */
  private static OnnxValue matrix(OnnxNode node, OnnxValue weight) {
    int rank = weight.rank();
    if (rank < 2 || OnnxValue.sizeOf(Arrays.copyOf(weight.shape(), rank - 2)) != 1) {
      throw node.refused("expected one matrix of weights, got " + weight.shapeText());
    }
    return weight.reshaped(weight.shape()[rank - 2], weight.shape()[rank - 1]);
  }

  /**
   * @param x (..., inputSize)
   * @param weight (inputSize, outputSize)
   * @return (..., outputSize)
   */
  private static OnnxValue apply(OnnxNode node, OnnxValue x, OnnxValue weight) {
    OnnxTrace trace = node.trace();
    int inputSize = weight.shape()[0];
    int outputSize = weight.shape()[1];
    OnnxSignal below = trace.onlySignal(x);
    if (below == null || OnnxSignal.width(below) == 0) {
      throw node.refused(
          "expected a linear layer to read h of an LSTM layer, got " + node.describe(x));
    }
    int width = OnnxSignal.width(below);
    if (inputSize != width || x.shape()[x.rank() - 1] != width || outputSize < 1) {
      throw node.refused(
          "expected weights for all "
              + width
              + " numbers of "
              + trace.describe(x.elements()[0])
              + ", got weights "
              + weight.shapeText()
              + " for "
              + x.shapeText());
    }
    int[] shape = x.shape().clone();
    shape[shape.length - 1] = outputSize;
    node.shape(shape);
    node.shape(weight.shape());
    OnnxSignal.Linear linear =
        trace.add(
            new OnnxSignal.Linear(
                trace.nextIndex(),
                node.name(),
                below,
                outputSize,
                weight.transposed(1, 0).toFloats(),
                null));
    long[] ids = new long[OnnxValue.sizeOf(shape)];
    for (int row = 0; row < x.size() / width; row++) {
      int first = OnnxSignal.elementOf(x.elements()[row * width]);
      for (int k = 0; k < width; k++) {
        if (first % width != 0
            || OnnxSignal.elementOf(x.elements()[row * width + k]) != first + k) {
          throw node.refused(
              "expected a linear layer to read "
                  + trace.describe(x.elements()[0])
                  + " whole and in order, got a part, or another order");
        }
      }
      for (int o = 0; o < outputSize; o++) {
        ids[row * outputSize + o] = linear.id(first / width * outputSize + o);
      }
    }
    return new OnnxValue(OnnxValue.Type.SIGNAL, shape, ids);
  }

  /** Add, Sub, Mul, Div of a linear layer's output and a constant. */
  static OnnxValue scale(OnnxNode node) {
    OnnxValue a = node.input(0);
    OnnxValue b = node.input(1);
    if (a.isConstant() && node.operator().equals("Sub")) {
      return scale(node, negated(node, b), a, "Add");
    }
    if (a.isConstant() && !node.operator().equals("Div")) {
      return scale(node, b, a, node.operator());
    }
    return scale(node, a, b, node.operator());
  }

  /** Neg of a linear layer's output. */
  static OnnxValue negated(OnnxNode node, OnnxValue y) {
    return scale(node, y, constant(-1), "Mul");
  }

  private static OnnxValue scale(OnnxNode node, OnnxValue y, OnnxValue constant, String operator) {
    if (y.isConstant()
        || !constant.isReal()
        || !(node.trace().onlySignal(y) instanceof OnnxSignal.Linear linear)) {
      throw OnnxOperators.notUnderstood(node);
    }
    int[] shape = OnnxValue.broadcast(y.shape(), constant.shape());
    if (shape == null || !Arrays.equals(shape, y.shape())) {
      throw node.refused(
          "expected a constant that can be broadcast to "
              + y.shapeText()
              + ", got "
              + constant.shapeText());
    }
    node.shape(shape);
    node.shape(linear.weight().length);
    double[] constants = perOutput(node, y, constant.expanded(shape), linear.outputSize());
    OnnxSignal.Linear scaled = node.trace().add(scaled(node, linear, constants, operator));
    long[] ids = new long[y.size()];
    for (int k = 0; k < ids.length; k++) {
      ids[k] = scaled.id(OnnxSignal.elementOf(y.elements()[k]));
    }
    return new OnnxValue(OnnxValue.Type.SIGNAL, y.shape(), ids);
  }

  /** The constant of each output, which must be the same at every step. */
  private static double[] perOutput(
      OnnxNode node, OnnxValue y, OnnxValue constants, int outputSize) {
    double[] result = new double[outputSize];
    boolean[] known = new boolean[outputSize];
    for (int k = 0; k < y.size(); k++) {
      int output = OnnxSignal.elementOf(y.elements()[k]) % outputSize;
      double constant = constants.number(k);
      if (known[output] && result[output] != constant) {
        throw node.refused(
            "expected one constant per output, got "
                + result[output]
                + " and "
                + constant
                + " for output "
                + output);
      }
      known[output] = true;
      result[output] = constant;
    }
    return result;
  }

  private static OnnxSignal.Linear scaled(
      OnnxNode node, OnnxSignal.Linear linear, double[] constants, String operator) {
    int width = linear.weight().length / linear.outputSize();
    float[] weight = linear.weight().clone();
    float[] bias = linear.bias() == null ? null : linear.bias().clone();
    if (operator.equals("Add") || operator.equals("Sub")) {
      bias = bias == null ? new float[linear.outputSize()] : bias;
      for (int o = 0; o < constants.length; o++) {
        double move = operator.equals("Add") ? constants[o] : -constants[o];
        bias[o] = (float) (bias[o] + move);
      }
    } else {
      for (int o = 0; o < constants.length; o++) {
        double factor = operator.equals("Mul") ? constants[o] : 1 / constants[o];
        for (int k = 0; k < width; k++) {
          weight[o * width + k] = (float) (weight[o * width + k] * factor);
        }
        if (bias != null) {
          bias[o] = (float) (bias[o] * factor);
        }
      }
    }
    return new OnnxSignal.Linear(
        node.trace().nextIndex(), linear.name(), linear.below(), linear.outputSize(), weight, bias);
  }
}
