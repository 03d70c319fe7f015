package io.flinklstm.format.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.flinklstm.format.weights.ModelFileException;
import io.flinklstm.model.LstmConfig;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds sizes for the dimensions that a graph leaves open, so that it can be traced: one sequence,
 * several numbers of steps, as many features as the weights have. The forecast must not depend on
 * the number of steps.
 */
final class OnnxSizes {

  /** Steps tried for a sequence of any length; both numbers must give the same result. */
  private static final int STEPS = 11;

  private static final int OTHER_STEPS = 13;

  private static final int MAX_OPEN_DIMENSIONS = 16;

  /** Longest list of integers searched for numbers of steps that an exporter wrote into shapes. */
  private static final int MAX_RANK = 8;

  private static final int MAX_STEPS = 10_000;
  private static final int MAX_TRIES = 16;

  private final GraphProto graph;
  private final long opset;
  private final Map<String, TensorProto> constants;
  private final OnnxBudget budget;
  private final String fileName;

  /**
   * @param constants inputs of the graph whose values are given
   */
  OnnxSizes(
      GraphProto graph,
      long opset,
      Map<String, TensorProto> constants,
      OnnxBudget budget,
      String fileName) {
    this.graph = graph;
    this.opset = opset;
    this.constants = constants;
    this.budget = budget;
    this.fileName = fileName;
  }

  /**
   * What the graph forecasts, whichever of its open dimensions counts the features, if any does.
   *
   * @throws ModelFileException naming what is not understood
   */
  OnnxForecast forecast() {
    try {
      return forecast(Map.of());
    } catch (ModelFileException e) {
      for (String dimension : openDimensions()) {
        for (int inputSize : inputSizes()) {
          if (countsFeatures(dimension, inputSize + 1)) {
            return forecast(Map.of(dimension, inputSize));
          }
        }
      }
      throw e;
    }
  }

  /** Whether an LSTM layer reads as many features as a dimension counts. */
  private boolean countsFeatures(String dimension, int size) {
    OnnxTrace trace = newTrace(Map.of(dimension, size));
    try {
      return trace.failure() != null && trace.inputSize() == size;
    } catch (ModelFileException exhausted) {
      return false;
    }
  }

  /** The numbers of columns of the LSTM nodes' weights. */
  private List<Integer> inputSizes() {
    Set<String> weights =
        graph.getNodeList().stream()
            .filter(node -> node.getOpType().equals("LSTM") && node.getInputCount() > 1)
            .map(node -> node.getInput(1))
            .collect(Collectors.toSet());
    return graph.getInitializerList().stream()
        .filter(tensor -> weights.contains(tensor.getName()) && tensor.getDimsCount() == 3)
        .map(tensor -> (int) Math.max(1, Math.min(tensor.getDims(2), LstmConfig.MAX_SIZE)))
        .distinct()
        .limit(2)
        .toList();
  }

  /**
   * Runs the graph with sizes for its open dimensions: one sequence, and {@link #STEPS} steps if
   * their number is open. The first LSTM layer shows which dimension counts the steps.
   *
   * @param features the dimension that counts the features and their number, or empty
   */
  private OnnxForecast forecast(Map<String, Integer> features) {
    Set<String> open = openDimensions();
    open.removeAll(features.keySet());
    if (open.size() > MAX_OPEN_DIMENSIONS) {
      throw new ModelFileException(
          "ONNX file "
              + fileName
              + ": expected at most "
              + MAX_OPEN_DIMENSIONS
              + " open dimensions, got "
              + open.size());
    }
    ModelFileException failure = null; // before the LSTM, for what may be the steps
    for (String dimension : open) {
      OnnxTrace trace = newTrace(features, dimension, STEPS);
      ModelFileException refusal = trace.failure();
      if (trace.isImpossible()) {
        OnnxForecast forecast = ofFixedLength(features, dimension);
        if (forecast != null) {
          return forecast;
        }
      } else if (trace.steps() == STEPS) {
        return ofAnyLength(features, dimension, trace, refusal);
      } else if (trace.steps() == 0 && failure == null) {
        failure = refusal;
      }
    }
    OnnxTrace trace = newTrace(features);
    trace.run();
    if (failure != null && trace.steps() == 1) {
      throw failure;
    }
    return new OnnxForecast(graph, trace, false);
  }

  /**
   * The graph must compute the same for other numbers of steps, unless it is made for one only. Two
   * others are tried: a fixed one, and one beyond all integers in the graph, at which it may cut
   * sequences off.
   */
  private OnnxForecast ofAnyLength(
      Map<String, Integer> features,
      String dimension,
      OnnxTrace trace,
      @Nullable ModelFileException refusal) {
    if (refusal != null) {
      throw refusal;
    }
    OnnxTrace other = newTrace(features, dimension, OTHER_STEPS);
    ModelFileException otherRefusal = other.failure();
    if (other.isImpossible()) {
      return new OnnxForecast(graph, trace, false);
    }
    if (otherRefusal != null) {
      throw otherRefusal;
    }
    OnnxForecast forecast = new OnnxForecast(graph, trace, true);
    forecast.checkSame(new OnnxForecast(graph, other, true));
    int beyond = 2 + smallIntegers().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (beyond > OTHER_STEPS) {
      OnnxTrace far = newTrace(features, dimension, beyond);
      far.run();
      forecast.checkSame(new OnnxForecast(graph, far, true));
    }
    return forecast;
  }

  /**
   * Some exporters declare the number of steps open but still write that of their example into
   * shapes; it must be among the graph's integers.
   *
   * @return null if it is not
   */
  private @Nullable OnnxForecast ofFixedLength(Map<String, Integer> features, String dimension) {
    for (int steps : smallIntegers().stream().limit(MAX_TRIES).toList()) {
      OnnxTrace trace = newTrace(features, dimension, steps);
      if (trace.failure() == null && trace.steps() == steps) {
        return new OnnxForecast(graph, trace, false);
      }
    }
    return null;
  }

  /** Absolute values above 1 of the graph's integers: shapes, slice limits, indices. */
  private List<Integer> smallIntegers() {
    List<AttributeProto> attributes =
        graph.getNodeList().stream().flatMap(node -> node.getAttributeList().stream()).toList();
    LongStream inTensors =
        Stream.concat(
                graph.getInitializerList().stream(), attributes.stream().map(AttributeProto::getT))
            .filter(tensor -> tensor.getDimsCount() <= 1 && OnnxTensors.sizeOf(tensor) <= MAX_RANK)
            .filter(
                tensor ->
                    tensor.getDataType() == TensorProto.DataType.INT64_VALUE
                        || tensor.getDataType() == TensorProto.DataType.INT32_VALUE)
            .flatMapToLong(
                tensor ->
                    Arrays.stream(
                        OnnxTensors.read(tensor, tensor.getName() + " in " + fileName).elements()));
    LongStream inAttributes =
        attributes.stream()
            .flatMapToLong(
                attribute ->
                    LongStream.concat(
                        LongStream.of(attribute.getI()),
                        attribute.getIntsList().stream().limit(MAX_RANK).mapToLong(n -> n)));
    return LongStream.concat(inTensors, inAttributes)
        .map(Math::abs)
        .filter(number -> number > 1 && number <= MAX_STEPS)
        .distinct()
        .mapToObj(Math::toIntExact)
        .toList();
  }

  private OnnxTrace newTrace(Map<String, Integer> features, String dimension, int size) {
    Map<String, Integer> sizes = new HashMap<>(features);
    sizes.put(dimension, size);
    return newTrace(sizes);
  }

  private OnnxTrace newTrace(Map<String, Integer> openDimensions) {
    return new OnnxTrace(graph, opset, constants, openDimensions, budget.newTrace(), fileName);
  }

  private Set<String> openDimensions() {
    Set<String> initialized = new LinkedHashSet<>(constants.keySet());
    graph.getInitializerList().forEach(tensor -> initialized.add(tensor.getName()));
    Set<String> open = new LinkedHashSet<>();
    for (ValueInfoProto input : graph.getInputList()) {
      List<TensorShapeProto.Dimension> dimensions =
          input.getType().getTensorType().getShape().getDimList();
      for (int axis = 0; axis < dimensions.size(); axis++) {
        if (!initialized.contains(input.getName()) && dimensions.get(axis).getDimValue() <= 0) {
          open.add(OnnxTrace.openDimension(input.getName(), axis, dimensions.get(axis)));
        }
      }
    }
    return open;
  }
}
