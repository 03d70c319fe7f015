package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.flinklstm.format.weights.WeightsBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The source of the elements of a tensor that is not constant: an input of the graph, or a layer.
 * Each has its own index in the trace.
 */
sealed interface OnnxSignal {

  /** The name of the graph's input or of the node, for messages. */
  String name();

  int index();

  /**
   * The identifier of one of its elements: where in the graph it comes from, and which one it is.
   */
  default long id(int element) {
    return (long) index() << Integer.SIZE | element;
  }

  static int indexOf(long id) {
    return (int) (id >> Integer.SIZE);
  }

  static int elementOf(long id) {
    return (int) id;
  }

  /** A tensor of all its elements, in order. */
  default OnnxValue value(int... shape) {
    long[] ids = new long[OnnxValue.sizeOf(shape)];
    for (int k = 0; k < ids.length; k++) {
      ids[k] = id(k);
    }
    return new OnnxValue(OnnxValue.Type.SIGNAL, shape, ids);
  }

  /**
   * An input of the graph, its elements row-major.
   *
   * @param type the element type, by ONNX's numbers
   */
  record Input(int index, String name, int[] shape, int type) implements OnnxSignal {

    boolean isReal() {
      return type == TensorProto.DataType.FLOAT_VALUE || type == TensorProto.DataType.DOUBLE_VALUE;
    }
  }

  /**
   * h of an LSTM layer; element (t * batch + b) * hiddenSize + k is h_k(t) of sequence b.
   *
   * @param below what the layer reads
   * @param h0 where h before the first step comes from, (batch, hiddenSize), or null if it is part
   *     of the layer's weights
   * @param c0 the same for c
   */
  record Hidden(
      int index,
      String name,
      OnnxSignal below,
      int steps,
      int batch,
      WeightsBuilder.Layer layer,
      @Nullable OnnxValue h0,
      @Nullable OnnxValue c0)
      implements OnnxSignal {

    int size() {
      return layer.hiddenSize();
    }

    /** The layer below, or null for the first. */
    @Nullable Hidden lower() {
      return below instanceof Hidden hidden ? hidden : null;
    }
  }

  /** c of an LSTM layer after the last step; element b * hiddenSize + k is c_k of sequence b. */
  record Cell(int index, String name, Hidden of) implements OnnxSignal {}

  /**
   * The output of a linear layer; element (t * batch + b) * outputSize + o is y_o(t) of sequence b.
   *
   * @param below what the layer reads: h, another linear layer's output, or, as a part of a
   *     written-out LSTM step, an input of the graph
   * @param weight (outputSize, inputSize)
   * @param bias (outputSize), or null for none yet
   */
  record Linear(
      int index,
      String name,
      OnnxSignal below,
      int outputSize,
      float[] weight,
      float @Nullable [] bias)
      implements OnnxSignal {}

  /**
   * A part of an LSTM step that is written out operator by operator; element k is computed from
   * elements k of one or two tensors.
   *
   * @param right the same as left if there is only one tensor
   */
  record CellPart(int index, String name, OnnxCell.Role role, OnnxValue left, OnnxValue right)
      implements OnnxSignal {}

  /** The number of elements in one row: of one step and sequence, or of one input row. */
  static int width(OnnxSignal signal) {
    if (signal instanceof Hidden hidden) {
      return hidden.size();
    }
    if (signal instanceof Input input) {
      return input.shape.length == 0 ? 1 : input.shape[input.shape.length - 1];
    }
    return signal instanceof Linear linear ? linear.outputSize : 0;
  }

  /** The LSTM layer whose h it is, or is linear in; null if there is none. */
  static @Nullable Hidden hidden(OnnxSignal signal) {
    OnnxSignal below = signal;
    while (below instanceof Linear linear) {
      below = linear.below;
    }
    return below instanceof Hidden hidden ? hidden : null;
  }
}
