package io.flinklstm.format.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators that move elements without changing them. */
final class OnnxMoves {

  private static final int AXES_AS_INPUT = 13; // the opset in which attributes became inputs

  private OnnxMoves() {}

  static OnnxValue shape(OnnxNode node) {
    OnnxValue value = node.input(0);
    int rank = value.rank();
    int start = clamped(node.integer("start", 0), rank);
    int end = clamped(node.integer("end", rank), rank);
    long[] dimensions = new long[Math.max(0, end - start)];
    for (int k = 0; k < dimensions.length; k++) {
      dimensions[k] = value.shape()[start + k];
    }
    return OnnxValue.integers(dimensions);
  }

  private static int clamped(long axis, int rank) {
    return (int) Math.max(0, Math.min(axis < 0 ? axis + rank : axis, rank));
  }

  /** Does nothing at inference. */
  static List<OnnxValue> dropout(OnnxNode node) {
    node.real("ratio", 0);
    node.integer("seed", 0);
    if (node.optional(2) != null && node.oneInteger(2) != 0) {
      throw node.refused("expected training_mode to be false, got true");
    }
    return List.of(node.input(0));
  }

  static OnnxValue transpose(OnnxNode node) {
    OnnxValue value = node.input(0);
    long[] permutation = node.integers("perm");
    int[] axes = new int[value.rank()];
    BitSet seen = new BitSet();
    for (int k = 0; k < axes.length; k++) {
      axes[k] =
          permutation == null
              ? axes.length - 1 - k
              : k < permutation.length ? node.axis(permutation[k], axes.length) : 0;
      seen.set(axes[k]);
    }
    if (seen.cardinality() != axes.length
        || permutation != null && permutation.length != axes.length) {
      throw node.refused(
          "expected perm to name every axis once, got " + Arrays.toString(permutation));
    }
    node.shape(value.shape());
    return value.transposed(axes);
  }

  static OnnxValue squeeze(OnnxNode node) {
    OnnxValue value = node.input(0);
    long[] wanted = axes(node);
    BitSet dropped = new BitSet();
    if (wanted == null) {
      for (int axis = 0; axis < value.rank(); axis++) {
        dropped.set(axis, value.shape()[axis] == 1);
      }
    } else {
      for (long axis : wanted) {
        dropped.set(node.axis(axis, value.rank()));
      }
    }
    List<Integer> left = new ArrayList<>();
    for (int axis = 0; axis < value.rank(); axis++) {
      if (!dropped.get(axis)) {
        left.add(value.shape()[axis]);
      } else if (value.shape()[axis] != 1) {
        throw node.refused("expected size 1 along axis " + axis + ", got " + value.shapeText());
      }
    }
    return value.reshaped(left.stream().mapToInt(Integer::intValue).toArray());
  }

  static OnnxValue unsqueeze(OnnxNode node) {
    OnnxValue value = node.input(0);
    long[] wanted = axes(node);
    if (wanted == null) {
      throw node.refused("expected axes, got none");
    }
    int rank = value.rank() + wanted.length;
    node.shape(new int[rank]);
    BitSet added = new BitSet();
    for (long axis : wanted) {
      added.set(node.axis(axis, rank));
    }
    if (added.cardinality() != wanted.length) {
      throw node.refused("expected every axis once, got " + Arrays.toString(wanted));
    }
    int[] shape = new int[rank];
    int from = 0;
    for (int axis = 0; axis < rank; axis++) {
      shape[axis] = added.get(axis) ? 1 : value.shape()[from++];
    }
    return value.reshaped(shape);
  }

  private static long @Nullable [] axes(OnnxNode node) {
    if (node.opset() < AXES_AS_INPUT) {
      return node.integers("axes");
    }
    return node.optional(1) == null ? null : node.integers(1);
  }

  static OnnxValue reshape(OnnxNode node) {
    OnnxValue value = node.input(0);
    long[] wanted = node.integers(1).clone();
    boolean zeroIsZero = node.integer("allowzero", 0) != 0;
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < wanted.length; axis++) {
      if (wanted[axis] == 0 && !zeroIsZero && axis < value.rank()) {
        wanted[axis] = value.shape()[axis];
      }
      if (wanted[axis] == -1 && open < 0) {
        open = axis;
      } else {
        if (wanted[axis] < 0 || wanted[axis] > Integer.MAX_VALUE) {
          throw node.refused("expected a shape, got " + Arrays.toString(wanted));
        }
        known = Math.min(known * wanted[axis], Integer.MAX_VALUE);
      }
    }
    if (open >= 0) {
      wanted[open] = known == 0 ? 0 : value.size() / known;
      known *= wanted[open];
    }
    if (known != value.size()) {
      throw node.impossible(
          "expected a shape for "
              + value.size()
              + " elements "
              + value.shapeText()
              + ", got "
              + Arrays.toString(wanted));
    }
    return value.reshaped(node.shape(wanted));
  }

  static OnnxValue flatten(OnnxNode node) {
    OnnxValue value = node.input(0);
    long axis = node.integer("axis", 1);
    int split = axis == value.rank() ? value.rank() : node.axis(axis, value.rank());
    int rows = OnnxValue.sizeOf(Arrays.copyOf(value.shape(), split));
    int columns = OnnxValue.sizeOf(Arrays.copyOfRange(value.shape(), split, value.rank()));
    return value.reshaped(rows, columns);
  }

  static OnnxValue expand(OnnxNode node) {
    OnnxValue value = node.input(0);
    int[] wanted = node.shape(node.integers(1));
    int[] shape = OnnxValue.broadcast(value.shape(), wanted);
    if (shape == null) {
      throw node.impossible(
          "expected a shape that "
              + value.shapeText()
              + " can be broadcast to, got "
              + Arrays.toString(wanted));
    }
    return value.expanded(node.shape(shape));
  }

  static OnnxValue tile(OnnxNode node) {
    OnnxValue value = node.input(0);
    long[] repeats = node.integers(1);
    if (repeats.length != value.rank()) {
      throw node.refused("expected " + value.rank() + " repeats, got " + Arrays.toString(repeats));
    }
    for (int axis = 0; axis < repeats.length; axis++) {
      if (repeats[axis] != 1) {
        if (repeats[axis] < 0 || repeats[axis] > Integer.MAX_VALUE) {
          throw node.refused("expected repeats of 0 to 2^31, got " + repeats[axis]);
        }
        long[] shape = Arrays.stream(value.shape()).asLongStream().toArray();
        shape[axis] *= repeats[axis];
        int[] toShape = node.shape(shape);
        value =
            value.size() == 0
                ? value.reshaped(toShape)
                : joined(Collections.nCopies((int) repeats[axis], value), axis, value);
      }
    }
    return value;
  }

  static OnnxValue concat(OnnxNode node) {
    OnnxValue first = node.input(0);
    if (!node.hasAttribute("axis")) {
      throw node.refused("expected an axis, got none");
    }
    int axis = node.axis(node.integer("axis", 0), first.rank());
    List<OnnxValue> parts = new ArrayList<>();
    long[] shape = Arrays.stream(first.shape()).asLongStream().toArray();
    shape[axis] = 0;
    for (int k = 0; k < node.inputCount(); k++) {
      OnnxValue part = node.input(k);
      if (part.rank() != first.rank() || !sameBut(axis, part.shape(), first.shape())) {
        throw node.impossible(
            "expected shape "
                + first.shapeText()
                + " except along axis "
                + axis
                + ", got "
                + part.shapeText());
      }
      if (part.type() != first.type()) {
        throw node.refused(
            "expected all of one kind, got "
                + node.describe(first)
                + " and "
                + node.describe(part));
      }
      shape[axis] += part.shape()[axis];
      parts.add(part);
    }
    node.shape(shape);
    return joined(parts, axis, first);
  }

  private static boolean sameBut(int axis, int[] a, int[] b) {
    for (int k = 0; k < a.length; k++) {
      if (k != axis && a[k] != b[k]) {
        return false;
      }
    }
    return true;
  }

  private static OnnxValue joined(List<OnnxValue> parts, int axis, OnnxValue like) {
    int[] shape = like.shape().clone();
    shape[axis] = parts.stream().mapToInt(part -> part.shape()[axis]).sum();
    long[] elements = new long[OnnxValue.sizeOf(shape)];
    int inner = OnnxValue.sizeOf(Arrays.copyOfRange(shape, axis + 1, shape.length));
    int row = shape[axis] * inner;
    int offset = 0;
    for (OnnxValue part : parts) {
      int partRow = part.shape()[axis] * inner;
      for (int from = 0, to = offset; partRow > 0 && from < part.size(); from += partRow) {
        System.arraycopy(part.elements(), from, elements, to, partRow);
        to += row;
      }
      offset += partRow;
    }
    return new OnnxValue(like.type(), shape, elements);
  }

  static List<OnnxValue> split(OnnxNode node) {
    OnnxValue value = node.input(0);
    int axis = node.axis(node.integer("axis", 0), value.rank());
    int size = value.shape()[axis];
    long count = node.integer("num_outputs", node.outputCount());
    if (count != node.outputCount()) {
      throw node.refused("expected num_outputs " + node.outputCount() + ", got " + count);
    }
    long[] sizes =
        node.opset() < AXES_AS_INPUT
            ? node.integers("split")
            : node.optional(1) == null ? null : node.integers(1);
    if (sizes == null) {
      long chunk = (size + count - 1) / Math.max(1, count);
      sizes = new long[(int) count];
      for (int k = 0; k < count; k++) {
        sizes[k] = Math.max(0, Math.min(chunk, size - k * chunk));
      }
    }
    if (sizes.length != count
        || Arrays.stream(sizes).anyMatch(part -> part < 0 || part > size)
        || Arrays.stream(sizes).sum() != size) {
      throw node.refused(
          "expected " + count + " sizes of " + size + " in all, got " + Arrays.toString(sizes));
    }
    List<OnnxValue> parts = new ArrayList<>();
    long start = 0;
    for (long part : sizes) {
      parts.add(sliced(node, value, axis, start, 1, part));
      start += part;
    }
    return parts;
  }

  /** Since opset 10, starts, ends, axes and steps are inputs. */
  static OnnxValue slice(OnnxNode node) {
    OnnxValue value = node.input(0);
    boolean asInputs = node.opset() >= 10;
    long[] starts = asInputs ? node.integers(1) : node.integers("starts");
    long[] ends = asInputs ? node.integers(2) : node.integers("ends");
    long[] axes =
        asInputs ? (node.optional(3) == null ? null : node.integers(3)) : node.integers("axes");
    long[] steps = asInputs && node.optional(4) != null ? node.integers(4) : null;
    if (starts == null
        || ends == null
        || starts.length != ends.length
        || axes != null && axes.length != starts.length
        || axes == null && starts.length > value.rank()
        || steps != null && steps.length != starts.length) {
      throw node.refused(
          "expected equal numbers of starts, ends, axes and steps, got different ones");
    }
    for (int k = 0; k < starts.length; k++) {
      int axis = axes == null ? k : node.axis(axes[k], value.rank());
      int size = value.shape()[axis];
      long step = steps == null ? 1 : steps[k];
      if (step == 0 || step < -Integer.MAX_VALUE || step > Integer.MAX_VALUE) {
        throw node.refused("expected a step other than 0 within 2^31, got " + step);
      }
      // The limits are those of ONNX: a backward slice may begin at the last element and end before
      // the first.
      long start = bounded(starts[k], size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
      long end = bounded(ends[k], size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
      long count = Math.max(0, (end - start + step - Long.signum(step)) / step);
      value = sliced(node, value, axis, start, step, count);
    }
    return value;
  }

  private static long bounded(long index, int size, long least, long most) {
    return Math.max(least, Math.min(index < 0 ? index + size : index, most));
  }

  private static OnnxValue sliced(
      OnnxNode node, OnnxValue value, int axis, long start, long step, long count) {
    int[] shape = value.shape().clone();
    shape[axis] = (int) count;
    node.shape(shape);
    int[] strides = value.strides();
    int offset = count == 0 ? 0 : (int) start * strides[axis];
    strides[axis] *= (int) step;
    return value.view(shape, strides, offset);
  }

  static OnnxValue gather(OnnxNode node) {
    OnnxValue value = node.input(0);
    OnnxValue indices = node.input(1);
    long[] numbers = node.integers(1);
    int axis = node.axis(node.integer("axis", 0), value.rank());
    int size = value.shape()[axis];
    long[] shape = new long[value.rank() - 1 + indices.rank()];
    for (int k = 0; k < shape.length; k++) {
      shape[k] =
          k < axis
              ? value.shape()[k]
              : k < axis + indices.rank()
                  ? indices.shape()[k - axis]
                  : value.shape()[k - indices.rank() + 1];
    }
    int[] toShape = node.shape(shape);
    int inner = OnnxValue.sizeOf(Arrays.copyOfRange(value.shape(), axis + 1, value.rank()));
    long[] elements = new long[OnnxValue.sizeOf(toShape)];
    int to = 0;
    for (int outer = 0; to < elements.length; outer++) {
      for (long number : numbers) {
        int index = index(node, number, size);
        System.arraycopy(value.elements(), (outer * size + index) * inner, elements, to, inner);
        to += inner;
      }
    }
    return new OnnxValue(value.type(), toShape, elements);
  }

  /** The last axis of the indices names an element of the leading axes of the data. */
  static OnnxValue gatherNd(OnnxNode node) {
    OnnxValue value = node.input(0);
    OnnxValue indices = node.input(1);
    long[] numbers = node.integers(1);
    int depth = indices.rank() == 0 ? 0 : indices.shape()[indices.rank() - 1];
    if (node.integer("batch_dims", 0) != 0 || depth < 1 || depth > value.rank()) {
      throw node.refused(
          "expected batch_dims 0 and indices of at most "
              + value.rank()
              + " numbers, got "
              + indices.shapeText());
    }
    int[] outer = Arrays.copyOf(indices.shape(), indices.rank() - 1);
    int[] rest = Arrays.copyOfRange(value.shape(), depth, value.rank());
    int[] shape = Arrays.copyOf(outer, outer.length + rest.length);
    System.arraycopy(rest, 0, shape, outer.length, rest.length);
    node.shape(shape);
    int inner = OnnxValue.sizeOf(rest);
    long[] elements = new long[OnnxValue.sizeOf(shape)];
    for (int k = 0; k * depth < numbers.length; k++) {
      int from = 0;
      for (int axis = 0; axis < depth; axis++) {
        int size = value.shape()[axis];
        from = from * size + index(node, numbers[k * depth + axis], size);
      }
      System.arraycopy(value.elements(), from * inner, elements, k * inner, inner);
    }
    return new OnnxValue(value.type(), shape, elements);
  }

  private static int index(OnnxNode node, long number, int size) {
    if (number < -size || number >= size) {
      throw node.refused("expected indices of -" + size + " to " + (size - 1) + ", got " + number);
    }
    return (int) (number < 0 ? number + size : number);
  }
}
