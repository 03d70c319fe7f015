package io.flinklstm.format.onnx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in an ONNX graph. It holds for each element, row-major, its number or, downstream of a
 * graph input, where it comes from (see {@link OnnxSignal#id}). Operators that only move elements
 * treat both alike. The arrays are never modified.
 *
 * @param type what the elements are
 * @param shape the dimensions, empty for a scalar
 * @param elements integers as they are, floating-point numbers as the bits of a double, signals as
 *     identifiers
 */
record OnnxValue(Type type, int[] shape, long[] elements) {

  enum Type {
    /** Single precision: results are rounded to it. */
    FLOAT,
    DOUBLE,
    /** Half precision of either kind; may be cast but not computed with. */
    HALF,
    /** Integers of any size, and booleans as 0 and 1. */
    INTEGER,
    SIGNAL
  }

  static OnnxValue integers(long... values) {
    return new OnnxValue(Type.INTEGER, new int[] {values.length}, values);
  }

  boolean isConstant() {
    return type != Type.SIGNAL;
  }

  /** Whether it holds numbers that a layer may compute with. */
  boolean isReal() {
    return type == Type.FLOAT || type == Type.DOUBLE;
  }

  int rank() {
    return shape.length;
  }

  int size() {
    return elements.length;
  }

  /** Element k of a constant. */
  double number(int k) {
    return type == Type.INTEGER ? elements[k] : Double.longBitsToDouble(elements[k]);
  }

  /** The numbers of a constant, narrowed. */
  float[] toFloats() {
    float[] floats = new float[elements.length];
    for (int k = 0; k < floats.length; k++) {
      floats[k] = (float) number(k);
    }
    return floats;
  }

  /** The shape in messages, for example [2, 1, 16]. */
  String shapeText() {
    return Arrays.toString(shape);
  }

  /** The distance between neighbours along each axis. */
  int[] strides() {
    return strides(shape);
  }

  /** The distance between neighbours along each axis of a row-major tensor. */
  static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  /**
   * The elements read in another order.
   *
   * @param toShape the shape of the result
   * @param strides per axis, the distance in this tensor between neighbours in the result; 0
   *     repeats
   * @param offset of the first element
   */
  OnnxValue view(int[] toShape, int[] strides, int offset) {
    long[] result = new long[sizeOf(toShape)];
    int[] at = new int[toShape.length];
    int source = offset;
    for (int k = 0; k < result.length; k++) {
      result[k] = elements[source];
      for (int axis = toShape.length - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++at[axis] < toShape[axis]) {
          break;
        }
        source -= at[axis] * strides[axis];
        at[axis] = 0;
      }
    }
    return new OnnxValue(type, toShape, result);
  }

  /** The same elements in another shape of the same size. */
  OnnxValue reshaped(int... toShape) {
    return new OnnxValue(type, toShape, elements);
  }

  OnnxValue transposed(int... permutation) {
    int[] strides = strides();
    int[] toShape = new int[permutation.length];
    int[] toStrides = new int[permutation.length];
    for (int axis = 0; axis < permutation.length; axis++) {
      toShape[axis] = shape[permutation[axis]];
      toStrides[axis] = strides[permutation[axis]];
    }
    return view(toShape, toStrides, 0);
  }

  /** Broadcast to a shape that {@link #broadcast} returned. */
  OnnxValue expanded(int[] toShape) {
    int[] strides = strides();
    int[] toStrides = new int[toShape.length];
    int missing = toShape.length - shape.length;
    for (int axis = 0; axis < shape.length; axis++) {
      toStrides[missing + axis] = shape[axis] == 1 ? 0 : strides[axis];
    }
    return view(toShape, toStrides, 0);
  }

  /**
   * The shape to which both can be broadcast, by the rules that ONNX shares with NumPy.
   *
   * @return null if there is none
   */
  static int @Nullable [] broadcast(int[] a, int[] b) {
    int[] result = new int[Math.max(a.length, b.length)];
    for (int axis = 1; axis <= result.length; axis++) {
      int left = axis <= a.length ? a[a.length - axis] : 1;
      int right = axis <= b.length ? b[b.length - axis] : 1;
      if (left != right && left != 1 && right != 1) {
        return null;
      }
      result[result.length - axis] = left == 1 ? right : left;
    }
    return result;
  }

  /** The number of elements; the trace checks beforehand those that may be too many. */
  static int sizeOf(int[] shape) {
    int size = 1;
    for (int dimension : shape) {
      size = Math.multiplyExact(size, dimension);
    }
    return size;
  }
}
