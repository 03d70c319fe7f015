package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.flinklstm.format.weights.Excerpt;
import io.flinklstm.format.weights.ModelFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows a graph from its inputs to its outputs without computing an LSTM: constants are folded,
 * and elements that come from an input are moved around as identifiers. In the end the identifier
 * of each output element tells which unit of which layer it is, and at which step, so nothing
 * depends on how an exporter glues its nodes together.
 *
 * <p>Dimensions that the graph leaves open are given sizes beforehand; a trace is valid for these
 * sizes.
 */
final class OnnxTrace {

  /** The number of elements that running a node counts as. */
  private static final int NODE = 64;

  private final GraphProto graph;
  private final OnnxBudget budget;
  private final String fileName;
  private final long opset;
  private final Map<String, Integer> openDimensions;
  private final Map<String, TensorProto> initializers = new HashMap<>();
  private final Map<String, OnnxValue> values = new HashMap<>();
  private final List<OnnxSignal> signals = new ArrayList<>();
  private final Map<Integer, OnnxSignal> cells = new HashMap<>(); // by index of the layer
  private int steps;
  private int inputSize;
  private boolean isImpossible;

  /**
   * @param constants inputs of the graph whose values are given
   * @param openDimensions sizes for dimensions without one, by {@link #openDimension} name
   */
  OnnxTrace(
      GraphProto graph,
      long opset,
      Map<String, TensorProto> constants,
      Map<String, Integer> openDimensions,
      OnnxBudget budget,
      String fileName) {
    this.graph = graph;
    this.opset = opset;
    this.openDimensions = openDimensions;
    this.fileName = fileName;
    this.budget = budget;
    for (TensorProto tensor : graph.getInitializerList()) {
      if (initializers.put(tensor.getName(), tensor) != null) {
        throw refused(Excerpt.name(tensor.getName()), "expected one initializer, got two");
      }
    }
    initializers.putAll(constants);
  }

  /** Runs the graph and returns the reason why it is refused, or null. */
  @Nullable ModelFileException failure() {
    try {
      run();
      return null;
    } catch (ModelFileException e) {
      if (budget.isExhausted()) {
        throw e; // Later traces would only be refused for things that are fine.
      }
      return e;
    }
  }

  /** Computes everything that the outputs depend on. */
  void run() {
    addInputs();
    Set<String> needed = needed();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        run(node);
      }
    }
  }

  private void addInputs() {
    for (ValueInfoProto input : graph.getInputList()) {
      String name = input.getName();
      if (!initializers.containsKey(name)) {
        if (values.containsKey(name)) {
          throw refused("input " + Excerpt.name(name), "expected one of that name, got two");
        }
        long[] dimensions = dimensions(input);
        int[] shape = shape("input " + Excerpt.name(name), dimensions);
        int type = input.getType().getTensorType().getElemType();
        OnnxSignal signal =
            add(new OnnxSignal.Input(signals.size(), Excerpt.name(name), shape, type));
        values.put(name, signal.value(shape));
      }
    }
  }

  private long[] dimensions(ValueInfoProto input) {
    String name = "input " + Excerpt.name(input.getName());
    if (!input.getType().hasTensorType() || !input.getType().getTensorType().hasShape()) {
      throw refused(name, "expected a tensor of known rank, got none");
    }
    int type = input.getType().getTensorType().getElemType();
    if (type == TensorProto.DataType.FLOAT16_VALUE || type == TensorProto.DataType.BFLOAT16_VALUE) {
      throw refused(
          name,
          "expected FLOAT or DOUBLE, got "
              + OnnxTensors.typeName(type)
              + "; half precision"
              + " gives other forecasts; export the model in float32");
    }
    List<TensorShapeProto.Dimension> list = input.getType().getTensorType().getShape().getDimList();
    long[] dimensions = new long[list.size()];
    for (int axis = 0; axis < dimensions.length; axis++) {
      TensorShapeProto.Dimension dimension = list.get(axis);
      dimensions[axis] =
          dimension.getDimValue() > 0
              ? dimension.getDimValue()
              : openDimensions.getOrDefault(openDimension(input.getName(), axis, dimension), 1);
    }
    return dimensions;
  }

  /** The name of a dimension without a size: equal names have equal sizes. */
  static String openDimension(String input, int axis, TensorShapeProto.Dimension dimension) {
    return dimension.getDimParam().isEmpty() ? input + "#" + axis : dimension.getDimParam();
  }

  /** The names of all values that the outputs depend on. */
  private Set<String> needed() {
    Set<String> needed = new HashSet<>();
    graph.getOutputList().forEach(output -> needed.add(output.getName()));
    for (int k = graph.getNodeCount() - 1; k >= 0; k--) {
      NodeProto node = graph.getNode(k);
      if (node.getOutputList().stream()
          .anyMatch(name -> !name.isEmpty() && needed.contains(name))) {
        needed.addAll(node.getInputList());
      }
    }
    needed.remove("");
    return needed;
  }

  private void run(NodeProto proto) {
    List<@Nullable OnnxValue> inputs = new ArrayList<>();
    for (String name : proto.getInputList()) {
      inputs.add(name.isEmpty() ? null : value(name));
    }
    OnnxNode node = new OnnxNode(proto, inputs, opset, this);
    charge("node " + node.name(), NODE + inputs.size());
    if (!proto.getDomain().isEmpty() && !proto.getDomain().equals("ai.onnx")) {
      throw node.refused(
          "expected an operator of ONNX itself, got one of domain "
              + Excerpt.name(proto.getDomain()));
    }
    List<OnnxValue> outputs = OnnxOperators.apply(node);
    node.checkAttributes();
    for (int k = 0; k < proto.getOutputCount(); k++) {
      String name = proto.getOutput(k);
      if (!name.isEmpty()) {
        if (k >= outputs.size()) {
          throw node.refused("expected " + outputs.size() + " outputs, got more");
        }
        if (initializers.containsKey(name) || values.put(name, outputs.get(k)) != null) {
          throw node.refused("expected " + Excerpt.name(name) + " to be computed once, got twice");
        }
      }
    }
  }

  /**
   * A value by its name.
   *
   * @throws ModelFileException if no earlier node gives it
   */
  OnnxValue value(String name) {
    OnnxValue value = values.get(name);
    if (value == null) {
      TensorProto tensor = initializers.get(name);
      if (tensor == null) {
        throw refused(Excerpt.name(name), "expected a value that an earlier node gives, got none");
      }
      charge(Excerpt.name(name), OnnxTensors.sizeOf(tensor));
      value = OnnxTensors.read(tensor, Excerpt.name(name) + " in " + fileName);
      values.put(name, value);
    }
    return value;
  }

  <S extends OnnxSignal> S add(S signal) {
    signals.add(signal);
    if (signal instanceof OnnxSignal.Hidden hidden) {
      reach(hidden.steps(), hidden.layer().inputSize());
    }
    return signal;
  }

  /** The index of the next signal. */
  int nextIndex() {
    return signals.size();
  }

  OnnxSignal signal(long id) {
    return signals.get(OnnxSignal.indexOf(id));
  }

  /**
   * The one signal that all elements of a tensor come from, or null if they come from several or
   * are constant.
   */
  @Nullable OnnxSignal onlySignal(OnnxValue value) {
    if (value.isConstant() || value.size() == 0) {
      return null;
    }
    int index = OnnxSignal.indexOf(value.elements()[0]);
    for (long id : value.elements()) {
      if (OnnxSignal.indexOf(id) != index) {
        return null;
      }
    }
    return signals.get(index);
  }

  /** Records which signal is c after the last step of a layer. */
  void addCell(OnnxSignal.Hidden of, OnnxSignal cell) {
    cells.put(of.index(), cell);
  }

  /** c after the last step of a layer; element b * hiddenSize + k is c_k of sequence b. */
  OnnxSignal cell(OnnxSignal.Hidden of) {
    return Objects.requireNonNull(cells.get(of.index())); // every layer has one
  }

  /** Describes an element for messages. */
  String describe(long id) {
    OnnxSignal signal = signal(id);
    if (signal instanceof OnnxSignal.Input) {
      return "input " + signal.name();
    }
    return (signal instanceof OnnxSignal.Hidden
            ? "h"
            : signal instanceof OnnxSignal.Cell ? "c" : "the output")
        + " of "
        + signal.name();
  }

  int[] shape(OnnxNode node, long[] dimensions) {
    return shape("node " + node.name() + " (" + node.operator() + ")", dimensions);
  }

  /** Checks that a matrix is within the budget. */
  void checkSize(int rows, int columns) {
    shape("outputs", new long[] {rows, columns});
  }

  /** Dimensions as a shape, if a tensor of that size is within the budget. */
  private int[] shape(String where, long[] dimensions) {
    int[] shape = new int[dimensions.length];
    long size = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      if (dimensions[axis] < 0 || dimensions[axis] > Integer.MAX_VALUE) {
        throw refused(where, "expected dimensions of 0 to 2^31, got " + dimensions[axis]);
      }
      shape[axis] = (int) dimensions[axis];
      size = Math.min(size * Math.max(1, shape[axis]), Integer.MAX_VALUE);
    }
    charge(where, size + shape.length);
    return shape;
  }

  private void charge(String where, long elements) {
    if (!budget.take(elements)) {
      throw refused(
          where, "expected a graph whose tensors are not far larger than its file, got more");
    }
  }

  /** Records what an LSTM layer reads, before it is known whether the layer is supported. */
  void reach(int stepsOfLayer, int inputSizeOfLayer) {
    if (steps == 0) {
      steps = stepsOfLayer;
      inputSize = inputSizeOfLayer;
    }
  }

  /** The number of features that the first LSTM layer reads, or 0 if none was reached. */
  int inputSize() {
    return inputSize;
  }

  /** The number of steps that the first LSTM layer takes, or 0 if none was reached. */
  int steps() {
    return steps;
  }

  /** All LSTM layers that were reached. */
  List<OnnxSignal.Hidden> layers() {
    return signals.stream()
        .filter(OnnxSignal.Hidden.class::isInstance)
        .map(OnnxSignal.Hidden.class::cast)
        .toList();
  }

  void setImpossible() {
    isImpossible = true;
  }

  /** Whether it ended because the graph cannot be computed for the sizes of the open dimensions. */
  boolean isImpossible() {
    return isImpossible;
  }

  String fileName() {
    return fileName;
  }

  ModelFileException refused(String thing, String message) {
    return refused(thing, message, ModelFileException.Lack.NOTHING);
  }

  ModelFileException refused(String thing, String message, ModelFileException.Lack lack) {
    return new ModelFileException(thing + " in " + fileName + ": " + message, lack);
  }
}
