package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;

/**
 * The operators that create constants and compute with them, which exporters mostly use for shapes.
 */
final class OnnxConstants {

  private static final int AXES_AS_INPUT = 18; // the opset from which ReduceProd has them as input

  private OnnxConstants() {}

  static OnnxValue constant(OnnxNode node) {
    TensorProto tensor = node.tensor("value");
    if (tensor != null) {
      return OnnxTensors.read(
          tensor, "value of node " + node.name() + " in " + node.trace().fileName());
    }
    if (node.hasAttribute("value_int")) {
      return OnnxValue.integers(node.integer("value_int", 0)).reshaped();
    }
    long[] integers = node.integers("value_ints");
    if (integers != null) {
      return OnnxValue.integers(integers);
    }
    if (node.hasAttribute("value_float")) {
      return floats(node.real("value_float", 0)).reshaped();
    }
    float[] reals = node.reals("value_floats");
    if (reals != null) {
      return floats(reals);
    }
    throw node.refused("expected a value of numbers, got none");
  }

  private static OnnxValue floats(float... values) {
    long[] bits = new long[values.length];
    for (int k = 0; k < bits.length; k++) {
      bits[k] = Double.doubleToRawLongBits(values[k]);
    }
    return new OnnxValue(OnnxValue.Type.FLOAT, new int[] {bits.length}, bits);
  }

  static OnnxValue constantOfShape(OnnxNode node) {
    TensorProto tensor = node.tensor("value");
    OnnxValue value =
        tensor == null
            ? floats(0)
            : OnnxTensors.read(
                tensor, "value of node " + node.name() + " in " + node.trace().fileName());
    if (value.size() != 1) {
      throw node.refused("expected a value of one number, got " + value.shapeText());
    }
    int[] shape = node.shape(node.integers(0));
    return value.reshaped().expanded(shape);
  }

  /** A signal is passed through if the cast keeps its numbers. */
  static OnnxValue cast(OnnxNode node) {
    OnnxValue value = node.input(0);
    node.integer("saturate", 1);
    node.text("round_mode", "up");
    int to = (int) node.integer("to", TensorProto.DataType.UNDEFINED_VALUE);
    return switch (to) {
      case TensorProto.DataType.FLOAT_VALUE -> cast(node, value, OnnxValue.Type.FLOAT);
      case TensorProto.DataType.DOUBLE_VALUE -> cast(node, value, OnnxValue.Type.DOUBLE);
      case TensorProto.DataType.INT64_VALUE, TensorProto.DataType.INT32_VALUE ->
          cast(node, value, OnnxValue.Type.INTEGER);
      case TensorProto.DataType.BOOL_VALUE -> {
        if (!value.isConstant()) {
          throw OnnxOperators.notUnderstood(node);
        }
        yield integers(node, value, k -> value.number(k) == 0 ? 0 : 1);
      }
      default ->
          throw node.refused(
              "expected a cast to FLOAT, DOUBLE, INT32, INT64 or BOOL, got "
                  + OnnxTensors.typeName(to));
    };
  }

  private static OnnxValue cast(OnnxNode node, OnnxValue value, OnnxValue.Type to) {
    if (!value.isConstant()) {
      if (to == OnnxValue.Type.INTEGER) {
        throw node.refused(
            "expected a cast to floating-point numbers, got one of "
                + node.describe(value)
                + " to integers");
      }
      return value;
    }
    node.shape(value.shape());
    long[] elements = new long[value.size()];
    for (int k = 0; k < elements.length; k++) {
      elements[k] =
          to == OnnxValue.Type.INTEGER ? (long) value.number(k) : bits(to, value.number(k));
    }
    return new OnnxValue(to, value.shape(), elements);
  }

  private static long bits(OnnxValue.Type type, double number) {
    return Double.doubleToRawLongBits(
        type == OnnxValue.Type.FLOAT ? (double) (float) number : number);
  }

  /** Element by element, with both operands broadcast to one shape. */
  static OnnxValue binary(OnnxNode node) {
    OnnxValue a = node.input(0);
    OnnxValue b = node.input(1);
    if (node.operator().equals("Mod")) {
      node.integer("fmod", 0);
    }
    if (node.inputCount() != 2 || a.type() != b.type() || a.type() == OnnxValue.Type.HALF) {
      throw node.refused("expected two tensors of one type, FLOAT, DOUBLE or integers, got others");
    }
    int[] shape = broadcast(node, a, b);
    OnnxValue left = a.expanded(shape);
    OnnxValue right = b.expanded(shape);
    long[] result = new long[left.size()];
    for (int k = 0; k < result.length; k++) {
      long x = left.elements()[k];
      long y = right.elements()[k];
      result[k] =
          a.type() == OnnxValue.Type.INTEGER
              ? integer(node, x, y)
              : real(node, a.type(), left.number(k), right.number(k));
    }
    boolean isTruth =
        switch (node.operator()) {
          case "Equal", "Less", "Greater" -> true;
          default -> false;
        };
    return new OnnxValue(isTruth ? OnnxValue.Type.INTEGER : a.type(), shape, result);
  }

  private static int[] broadcast(OnnxNode node, OnnxValue a, OnnxValue b) {
    int[] shape = OnnxValue.broadcast(a.shape(), b.shape());
    if (shape == null) {
      throw node.impossible(
          "expected shapes that can be broadcast together, got "
              + a.shapeText()
              + " and "
              + b.shapeText());
    }
    node.shape(shape); // for each operand, and for the result
    node.shape(shape);
    return node.shape(shape);
  }

  private static long integer(OnnxNode node, long x, long y) {
    return switch (node.operator()) {
      case "Add" -> x + y;
      case "Sub" -> x - y;
      case "Mul" -> x * y;
      case "Div", "Mod" -> {
        if (y == 0) {
          throw node.refused("expected a divisor other than 0, got 0");
        }
        // Truncating and flooring agree where exporters use them, for numbers of at least 0.
        if (x < 0 || y < 0) {
          throw node.refused("expected integers of at least 0, got " + x + " and " + y);
        }
        yield node.operator().equals("Div") ? x / y : x % y;
      }
      case "Min" -> Math.min(x, y);
      case "Max" -> Math.max(x, y);
      case "Equal" -> x == y ? 1 : 0;
      case "Less" -> x < y ? 1 : 0;
      case "Greater" -> x > y ? 1 : 0;
      case "And" -> x & y;
      case "Or" -> x | y;
      default -> throw OnnxOperators.notUnderstood(node);
    };
  }

  private static long real(OnnxNode node, OnnxValue.Type type, double x, double y) {
    return switch (node.operator()) {
      case "Add" -> bits(type, x + y);
      case "Sub" -> bits(type, x - y);
      case "Mul" -> bits(type, x * y);
      case "Div" -> bits(type, x / y);
      case "Min" -> bits(type, Math.min(x, y));
      case "Max" -> bits(type, Math.max(x, y));
      case "Equal" -> x == y ? 1 : 0;
      case "Less" -> x < y ? 1 : 0;
      case "Greater" -> x > y ? 1 : 0;
      default -> throw OnnxOperators.notUnderstood(node);
    };
  }

  static OnnxValue unary(OnnxNode node) {
    OnnxValue value = node.input(0);
    node.shape(value.shape());
    if (value.type() == OnnxValue.Type.HALF) {
      throw OnnxOperators.notUnderstood(node);
    }
    if (value.type() == OnnxValue.Type.INTEGER) {
      return integers(
          node,
          value,
          k ->
              switch (node.operator()) {
                case "Neg" -> -value.elements()[k];
                case "Abs" -> Math.abs(value.elements()[k]);
                case "Not" -> 1 - value.elements()[k];
                default -> throw OnnxOperators.notUnderstood(node);
              });
    }
    long[] result = new long[value.size()];
    for (int k = 0; k < result.length; k++) {
      double x = value.number(k);
      result[k] =
          switch (node.operator()) {
            case "Neg" -> bits(value.type(), -x);
            case "Abs" -> bits(value.type(), Math.abs(x));
            case "Floor" -> bits(value.type(), Math.floor(x));
            case "Ceil" -> bits(value.type(), Math.ceil(x));
            case "Sqrt" -> bits(value.type(), Math.sqrt(x));
            default -> throw OnnxOperators.notUnderstood(node);
          };
    }
    return new OnnxValue(value.type(), value.shape(), result);
  }

  private static OnnxValue integers(
      OnnxNode node, OnnxValue value, java.util.function.IntToLongFunction element) {
    node.shape(value.shape());
    long[] result = new long[value.size()];
    for (int k = 0; k < result.length; k++) {
      result[k] = element.applyAsLong(k);
    }
    return new OnnxValue(OnnxValue.Type.INTEGER, value.shape(), result);
  }

  /** The condition must be constant; the values to choose from may be anything. */
  static OnnxValue where(OnnxNode node) {
    OnnxValue condition = node.input(0);
    OnnxValue yes = node.input(1);
    OnnxValue no = node.input(2);
    if (condition.type() != OnnxValue.Type.INTEGER || yes.type() != no.type()) {
      throw OnnxOperators.notUnderstood(node);
    }
    int[] both = broadcast(node, yes, no);
    int[] shape = OnnxValue.broadcast(condition.shape(), both);
    if (shape == null) {
      throw node.refused(
          "expected a condition of shape " + yes.shapeText() + ", got " + condition.shapeText());
    }
    node.shape(shape);
    node.shape(shape);
    node.shape(shape);
    OnnxValue chosen = condition.expanded(node.shape(shape));
    OnnxValue left = yes.expanded(shape);
    OnnxValue right = no.expanded(shape);
    long[] result = new long[chosen.size()];
    for (int k = 0; k < result.length; k++) {
      result[k] = chosen.elements()[k] != 0 ? left.elements()[k] : right.elements()[k];
    }
    return new OnnxValue(yes.type(), shape, result);
  }

  static OnnxValue range(OnnxNode node) {
    long start = node.oneInteger(0);
    long limit = node.oneInteger(1);
    long delta = node.oneInteger(2);
    if (delta <= 0 || delta > Integer.MAX_VALUE || start < 0 || limit > Integer.MAX_VALUE) {
      throw node.refused(
          "expected a range upwards from 0, got " + start + ", " + limit + ", " + delta);
    }
    long count = Math.max(0, (limit - start + delta - 1) / delta);
    long[] result = new long[node.shape(count)[0]];
    for (int k = 0; k < result.length; k++) {
      result[k] = start + k * delta;
    }
    return OnnxValue.integers(result);
  }

  /** The product of all numbers; exporters multiply the dimensions of a shape this way. */
  static OnnxValue product(OnnxNode node) {
    long product = 1;
    long keepDimensions = node.integer("keepdims", 1);
    long[] axes =
        node.opset() < AXES_AS_INPUT
            ? node.integers("axes")
            : node.optional(1) == null ? null : node.integers(1);
    boolean ofAll = axes == null || axes.length == 1 && (axes[0] == 0 || axes[0] == -1);
    if (node.input(0).rank() > 1 || !ofAll || node.integer("noop_with_empty_axes", 0) != 0) {
      throw OnnxOperators.notUnderstood(node);
    }
    for (long factor : node.integers(0)) {
      product *= factor;
    }
    OnnxValue result = OnnxValue.integers(product);
    return keepDimensions == 0 ? result.reshaped() : result;
  }
}
